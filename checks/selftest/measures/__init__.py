"""Laws about the measures: rounding bounds, data, comparison, lattices, difference quotients."""
