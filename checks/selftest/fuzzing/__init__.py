"""Fuzzing: every new counterexample is kept at once, a run goes on where the last one stopped."""
