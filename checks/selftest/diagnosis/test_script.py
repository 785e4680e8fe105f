"""A script makes the calls of a broken law again, with NumPy alone, and tells the wrong layer from the right one."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.case import Case
from checks.claim import Verdict, Worst
from checks.diagnosis.recording import recorded
from checks.diagnosis.script import script
from checks.families import family
from checks.families.ties import MISTAKES, tied_subgradients
from checks.invariants import INVARIANTS
from checks.invariants.kinks import BESIDE, CONVENTION, Kinks
from checks.judge import verdicts
from checks.selftest.contracts.memory_plants import PLANTS as MEMORY
from checks.selftest.contracts.order_plants import PLANTS as ORDER
from checks.selftest.contracts.order_plants import works_in_y
from checks.selftest.contracts.plant import Plant, cases
from checks.selftest.contracts.value_plants import PLANTS as VALUES
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

PLANTS = [plant for plant in MEMORY + VALUES + GIVEN_BACK if plant.name not in UNSEEN]


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


def printed_by(source: str, forward: Callable[..., Any], backward: Callable[..., Any]) -> str:
    """What a script prints with this pair at ``your_module``, or the error that ends it."""
    module = ModuleType("your_module")
    module.__dict__.update({each.__name__: each for each in (forward, backward)}, forward=forward, backward=backward)
    printed = io.StringIO()
    sys.modules["your_module"] = module
    try:
        with contextlib.redirect_stdout(printed), np.errstate(all="ignore"):
            exec(compile(source, "script", "exec"), {})  # noqa: S102 - our own source
    except Exception as error:  # noqa: BLE001 - the layer's own
        return f"{printed.getvalue()}{type(error).__name__}"
    finally:
        del sys.modules["your_module"]
    return printed.getvalue()


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


def test_a_script_shows_the_numbers_that_the_sentence_speaks_of() -> None:
    """A law on numbers of its own: ties of minus infinity, not those of finite numbers, on which it breaks too."""

    def forward(x: Array, kernel_size: Any) -> tuple[Array, Any]:
        return max_pool_forward(x, kernel_size)[0], (x.copy(), kernel_size)

    def backward(dy: Array, saved: tuple[Array, Any]) -> Array:
        x, size = saved
        config = {"kernel_size": size, "stride": size, "padding": 0, "dilation": 1, "ceil_mode": False}
        return tied_subgradients(x, config, dy).mistakes[MISTAKES["none"]].astype(dy.dtype)

    found = examine((forward, backward), "max_pool", budget="1ms", laws=["kinks"])
    hazard, wrong = found.hazards["kinks"], found.findings["kinks"]
    assert "minus infinity" in hazard.shrunk_verdict.why
    assert "-np.inf" in hazard.script
    assert "np.inf" not in wrong.script
    assert printed_by(hazard.script, forward, backward).startswith("the sum of dx[0, 0] is 0.0 and must be ")


def test_a_script_of_a_derivative_along_a_direction_prints_both_products() -> None:
    """Of a layer like none of the families; the direction is made as the law made it."""

    def forward(x: Array) -> tuple[Array, Array]:
        return x**2, x

    def backward(dy: Array, x: Array) -> Array:
        return 3 * dy * x

    asked = examine((forward, backward), inputs=(np.linspace(-1, 2, 4),), laws=["adjoint"], budget="1ms")
    finding = asked.findings["adjoint"]
    assert finding.shrunk_verdict.worst is not None
    got, want = finding.shrunk_verdict.worst.got, finding.shrunk_verdict.worst.want
    assert "\nv = np." in finding.script
    said = re.fullmatch(r"sum\(dx \* v\) is (\S+) and must be (\S+)\n", printed_by(finding.script, forward, backward))
    assert said
    assert [float(said[1]), float(said[2])] == pytest.approx([got, want])


def stuck(forward: Callable[..., Any], backward: Callable[..., Any]) -> str:
    """The script of what a ReLU does that gives no numbers to compare."""
    (found,) = examine((forward, backward), like="relu", budget="1ms", laws=["reference"]).findings.values()
    return found.script


def test_a_script_of_a_wrong_shape_prints_both_shapes() -> None:
    """That which came, and that which must."""
    source = stuck(lambda x: (x.clip(0), x), lambda dy, x: (dy * (x > 0)).sum(0))
    assert 'print("dx has shape", np.shape(dx), "and must have", (1, 1, 1))' in source
    assert "the gradients are" not in source


def test_a_script_of_a_y_of_another_shape_prints_both_shapes() -> None:
    """There is no backward yet, and an empty y shows nothing."""

    def forward(x: Array) -> tuple[Array, Array]:
        return x.clip(0)[:0], x

    def backward(dy: Array, x: Array) -> Array:
        return dy * (x > 0)

    said = printed_by(stuck(forward, backward), forward, backward)
    assert said == "y has shape (0, 1, 1) and must have (1, 1, 1)\n"


def test_a_script_of_a_sum_that_is_not_kept_prints_it_beside_the_right_one() -> None:
    """Of the one tied window; which of its cells is wrong nobody can say."""

    def forward(x: Array, kernel_size: Any) -> tuple[Array, Any]:
        return max_pool_forward(x, kernel_size)[0], (x.copy(), kernel_size)

    def backward(dy: Array, saved: tuple[Array, Any]) -> Array:
        x, size = saved
        config = {"kernel_size": size, "stride": size, "padding": 0, "dilation": 1, "ceil_mode": False}
        return tied_subgradients(x, config, dy).mistakes[MISTAKES["all"]].astype(dy.dtype)

    finding = examine((forward, backward), "max_pool", budget="1ms", laws=["kinks"]).findings["kinks"]
    assert finding.shrunk_verdict.worst is not None
    got, want = finding.shrunk_verdict.worst.got, finding.shrunk_verdict.worst.want
    said = printed_by(finding.script, forward, backward)
    assert said == f"the sum of dx[0, 0] is {got} and must be {want}\n"


def test_a_script_of_a_layer_that_raises_ends_with_the_call_that_does() -> None:
    """And says what it raises there."""
    backward = stuck(lambda x: (x.clip(0), x), lambda dy, x: (dy * (x > 0))[:, 10**6])
    assert "gradients = backward(dy, saved)  # raises IndexError: index 1000000" in backward.splitlines()[-1]
    forward = stuck(lambda x: (x[..., 10**6], x), lambda dy, x: dy * x)
    assert "y, saved = forward(x)  # raises IndexError: index 1000000" in forward.splitlines()[-1]


def test_a_script_of_a_layer_that_raises_on_numbers_of_a_law_holds_those() -> None:
    """Ties of minus infinity, where the case's own numbers are finite: it raises, too."""

    def backward(dy: Array, saved: Any) -> Array:
        places = np.arange(1)[int(np.isneginf(saved[0]).any())]  # there is a first place alone
        dx: Array = max_pool_backward(dy, saved[1]) + places
        return dx

    def forward(x: Array, kernel_size: Any) -> tuple[Array, Any]:
        y, saved = max_pool_forward(x, kernel_size)
        return y, (x.copy(), saved)

    found = examine((forward, backward), "max_pool", budget="1ms", laws=["reference", "kinks"])
    source = found.findings["runs"].script
    assert "-np.inf" in source
    assert source.splitlines()[-2].startswith("gradients = backward(dy, saved)  # raises IndexError")
    assert source.splitlines()[-1] == "# on numbers that the law kinks made of the case's"
    assert printed_by(source, forward, backward).endswith("IndexError")
