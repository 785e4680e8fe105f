"""The strategies that the harness itself draws from, for anyone's property tests."""

from __future__ import annotations

from typing import Any

from hypothesis.strategies import SearchStrategy

from checks.case import Case
from checks.errors import UsageError
from checks.families import families
from checks.families.geometric import GeometricFamily
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
    """Cases of any family, named as for ``examine`` (``conv2d``); limited as ``supports`` limits it."""
    sheet, axes = resolve(like)
    return limited(Limits(sheet, {**axes, **supports})).cases()


def geometries(like: str = "conv", **supports: Any) -> SearchStrategy[Geometry]:
    """Geometries of a family: batch, groups, channels, and size, kernel, stride, padding, dilation of each axis.

    Raises UsageError where the family is not made of windows.
    """
    sheet, axes = resolve(like)
    if not isinstance(sheet, GeometricFamily):
        others = (name for name, each in families().items() if isinstance(each, GeometricFamily))
        raise UsageError(f"{sheet.name} has no geometry; expected one of {', '.join(others)}")
    return limited(Limits(sheet, {**axes, **supports})).cases().map(sheet.geometry)
