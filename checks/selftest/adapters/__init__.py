"""Subjects of every kind: a right one gives the reference's numbers, a wrong one is found."""
