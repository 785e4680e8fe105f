"""Tests of the house: its rooms, its floors, its doors, and that its files agree with one another."""

from pathlib import Path

#: The repository's top level.
ROOT = Path(__file__).parents[3]
