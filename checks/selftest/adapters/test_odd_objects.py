"""Objects that cannot be looked at as others can: frozen ones, proxies that answer everything, one without a repr."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from checks import Subject, UsageError, adapt, examine, story


@dataclass(frozen=True, slots=True)
class Frozen:
    """Its attributes stand in slots and cannot be set."""

    at: float = 0.0

    def forward(self, x: Any) -> Any:
        """What is above."""
        return np.maximum(x, self.at), x.copy()

    def backward(self, dy: Any, x: Any) -> Any:
        """The slope there."""
        return dy * (x > self.at)


@dataclass(frozen=True, slots=True)
class FrozenWrong(Frozen):
    """The same with a wrong slope."""

    def backward(self, dy: Any, x: Any) -> Any:
        """The slope there."""
        return dy * (x > self.at) * 2


class Named(NamedTuple):
    """A named tuple that is a layer by its methods."""

    at: float = 0.0
    to: float = 1.0

    def forward(self, x: Any) -> Any:
        """What is above."""
        return np.maximum(x, self.at), x.copy()

    def backward(self, dy: Any, x: Any) -> Any:
        """The slope there."""
        return dy * (x > self.at)


class NamedWrong(Named):
    """The same with a wrong slope."""

    def backward(self, dy: Any, x: Any) -> Any:
        """The slope there."""
        return dy * (x > self.at) * 2


class NamedPair(NamedTuple):
    """A named tuple that holds both functions."""

    forward: Any
    backward: Any


class Proxy:
    """Answers every name, as a client of another machine does."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: 1


@pytest.mark.parametrize(
    ("layer", "wrong"),
    [(Named(), False), (NamedWrong(), True), (NamedPair(Named().forward, Named().backward), False)],
)
def test_a_named_tuple_is_what_its_methods_are(layer: object, wrong: bool) -> None:
    """As a layer of a family, and on examples; two of them are two layers."""
    assert examine(layer, "relu", budget="0.1s").wrong is wrong
    assert examine(layer, inputs=(np.linspace(-1, 1, 6),), budget="0.1s").wrong is wrong
    with pytest.raises(UsageError, match=r"^2 layers where one is asked for \(Named"):
        examine((layer, layer), "relu")


def _over_arrays(number: Callable[..., float]) -> Any:
    return np.vectorize(number, otypes=[float])


@pytest.mark.parametrize("slope", [1.0, 2.0])
def test_functions_of_numbers_take_of_keywords_what_they_say(slope: float) -> None:
    """What ``numpy.vectorize`` makes of them says that it takes whatever there is."""
    forward = _over_arrays(lambda x: max(x, 0.0))
    backward = _over_arrays(lambda dy, x: slope * dy if x > 0 else 0.0)
    for pair in ((forward, backward), {"forward": forward, "backward": backward}):
        assert examine(pair, "relu", supports={"dtype": "float64"}, budget="0.1s").wrong is (slope != 1)
        assert examine(pair, inputs=(np.linspace(-1, 1, 6),), budget="0.1s").wrong is (slope != 1)


class Unspeakable:
    """Cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(("layer", "wrong"), [(Frozen(), False), (FrozenWrong(), True)])
def test_a_frozen_object_with_slots_is_examined(layer: object, wrong: bool) -> None:
    """What it holds is put back between calls all the same."""
    assert examine(layer, "relu", budget="0.2s").wrong is wrong


@pytest.mark.parametrize("layer", [Proxy(), Unspeakable()], ids=["proxy", "unspeakable"])
def test_an_object_that_is_no_layer_is_told_so_however_it_behaves(layer: object) -> None:
    """Not by the error of whatever it answers."""
    with pytest.raises(UsageError, match="is no layer that can be recognised"):
        examine(layer, "relu")


def forgets_its_return(x: Any) -> None:
    """As many do."""
    torch.relu(x)


def gives_a_number(x: Any) -> float:
    """Python's own."""
    return float(torch.relu(x).sum())


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        (forgets_its_return, "the forward returned None"),
        (gives_a_number, "the layer returned float; expected a tensor"),
    ],
)
def test_what_is_no_output_is_told_in_words(layer: Callable[[Any], Any], told: str) -> None:
    """Not by an attribute that it lacks."""
    assert told in story(examine(layer, "relu", budget="0.1s"))


def test_an_operator_without_an_output_is_told_what_to_write() -> None:
    """PyTorch has no gradient of what it writes to."""

    @torch.library.custom_op("gradproof_odd::clip_", mutates_args={"x"})
    def clip(x: torch.Tensor) -> None:
        x.clamp_(min=0)

    with pytest.raises(
        UsageError, match=r"gradproof_odd.clip_.default returns nothing.*def layer\(x\): y = x.clone\(\)"
    ):
        adapt(clip)
    assert isinstance(adapt(lambda x: x.clamp(min=0), framework="torch"), Subject)
