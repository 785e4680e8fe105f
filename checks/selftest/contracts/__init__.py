"""Contracts are shown failing: layers whose numbers are right and whose manners are not, each caught by name."""
