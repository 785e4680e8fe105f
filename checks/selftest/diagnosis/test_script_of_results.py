"""What a script prints beside what must come out: shapes, sums, products, and calls that raise."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.families.ties import MISTAKES, tied_subgradients
from checks.selftest.diagnosis.printing import printed_by
from checks.types import Array
from reference_impl import max_pool_backward, max_pool_forward

#: A script shows the plainest case.
pytestmark = pytest.mark.usefixtures("plainest")


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


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ((lambda x: (x.copy(), None), lambda dy, _: dy), "dx lies in the memory of dy: True and must not\n"),
        ((lambda x: (x, None), lambda dy, _: dy.copy()), "y lies in the memory of x: True and must not\n"),
    ],
    ids=["dx", "y"],
)
def test_a_script_of_a_result_in_the_memory_of_another_array_shows_that(
    layer: tuple[Callable[..., Any], Callable[..., Any]], said: str
) -> None:
    """Of the very arrays that are handed over: a copy shares nothing."""
    found = examine(layer, inputs=(np.linspace(-1, 2, 4),), laws=["results kept"], budget="1ms")
    hazard = found.hazards["results kept"]
    assert printed_by(hazard.script, *layer) == said
    assert "  element  " not in story(found)
    assert f"  reason   {said.partition(':')[0]}: writing to one changes the other" in story(found)


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


def test_a_script_prints_the_shape_of_the_call_that_came_in_another_one() -> None:
    """A backward of the last forward, whichever it was told of: after one of two samples it gives two."""
    last = list[Array]()

    def forward(x: Array) -> tuple[Array, None]:
        last[:] = [x > 0]
        return np.maximum(x, 0), None

    def backward(dy: Array, saved: None) -> Array:
        return np.asarray(dy * last[0])

    found = examine((forward, backward), "relu", laws=["saved state"], budget="1s").findings["saved state"]
    assert "shape (2, 1, 1), expected (1, 1, 1)" in found.shrunk_verdict.why
    said = printed_by(found.script, forward, backward)
    assert said == "dx has shape (2, 1, 1) and must have (1, 1, 1)\n"
