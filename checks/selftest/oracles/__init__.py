"""Laws about the oracles: what each one catches, and what it says of what it cannot see."""
