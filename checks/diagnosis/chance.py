"""How likely it is by chance that wrong elements have something in common."""

from __future__ import annotations

from math import exp, lgamma


def share(within: int, many: int, wrong: int) -> float:
    """The probability with which so many wrong elements of ``many`` all lie within some of them."""
    return exp(_ways(within, wrong) - _ways(many, wrong))


def _ways(many: int, some: int) -> float:
    """The logarithm of the number of ways to choose some of many."""
    return lgamma(many + 1) - lgamma(some + 1) - lgamma(many - some + 1)
