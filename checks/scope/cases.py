"""The strategies that the harness itself draws from, for anyone's property tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis.strategies import SearchStrategy

from checks.case import Case
from checks.errors import LimitError, UsageError
from checks.families import families
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.scope.allowed import demand_said
from checks.scope.likeness import resolve
from checks.scope.limits import Limits, limited
from checks.strategies.geometry import Geometry


def conv_cases(**supports: Any) -> SearchStrategy[Case]:
    """Cases of convolution: valid, wide, shrinking to a 1x1 kernel; limited as ``supports`` limits ``examine``."""
    return cases_like("conv", **supports)


def max_pool_cases(**supports: Any) -> SearchStrategy[Case]:
    """Cases of max pooling, without ties; limited as ``supports`` limits ``examine``."""
    return cases_like("max_pool", **supports)


def avg_pool_cases(**supports: Any) -> SearchStrategy[Case]:
    """Cases of average pooling; limited as ``supports`` limits ``examine``."""
    return cases_like("avg_pool", **supports)


def pool_cases(**supports: Any) -> SearchStrategy[Case]:
    """Cases of max pooling and of average pooling; ``case.family`` says which. Limits are such as both know."""
    return max_pool_cases(**supports) | avg_pool_cases(**supports)


def relu_cases(**supports: Any) -> SearchStrategy[Case]:
    """Cases of ReLU away from 0; limited as ``supports`` limits ``examine``."""
    return cases_like("relu", **supports)


def cases_like(like: str, **supports: Any) -> SearchStrategy[Case]:
    """Cases of any family, named as for ``examine`` (``conv2d``); limited as ``supports`` limits it.

    Raises UsageError where a limit is not understood, or no case keeps all of them.
    """
    return _limited(like, supports).cases()


def geometries(like: str = "conv", **supports: Any) -> SearchStrategy[Geometry]:
    """Geometries of a family: batch, groups, channels, and size, kernel, stride, padding, dilation of each axis.

    Those of ReLU have kernels of 1. Raises UsageError where the family has none, and as ``cases_like`` does.
    """
    sheet = _limited(like, supports)
    if not isinstance(sheet, GeometricFamily):
        others = (name for name, each in families().items() if isinstance(each, GeometricFamily))
        raise UsageError(f"{sheet.name} has no geometry; expected one of {', '.join(others)}")
    return sheet.cases().map(sheet.geometry)


def _limited(like: str, supports: Mapping[str, Any]) -> Family:
    """A family within limits; without, Hypothesis would say that too much was filtered out, and not by which limit."""
    sheet, axes = resolve(like)
    try:
        demand_said(sheet, supports)
    except LimitError as error:  # who draws cases has said nothing of what a layer supports
        raise UsageError(f"the limits of these cases have {error.told}") from None
    limits = Limits(sheet, {**axes, **supports})
    if supports:
        limits.demand_some("these limits take")
    return limited(limits)
