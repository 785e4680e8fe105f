"""Layers that know symmetric matrices alone: right along these directions, a hazard along others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.report.story import story

torch = pytest.importorskip("torch")

ROOT = np.random.default_rng(3).normal(size=(4, 4))
POSITIVE = torch.from_numpy(ROOT @ ROOT.T + 4 * np.eye(4))
LAWS = ["finite differences", "adjoint"]


class Inverse(torch.autograd.Function):  # type: ignore[misc, name-defined] # of a library that is not always there
    """The inverse of a matrix, with a gradient that a test gives."""

    @staticmethod
    def forward(ctx: Any, a: Any, change: Callable[[Any], Any]) -> Any:
        """Save the inverse."""
        ctx.change, inverse = change, torch.linalg.inv(a)
        ctx.save_for_backward(inverse)
        return inverse

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """Change the right gradient."""
        (inverse,) = ctx.saved_tensors
        return ctx.change(-inverse.T @ dy @ inverse.T), None


def _inverse(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda a: Inverse.apply(a, change)


@pytest.mark.parametrize("layer", [torch.linalg.cholesky, torch.linalg.eigvalsh], ids=["cholesky", "eigenvalues"])
def test_a_layer_that_reads_one_triangle_is_no_more_than_a_hazard(layer: Any) -> None:
    """Its gradient is symmetric."""
    found = examine(layer, inputs=(POSITIVE,), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert "right along symmetric directions" in found.hazards["finite differences"].verdict.why


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda da: da, False),
        (lambda da: da.T, True),
        (lambda da: da.tril(), True),
        (lambda da: 0.9 * (da + da.T) / 2, True),
    ],
    ids=["right", "transposed", "one triangle", "too small"],
)
def test_of_a_layer_of_any_matrix_a_wrong_gradient_is_wrong(change: Callable[[Any], Any], wrong: bool) -> None:
    """On a symmetric example too."""
    found = examine(_inverse(change), inputs=(POSITIVE,), budget="1ms", laws=LAWS)
    assert bool(found.wrong) is wrong, story(found)
    assert wrong or not found.hazards, story(found)


def test_an_example_that_is_not_symmetric_excuses_nothing() -> None:
    """There a gradient that is made symmetric is wrong."""
    symmetric = _inverse(lambda da: (da + da.T) / 2)
    assert examine(symmetric, inputs=(POSITIVE + torch.triu(POSITIVE),), budget="1ms", laws=LAWS).wrong
    assert not examine(symmetric, inputs=(POSITIVE,), budget="1ms", laws=LAWS).wrong
