"""Numerical derivatives are as good as they say: many functions with known derivatives, and planted weaknesses."""
