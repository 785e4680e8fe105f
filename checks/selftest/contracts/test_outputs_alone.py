"""Several outputs of which one alone is used, as most users do: what is upstream of the others is None then."""

from __future__ import annotations

from typing import Any

import pytest

from checks import examine

torch = pytest.importorskip("torch")
X = torch.linspace(-2, 3, 12, dtype=torch.float64).reshape(3, 4)


def _asked(layer: Any) -> Any:
    return examine(layer, inputs=(X,), budget="1ms", laws=["subsets"])


def _function(*, materialize: bool, change: Any) -> Any:
    """Sine and cosine, whose backward is told None where an output is not used, unless that is made zeros."""

    class Both(torch.autograd.Function):  # type: ignore[misc,name-defined]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.set_materialize_grads(materialize)
            ctx.save_for_backward(x)
            return x.sin(), x.cos()

        @staticmethod
        def backward(ctx: Any, first: Any, second: Any) -> Any:
            (x,) = ctx.saved_tensors
            return change(x, first, second)

    return Both.apply


def _plain(x: Any, first: Any, second: Any) -> Any:
    return first * x.cos() - second * x.sin()


def _careful(x: Any, first: Any, second: Any) -> Any:
    return (0 if first is None else first * x.cos()) - (0 if second is None else second * x.sin())


def _first_alone(x: Any, first: Any, second: Any) -> Any:
    """Where the first output is not used it takes nothing to be."""
    return torch.zeros_like(x) if first is None else _careful(x, first, second)


@pytest.mark.parametrize(("materialize", "change"), [(True, _plain), (False, _careful)], ids=["zeros", "None"])
def test_who_is_told_zeros_or_looks_for_none_is_right(materialize: bool, change: Any) -> None:
    """And the law was asked."""
    found = _asked(_function(materialize=materialize, change=change))
    assert not found.wrong
    assert found.tallies["subsets"].right > found.cases


def test_a_gradient_that_an_unused_output_takes_away_is_found() -> None:
    """Where all outputs are used nothing is amiss."""
    found = _asked(_function(materialize=False, change=_first_alone))
    assert set(found.findings) == {"subsets"}
    assert "output 2 used alone" in found.findings["subsets"].verdict.why


def test_a_backward_that_raises_where_an_output_is_not_used_is_wrong() -> None:
    """Every training step with one of the outputs fails; a process apart says so, too."""
    layer = _function(materialize=False, change=_plain)
    found = _asked(layer)
    assert set(found.findings) == {"runs"}
    assert "where one of its outputs alone is used, raised TypeError" in found.findings["runs"].verdict.why


@pytest.mark.parametrize(
    "layer",
    [
        lambda x: torch.linalg.svd(x, full_matrices=False),
        lambda x: (x.sin(), torch.ones(2, dtype=torch.float64)),
        lambda x: x.max(-1),
        torch.fft.fft,
    ],
    ids=["singular values", "a constant", "places", "complex"],
)
def test_outputs_of_pytorchs_own_may_each_be_used_alone(layer: Any) -> None:
    """Rounding may move them; what hangs on no argument, or has no gradient, is not asked for."""
    assert not _asked(layer).wrong
