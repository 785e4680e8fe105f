"""Arguments unchanged: a layer that writes to what it was handed is seen, whichever array and whichever pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from checks.adapters import adapt
from checks.families import family
from checks.invariants.purity import FirstArguments, Purity
from checks.isolation import told
from checks.selftest.spoil import NAMES, case_of, faults, heard
from checks.subject import Subject
from reference_impl import conv_backward, conv_forward


def _writes_forward(name: str, argument: str) -> Subject:
    right = family(name).reference

    def forward(arrays: Any, config: Any) -> Any:
        found = right.forward({word: value.copy() for word, value in arrays.items()}, config)
        arrays[argument].flat[3] += 1
        return found

    return replace(right, forward=forward)


@pytest.mark.parametrize(("name", "argument"), [(n, a) for n in NAMES for a in family(n).arguments])
def test_a_forward_that_writes_to_an_argument_is_seen(name: str, argument: str) -> None:
    """One entry is enough, and the argument is named."""
    assert faults(Purity(), _writes_forward(name, argument), case_of(name)) == {argument}


@pytest.mark.parametrize("name", NAMES)
def test_a_backward_that_writes_to_dy_is_seen(name: str) -> None:
    """In place is where it happens most."""
    right = family(name).reference

    def backward(dy: Any, saved: Any) -> Any:
        found = right.backward(dy.copy(), saved)
        dy *= 2
        return found

    assert faults(Purity(), replace(right, backward=backward), case_of(name)) == {"dy"}


def _with_keywords(write: Callable[[dict[str, Any]], Any]) -> Subject:
    """A right convolution whose keywords come in a dictionary, to which its backward writes."""

    def forward(x: Any, w: Any, b: Any, conv_param: dict[str, Any]) -> Any:
        y, saved = conv_forward(x, w, b, conv_param["stride"], conv_param["pad"])
        return y, (saved, conv_param)

    def backward(dy: Any, saved: Any) -> Any:
        write(saved[1])
        return conv_backward(dy, saved[0])

    return adapt((forward, backward), ("x", "weight", "bias"))


@pytest.mark.parametrize(
    ("write", "said", "status"),
    [
        (lambda given: given.update(calls=1), "key 'calls' added", "hazard"),
        (lambda given: given.setdefault("seen", []).append({"x": 1}), "key 'seen' added", "hazard"),
        (lambda given: given.pop("stride"), "key 'stride' removed", "wrong"),
        (lambda given: given.update(pad=given["pad"] + 1), "'pad' is 2, was 1", "wrong"),
        (lambda given: given.update(pad=float(given["pad"])), "'pad' is 1.0, was 1", "wrong"),
    ],
)
def test_a_layer_that_writes_to_the_dictionary_of_its_keywords_is_seen(write: Any, said: str, status: str) -> None:
    """Before the calls that such a dictionary breaks; what is added alone is a hazard, for nobody reads it."""
    for witness in (Purity(), FirstArguments()):
        wrong, *_ = [each for each in heard(witness, _with_keywords(write), case_of("conv")) if each.status == status]
        assert wrong.of == "conv_param"
        assert said in wrong.why


def test_a_layer_that_reads_the_dictionary_of_its_keywords_is_right() -> None:
    """A key that is written as it was is no change."""
    subject = _with_keywords(lambda given: given.update(pad=int(given["pad"])))
    (told,) = [each for each in heard(Purity(), subject, case_of("conv")) if each.of == "conv_param"]
    assert told.status == "right"


@pytest.mark.parametrize("name", NAMES)
def test_right_layers_leave_everything_as_it_was(name: str) -> None:
    """In every format."""
    for dtype in ("float16", "float32", "float64", "longdouble"):
        assert not faults(Purity(), family(name).reference, case_of(name, dtype))


def test_what_is_known_of_a_layer_elsewhere_holds_nothing_that_can_be_called() -> None:
    """Its signature may hold what cannot travel."""
    assert told(_with_keywords(lambda given: given)).written is None
