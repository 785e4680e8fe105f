"""Gradients by autograd: the same by the engine itself and by ``torch.autograd.grad``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from checks.adapters.outputs import First
from checks.adapters.torch_derivatives import derivatives, engine_of_grad


class _Renamed(torch.Tensor):
    """A tensor of a kind of its own."""


@pytest.fixture(params=["by the engine", "without it"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Whether this PyTorch has the engine where it is looked for."""
    engine_of_grad.cache_clear()
    if request.param == "without it":
        monkeypatch.delattr(torch.autograd.graph, "_engine_run_backward")
    yield request.param
    engine_of_grad.cache_clear()


def _two_leaves() -> tuple[Any, Any, Any]:
    leaf, unused = (torch.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    return leaf, unused, leaf**2


def test_the_engine_is_known_where_pytorch_has_it() -> None:
    """It is called with keywords that a later one may not know."""
    assert engine_of_grad() is not None


def test_a_pytorch_that_has_another_engine_is_asked_for_gradients_as_anyone_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it gives on a number and on one that nothing depends on tells."""
    engine_of_grad.cache_clear()
    monkeypatch.setattr(torch.autograd.graph, "_engine_run_backward", lambda *_, inputs, **__: inputs)
    assert engine_of_grad() is None
    engine_of_grad.cache_clear()


@pytest.mark.usefixtures("engine")
def test_gradients_are_those_of_autograd_and_none_where_nothing_depends_on_a_leaf() -> None:
    """And nothing is left in ``grad``."""
    leaf, unused, y = _two_leaves()
    for _ in range(2):  # the graph is kept
        found, none = derivatives(y, [leaf, unused], torch.tensor([3.0, 5.0]), First())
        assert found.tolist() == [6.0, 20.0]
        assert none is None
        assert leaf.grad is None


@pytest.mark.usefixtures("engine")
def test_an_upstream_of_another_shape_is_refused() -> None:
    """As by ``torch.autograd.grad``: the engine would spread it."""
    leaf, _, y = _two_leaves()
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        derivatives(y, [leaf], torch.ones(1), First())


@pytest.mark.usefixtures("engine")
def test_a_tensor_of_another_kind_is_differentiated_too() -> None:
    """It may have functions of its own in place of PyTorch's."""
    leaf, _, y = _two_leaves()
    (found,) = derivatives(y.as_subclass(_Renamed), [leaf], torch.tensor([3.0, 5.0]), First())
    assert found.tolist() == [6.0, 20.0]
