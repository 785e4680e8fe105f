"""A pointwise layer is also handed its samples as rows and as vectors, as behind a dense layer, and in rarer axes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.case import Case
from checks.families import family
from checks.invariants.independence import Samples
from checks.judge import verdicts
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial
from reference_impl import avg_pool_backward, avg_pool_forward

RELU = family("relu")


def heard(subject: Subject, seed: int) -> set[str]:
    """How the law ends on a case of four axes."""
    case = Case("relu", {"x": (2, 3, 2, 2), "dy": (2, 3, 2, 2)}, {"at_zero": 0.0}, data="distinct", seed=seed)
    return {verdict.status for verdict in verdicts(Samples(), Trial(subject, RELU, case))}


def wrong_in(axes: int) -> Subject:
    """A ReLU that doubles dx of arrays of so many axes."""

    def pull(dy: Array, saved: Any) -> Arrays:
        found = RELU.reference.backward(dy, saved)
        return {"dx": found["dx"] * (2 if dy.ndim == axes else 1)}

    return Subject("planted", RELU.reference.forward, pull)


def images_alone(raised: type[Exception]) -> Subject:
    """A ReLU that takes arrays of four axes alone."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        if arrays["x"].ndim != 4:
            raise raised("images alone")
        return RELU.reference.forward(arrays, config)

    return Subject("planted", run, RELU.reference.backward)


@pytest.mark.parametrize(("axes", "seed"), [(4, 0), (2, 1), (1, 3), (7, 5), (0, 7), (6, 9)])
def test_what_is_wrong_in_so_many_axes_alone_is_found(axes: int, seed: int) -> None:
    """The parts of every other case keep theirs, and the seed says how many the others have."""
    planted = wrong_in(axes)
    assert heard(planted, seed) == ({"wrong", "right"} if axes != 4 else {"right"})
    assert heard(RELU.reference, seed) == {"right"}


@pytest.mark.parametrize("raised", [ValueError, IndexError, NotImplementedError])
@pytest.mark.parametrize("seed", [1, 3, 5, 7])
def test_a_layer_that_takes_no_such_arrays_is_handed_its_parts_as_they_are(raised: Any, seed: int) -> None:
    """It is as right as it was."""
    assert heard(images_alone(raised), seed) == {"right"}


def test_a_number_without_axes_that_comes_back_with_one_is_left_aside() -> None:
    """So do many that make arrays of all that they are handed."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        return RELU.reference.forward({"x": np.atleast_1d(arrays["x"])}, config)

    assert heard(Subject("of one axis at least", run, RELU.reference.backward), 7) == {"right"}


@pytest.mark.parametrize("axes", [0, 7])
def test_what_is_wrong_without_axes_or_in_many_is_found_by_a_short_look(axes: int) -> None:
    """By the law that asks for them."""

    def backward(dy: Array, positive: Array) -> Array:
        return dy * (positive | (dy.ndim == axes))

    found = examine((lambda x: (np.maximum(x, 0), x > 0), backward), like="relu", budget="2s", laws=["batch"])
    assert set(found.findings) == {"batch"}


def test_a_layer_of_channels_is_never_handed_flat_arrays() -> None:
    """A pool has planes."""
    met = set[int]()
    pool = family("max_pool")

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        met.add(arrays["x"].ndim)
        return pool.reference.forward(arrays, config)

    case = next(case for case in pool.sweep(0, 0) if case.shapes["x"][0] > 1 and case.seed % 2)
    assert verdicts(Samples(), Trial(Subject("watched", run, pool.reference.backward), pool, case))
    assert met == {np.ndim(case.array("x"))}


def test_a_script_prints_the_parts_beside_the_whole() -> None:
    """Where an element of the whole is among its parts nobody could read."""
    relu, case = RELU.reference, 'relu(x=(2,1,1), dy=(2,1,1); at_zero=0.0; dtype="float64", data="distinct", seed=3)'

    def forward(x: Array) -> tuple[Array, Any]:
        return relu.forward({"x": x}, {})

    def backward(dy: Array, saved: Any) -> Array:
        return np.asarray(relu.backward(dy, saved)["dx"] * (2 if dy.ndim == 1 else 1))

    found = examine((forward, backward), like="relu", cases=[case], laws=["batch"]).findings["batch"]
    assert 'print("dx is", repr(dx), repr(dx2), repr(dx3))' in found.script
    assert "in parts of one axis, where the layer takes them" in found.verdict.why


class OfFirstChannels:
    """A pool that keeps the number of channels of its first forward."""

    channels = 0

    def forward(self, x: Array, kernel_size: int = 2) -> Array:
        """Of so many of them."""
        self.channels = self.channels or x.shape[1]
        y, self.saved = avg_pool_forward(x, kernel_size)
        return y[:, : self.channels]

    def backward(self, dy: Array) -> Array:
        """As many come."""
        return avg_pool_backward(dy, self.saved)


def test_a_layer_that_takes_one_number_of_channels_is_not_asked_for_others() -> None:
    """Where its owner says so; where nobody does it is wrong."""
    assert examine(OfFirstChannels(), like="avg_pool2d", budget="1ms").wrong
    found = examine(OfFirstChannels(), like="avg_pool2d", supports={"channels": 2}, budget="1ms")
    assert not found.wrong, story(found)
    assert "channels" not in found.tallies


def test_parts_of_channels_that_a_layer_takes_are_asked_for_whatever_limit_it_has() -> None:
    """Blocks of eight, or up to eight: halves of sixteen, and of eight, are such."""
    for channels, heard in ((range(8, 65, 8), True), (range(1, 9), True), (2, False)):
        found = examine(
            (avg_pool_forward, avg_pool_backward), "avg_pool2d", supports={"channels": channels}, budget="1s"
        )
        assert ("channels" in found.tallies) == heard, story(found)
