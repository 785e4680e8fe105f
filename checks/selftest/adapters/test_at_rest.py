"""Layers that carry a state from one forward to the next on purpose, and those that do so by mistake."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.exemplified import given
from checks.invariants.repetition import Repetition
from checks.subject import Subject
from checks.types import Array
from checks.witness import Trial

X = np.random.default_rng(0).standard_normal((3, 2))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences", "repeatable"]}


class Carrying:
    """Steps h = tanh(x + w h) that begin where the last call ended; ``factor`` is 1 where the gradient is right."""

    def __init__(self, factor: float = 1.0) -> None:
        self.factor, self.w, self.dw = factor, np.array([0.5, 0.25]), np.zeros(2)
        self.h = np.zeros(2)

    def forward(self, x: Array) -> Array:
        """Keeps each h."""
        self.every = [self.h]
        for each in x:
            self.every.append(np.tanh(each + self.w * self.every[-1]))
        self.h = self.every[-1]
        return np.array(self.every[1:])

    def backward(self, dy: Array) -> Array:
        """Through the steps of one call."""
        dx, dh, self.dw = np.zeros_like(dy), np.zeros(2), np.zeros(2)
        for step in reversed(range(len(dy))):
            dx[step] = (dy[step] + dh) * (1 - self.every[step + 1] ** 2)
            self.dw, dh = self.dw + dx[step] * self.every[step], dx[step] * self.w
        return self.factor * dx


class ByState(Carrying):
    """Says how its state is brought to rest."""

    def reset_state(self) -> None:
        """Begin anew."""
        self.h = np.zeros(2)


class ByReset(Carrying):
    """By another name."""

    def reset(self) -> None:
        """Begin anew."""
        self.h = np.zeros(2)


class Stateless(ByState):
    """Says that it begins anew at each call, and does not."""

    stateful = False


class Redrawn(Carrying):
    """Its ``reset`` is another thing: it draws its weights."""

    def reset(self) -> None:
        """Of the weights alone."""
        self.w = np.array([0.75, 0.125])


@pytest.mark.parametrize("kind", [ByState, ByReset])
def test_a_state_is_brought_to_rest_by_the_layers_own_method(kind: type[Carrying]) -> None:
    """A right layer is right, and a gradient that is a little wrong is found by its numbers; a note says so."""
    found = examine(kind(), inputs=(X,), **QUICK)
    assert not found.wrong, story(found)
    assert "() is called before each forward, since " in story(found)
    assert examine(kind(1.001), inputs=(X,), **QUICK).findings.keys() == {"finite differences"}


@pytest.mark.parametrize("kind", [Carrying, Stateless, Redrawn])
def test_a_state_that_nobody_brings_to_rest_is_wrong(kind: type[Carrying]) -> None:
    """The headline says that it depends on earlier calls, by whatever law that was seen."""
    found = examine(kind(), inputs=(X,), budget="1ms", laws=["repeatable"])
    assert "right as first calls: what it gives depends on earlier ones" in story(found).splitlines()[0]


class Counting:
    """Divides by the number of its calls, and has no method that brings it to rest."""

    calls = 0

    def forward(self, x: Array) -> Array:
        """Counts."""
        self.calls += 1
        return x / self.calls

    def backward(self, dy: Array) -> Array:
        """Of this call."""
        return dy / self.calls


def test_one_without_such_a_method_is_told_which_to_add() -> None:
    """By the name of its state, where that is seen; a pair, which has no methods, is not."""

    class Hidden(Counting):
        def __init__(self) -> None:
            super().__init__()
            self.count = itertools.count(1)

        def forward(self, x: Array) -> Array:
            self.now = next(self.count)
            return x / self.now

    layer, said = Counting(), "a method reset_state() that brings {} back is called before each forward"
    for pair in ((layer.forward, lambda dy, _y: dy / layer.calls), (layer.forward, lambda dy: dy / layer.calls)):
        assert "reset_state()" not in why_repeatable(pair)
    assert said.format("calls") in why_repeatable(Counting())
    assert said.format("it") in why_repeatable(Hidden())


class TwoStates(Carrying):
    """Keeps two arrays of its state, and a third that nothing depends on."""

    def __init__(self, factor: float = 1.0) -> None:
        super().__init__(factor)
        self.c, self.last = np.zeros(2), np.zeros(2)

    def forward(self, x: Array) -> Array:
        """Counts in both."""
        self.c = self.last = self.c + 0.25
        return super().forward(x + self.c)


def test_where_two_attributes_are_carried_both_are_named() -> None:
    """None of them alone brings the first y back."""
    assert "TwoStates carries h, c from one forward to the next" in why_repeatable(TwoStates())


def test_that_a_layer_carries_a_state_is_told_first_however_short_the_time() -> None:
    """What derivatives and sums of several calls say follows from it."""
    found = examine(Counting(), inputs=(X,), budget="1ms")
    assert next(iter(found.findings)) == "repeatable"
    assert "Counting carries calls from one forward to the next" in found.findings["repeatable"].verdict.why
    other = examine(Carrying(), inputs=(X,), budget="1ms", laws=["adjoint"])
    for each, carried in ((found, "calls"), (other, "h")):
        said = f"; it carries {carried} from call to call: let reset_state() bring {carried} back first"
        assert said in story(each).splitlines()[0]


def test_what_it_carries_is_named() -> None:
    """The attribute that alone brings the first y back; none of a layer that carries nothing, or a generator."""

    class Drawing(Counting):
        def __init__(self) -> None:
            super().__init__()
            self.rng = np.random.default_rng(0)

        def forward(self, x: Array) -> Array:
            return x * self.rng.random()

    class Plain(Counting):
        def forward(self, x: Array) -> Array:
            self.calls = 2
            return x / 2

    said = "carries calls from one forward to the next, so that a second one on the same example gives another y"
    (found,) = (note for note in given(Counting(), X, "cpu", as_it_is).subject.remarks if "carries" in note)
    assert found.startswith(f"Counting {said}; a method reset_state() that brings calls back is called")
    for layer in (Drawing(), Plain()):
        assert not [note for note in given(layer, X, "cpu", as_it_is).subject.remarks if "carries" in note]


def as_it_is(subject: Subject) -> Subject:
    """Nobody watches it."""
    return subject


def why_repeatable(layer: Any) -> str:
    """What the law says of y."""
    sheet = given(layer, X, "cpu", lambda subject: subject)
    return next(iter(Repetition().claims(Trial(sheet.subject, sheet, next(sheet.sweep(0, 1)))))).why


def test_the_script_brings_it_to_rest() -> None:
    """Before each forward."""
    told = story(examine(ByState(1.5), inputs=(X[:1],), budget="1ms", laws=["finite differences"]))
    assert "layer.reset_state()\n               return layer.forward(x), layer" in told


class InLists(Carrying):
    """Carries its state in a list of a dictionary, and a plain number beside it."""

    def __init__(self, factor: float = 1.0) -> None:
        super().__init__(factor)
        self.kept: dict[str, list[Any]] = {"h": [np.zeros(2)]}
        self.total = 0.0

    def forward(self, x: Array) -> Array:
        """Carrying's."""
        self.h = self.kept["h"][0] + 0 * self.total
        y = super().forward(x)
        self.kept["h"][0], self.total = self.h, y.sum()
        return y


@pytest.mark.parametrize("layer", [Carrying(), Carrying, InLists()], ids=["object", "class", "lists"])
def test_a_complex_step_leaves_no_complex_state(layer: Any) -> None:
    """Real arguments have a real y afterwards, and the state is that of the last real call."""
    found = given(layer, X, "cpu", as_it_is)
    found.subject.apply(found.arrays, {})
    assert found.subject.apply({name: value + 0j for name, value in found.arrays.items()}, {}).dtype == complex
    assert found.subject.apply(found.arrays, {}).dtype == float


class InFrequencies:
    """Twice x, by way of its frequencies, which it keeps."""

    def __init__(self) -> None:
        self.gain = np.fft.fft(np.array([2.0, 0.0]))

    def forward(self, x: Array) -> Array:
        """Complex numbers that are its own."""
        self.seen = np.fft.fft(x) * self.gain
        y = np.fft.ifft(self.seen)
        return y if np.iscomplexobj(x) else y.real

    def backward(self, dy: Array) -> Array:
        """By its gain."""
        return np.fft.ifft(np.fft.fft(dy) * self.gain.conj()).real


def test_complex_numbers_of_a_layers_own_stay() -> None:
    """They were so before, or come of real ones."""
    found = given(layer := InFrequencies(), X, "cpu", as_it_is)
    for change in (0, 0j):
        found.subject.apply({name: value + change for name, value in found.arrays.items()}, {})
        assert layer.seen.dtype == layer.gain.dtype == complex
    assert not examine(InFrequencies(), inputs=(X,), **QUICK).wrong
