"""What was found and recorded before, replayed before everything else."""
