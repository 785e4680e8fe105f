"""Laws about the invariants: each one is shown failing."""
