"""Power: what a run would have caught."""
