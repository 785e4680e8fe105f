"""A script makes the calls of a broken law again, with NumPy alone, and tells the wrong layer from the right one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.case import Case
from checks.claim import Verdict, Worst
from checks.diagnosis.recording import recorded
from checks.diagnosis.script import script
from checks.families import family
from checks.invariants import INVARIANTS
from checks.invariants.kinks import BESIDE, CONVENTION, Kinks
from checks.judge import verdicts
from checks.selftest.contracts.kept_plants import PLANTS as KEPT
from checks.selftest.contracts.memory_plants import PLANTS as MEMORY
from checks.selftest.contracts.order_plants import PLANTS as ORDER
from checks.selftest.contracts.order_plants import works_in_y
from checks.selftest.contracts.plant import Plant, cases
from checks.selftest.contracts.value_plants import PLANTS as VALUES
from checks.selftest.diagnosis.printing import printed_by
from checks.subject import Subject
from checks.types import Array, Arrays
from checks.witness import Trial, Witness
from reference_impl import conv_backward, conv_forward, max_pool_backward, max_pool_forward

#: A script shows the plainest case.
pytestmark = pytest.mark.usefixtures("plainest")

#: Entries of a case that is small enough for a script.
SMALL = 100

#: Faults that no short script shows: they follow from chance or from who owns memory, from the stride of an axis with
#: one entry or from a shape where one element is printed, or need more numbers.
UNSEEN = {
    "sums in any order",
    "y is x",
    "dx is dy",
    "ignores strides of weight",
    "ignores strides of dy",
    "windows kept by shapes",
    "first column forgotten",
    "zeros of the weight skipped",
    "any stride 0 of dy taken for one number",
    "stride 1 where none is said",
}

GIVEN_BACK = tuple(plant for plant in ORDER if plant.make is works_in_y)

PLANTS = [plant for plant in KEPT + MEMORY + VALUES + GIVEN_BACK if plant.name not in UNSEEN]

#: Laws that another law's witness speaks of.
SPOKEN_BY = {CONVENTION: Kinks.law, BESIDE: Kinks.law}


def found(plant: Plant) -> Iterator[tuple[Witness, Case, Verdict]]:
    """Small cases on which a planted fault is named as it must be."""
    witness = next((each for each in INVARIANTS if each.law == SPOKEN_BY.get(plant.law, plant.law)), INVARIANTS[0])
    sheet = family(plant.family)
    for case in chain(cases(plant.family), sheet.sweep(0, 900)):
        if case.sizes() <= SMALL:
            heard = verdicts(witness, Trial(plant.make(sheet.reference), sheet, case))
            broken = (verdict for verdict in heard if (verdict.law, verdict.status) == plant.verdict)
            yield from ((witness, case, verdict) for verdict in broken)


def output(source: str, subject: Subject, case: Case) -> str:
    """What a script prints with this layer at ``your_module``, or the error that ends it."""

    def forward(*arrays: Array, **config: object) -> object:
        named: Arrays = dict(zip(case.arguments, arrays, strict=True))
        return subject.forward(named, config)

    return printed_by(source, forward, subject.backward)


@pytest.mark.long(keep=20)
@pytest.mark.parametrize("plant", PLANTS, ids=[plant.name for plant in PLANTS])
def test_a_script_tells_the_wrong_layer_from_the_right_one(plant: Plant) -> None:
    """Whatever the law, where its calls are few and its numbers can be read."""
    right = family(plant.family).reference
    for witness, case, verdict in found(plant):
        source = script(*recorded(plant.make(right), family(plant.family), case, witness, verdict), verdict)
        if source and output(source, plant.make(right), case) != output(source, right, case):
            return
    pytest.fail(f"no script of {plant.law} shows {plant.name}")


def test_a_script_names_no_keyword_that_the_layer_lacks() -> None:
    """It is called as its signature says."""

    def forward(x: Array, kernel_size: Any, stride: Any) -> tuple[Array, Any]:
        return max_pool_forward(x, kernel_size, stride)

    found = examine(
        (forward, lambda dy, saved: 2 * max_pool_backward(dy, saved)), "max_pool", budget="1ms", laws=["reference"]
    )
    source = found.findings["reference"].script
    assert "kernel_size=" in source
    assert not any(word in source for word in ("padding", "dilation", "ceil_mode"))


def conv_naive(x: Array, w: Array, b: Array, conv_param: dict[str, int]) -> tuple[Array, Any]:
    """A convolution as cs231n's are called."""
    return conv_forward(x, w, b, conv_param["stride"], conv_param["pad"])


def conv_padded(x: Array, kernels: Array, *, pad: int = 0, strides: int = 1) -> tuple[Array, Any]:
    """A convolution with names of its own, that must be said."""
    return conv_forward(x, kernels, stride=strides, padding=pad)


def doubled(dy: Array, saved: Any) -> Any:
    """A wrong backward."""
    return tuple(part if part is None else 2 * part for part in conv_backward(dy, saved))


def breaking(dy: Array, saved: Any) -> Any:
    """A backward that stumbles."""
    raise IndexError("beyond the end")


@pytest.mark.parametrize(
    ("forward", "call"),
    [
        (conv_naive, 'y, saved = forward(x, weight, bias, {"stride": 1, "pad": 0})'),
        (conv_padded, "y, saved = forward(x, weight, pad=0, strides=1)"),
    ],
)
def test_a_script_calls_a_layer_as_its_signature_takes_it(forward: Callable[..., Any], call: str) -> None:
    """With its own names, and in a dictionary where it wants one: the script runs, and shows the wrong number."""
    found = examine((forward, doubled), "conv2d", budget="1ms", laws=["reference"])
    source = found.findings["reference"].script
    said = printed_by(source, forward, doubled)
    assert call in source.splitlines()
    assert "and must be" in said
    assert said != printed_by(source, forward, conv_backward)


def test_a_script_shows_what_was_written_to_the_dictionary_of_the_keywords() -> None:
    """Its call gives it a name, and its last line prints it."""
    found = examine((conv_naive_that_saves, that_counts), "conv2d", budget="1ms", laws=["arguments unchanged"])
    source = found.hazards["arguments unchanged"].script
    said = printed_by(source, conv_naive_that_saves, that_counts)
    assert said == "conv_param is {'stride': 1, 'pad': 0, 'calls': 1} and must be as it was handed over\n"


def conv_naive_that_saves(x: Array, w: Array, b: Array, conv_param: dict[str, int]) -> tuple[Array, Any]:
    """A convolution whose backward can write to its keywords."""
    y, saved = conv_forward(x, w, b, conv_param["stride"], conv_param["pad"])
    return y, (saved, conv_param)


def that_counts(dy: Array, saved: Any) -> Any:
    """A right backward that keeps its count where its caller looks."""
    saved[1]["calls"] = saved[1].get("calls", 0) + 1
    return tuple(conv_backward(dy, saved[0]))


def test_what_no_call_of_a_script_gave_is_not_printed() -> None:
    """Where the first answer is too long for a script, the calls of a law may be forwards alone."""
    right, case = family("relu").reference, next(each for each in cases("relu") if each.sizes() <= SMALL)
    worst = Worst((0,) * case.dy.ndim, 0.0, 1.0, 0.0, np.inf, np.inf)
    verdict = Verdict("adjoint", "dx", "wrong", "", wrong=1, worst=worst)
    forward, backward = recorded(right, family("relu"), case, INVARIANTS[0], verdict)[0]
    assert script([], [forward], verdict) == ""
    assert script([], [forward, backward], verdict)


@pytest.mark.parametrize("isolate", [False, True])
def test_a_script_of_a_layer_that_raises_calls_it_in_its_own_words(isolate: bool) -> None:
    """Also where the layer is in a process of its own."""
    found = examine((conv_naive, breaking), "conv2d", budget="1ms", laws=["reference"], isolate=isolate)
    source = found.findings["runs"].script
    assert '{"stride": 1, "pad": 0}' in source
    assert printed_by(source, conv_naive, breaking).endswith("IndexError")


def test_a_law_that_does_not_break_again_has_no_script() -> None:
    """Whoever ran it would see nothing wrong."""
    sheet = family("relu")
    case = next(case for case in cases("relu") if case.filled)
    witness = next(each for each in INVARIANTS if each.law == "linearity")
    verdict = Verdict("linearity", "dx", "wrong", "", wrong=1)
    assert script(*recorded(sheet.reference, sheet, case, witness, verdict), verdict) == ""


@pytest.mark.parametrize("want", [np.nan, np.inf, -np.inf])
def test_a_wanted_number_may_be_infinite_or_none(want: float) -> None:
    """It is spelled as NumPy's."""
    right = family("relu").reference
    case = next(case for case in cases("relu") if case.sizes() <= SMALL and case.filled)
    worst = Worst((0,) * case.dy.ndim, 0.0, want, 0.0, np.inf, np.inf)
    verdict = Verdict("reference", "dx", "wrong", "", wrong=1, worst=worst)
    source = script(*recorded(right, family("relu"), case, INVARIANTS[0], verdict), verdict)
    assert output(source, right, case).rstrip().endswith(f"and must be {want}")


def test_a_gradient_without_axes_is_printed_beside_what_it_must_be() -> None:
    """It is its one element."""

    def doubled(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
        x, s = saved
        return dy * s, np.asarray(2 * np.sum(dy * x))

    found = examine((lambda x, s: (x * s, (x, s)), doubled), inputs=(np.ones((2, 2)), np.array(2.0)), budget="1ms")
    assert 'print("ds is", ds, "and must be", ' in found.findings["finite differences"].script
