"""Laws about examinations: faults become findings, findings shrink, nothing passes in silence."""
