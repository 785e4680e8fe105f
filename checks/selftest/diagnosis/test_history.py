"""What is wrong only after earlier calls is not told as a mistake of one case."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from checks import examine, pristine, story
from checks.adapters.outlasting import outlasts
from checks.anew import Anew, once_more
from checks.claim import Verdict
from checks.diagnosis import history
from checks.diagnosis.told_alone import DEPENDS
from checks.examination import Examination
from checks.opening import opened
from checks.oracles.finite_difference import FiniteDifference
from checks.selftest.diagnosis import by_itself
from checks.types import Array
from checks.witness import Trial

#: Their scripts are read.
pytestmark = pytest.mark.usefixtures("plainest")

#: Pairs that keep something between calls, and one that is wrong as it is; each looks into a global variable.
PAIRS = """
import numpy as np

kept, calls = {}, {}


def forward(x, weight):
    return np.einsum("ncl,oc->nol", x, weight[:, :, 0]), (x, weight)


def cached(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    return forward(x, kept.setdefault((weight.shape, str(weight.dtype)), weight.copy()))


def backward(dy, saved):
    x, weight = saved
    return np.einsum("nol,oc->ncl", dy, weight[:, :, 0]), np.einsum("nol,ncl->oc", dy, x)[:, :, None]


def tired(dy, saved):
    key = dy.shape, saved[0].shape, str(dy.dtype)
    calls[key] = calls.get(key, 0) + 1
    dx, dweight = backward(dy, saved)
    return dx, dweight * (calls[key] < 41)


def doubled(dy, saved):
    dx, dweight = backward(dy, kept and saved or saved)
    return dx, 2 * dweight
"""

CASE = (
    'conv(x=(2,3,4), weight=(2,3,1), dy=(2,2,4); stride=1, padding=0, dilation=1, groups=1; dtype="float64", '
    'data="{}", seed={})'
)


def pair(names: tuple[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Examination:
    """Two of them, as a one-dimensional convolution of one tap."""
    monkeypatch.syspath_prepend(folder)
    module = by_itself.written(PAIRS, folder, monkeypatch)
    layer = tuple(vars(module)[name] for name in names)
    cases = [CASE.format("integers", seed) for seed in range(2)] + [CASE.format("normal", seed) for seed in range(2)]
    return examine(layer, "conv", cases=cases, supports={"bias": False})


@pytest.mark.long
def test_a_stale_cache_is_told_as_what_depends_on_earlier_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights kept by their shape: no cause is named that is about numbers, and two calls show the mistake."""
    found = pair(("cached", "backward"), tmp_path, monkeypatch)
    reference = found.findings["reference"]
    assert reference.alone.startswith("in a new process this case is right as a first call")
    assert not reference.diagnosis
    paragraph = next(each for each in story(found).split("\n\n") if "laws     reference" in each)
    assert "depends on its earlier calls" in paragraph
    by_itself.demand_the_worst_printed(reference, tmp_path)


@pytest.mark.long
def test_where_there_is_no_time_the_plain_fact_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No calls are looked for that bring it about: where many laws break those of a few are enough."""
    monkeypatch.setattr(history, "TELLING", 0.0)
    reference = pair(("cached", "backward"), tmp_path, monkeypatch).findings["reference"]
    assert reference.alone == f"in a new process this case is right as a first call: {DEPENDS}"
    assert not reference.script


@pytest.mark.long
def test_a_layer_that_is_wrong_from_some_call_on_is_shown_by_as_many_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The script makes them all, and its last line is another number than its first."""
    found = pair(("forward", "tired"), tmp_path, monkeypatch)
    told = [each for each in found.findings.values() if "call 41 on the same arrays" in each.alone]
    assert told
    (printed,) = by_itself.printed([told[0].script], tmp_path)
    lines = printed.splitlines()
    assert len(lines) == 41
    assert lines[0] == lines[-2] != lines[-1]


def test_a_case_that_is_wrong_alone_is_told_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the layer could keep something."""
    found = pair(("forward", "doubled"), tmp_path, monkeypatch)
    assert found.findings["reference"].diagnosis
    assert not any(each.alone for each in found.findings.values())


class Adding:
    """Adds its gradient to the last one of the same shape."""

    dx: Array | None = None

    def forward(self, x: Array) -> Array:
        """Keep x."""
        self.x = x
        return x**2

    def backward(self, dy: Array) -> Array:
        """Never begin at zero."""
        found = 2 * self.x * dy
        self.dx = found if self.dx is None or self.dx.shape != found.shape else self.dx + found
        return self.dx


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize("layer", [Adding, Adding()], ids=["class", "object"])
def test_an_object_that_adds_to_what_it_keeps_is_asked_as_a_new_one(layer: object) -> None:
    """The law that two calls agree leads, with numbers that a reader of its script sees."""
    found = examine(layer, inputs=(np.arange(6.0).reshape(2, 3),), budget="1ms", laws=["repeatable", "adjoint"])
    assert next(iter(found.findings)) == "repeatable"
    worst = found.findings["repeatable"].shrunk_verdict.worst
    assert worst is not None
    assert worst.got % worst.want == 0
    adjoint = found.findings["adjoint"]
    assert adjoint.alone.startswith("with a new object this case is right as a first call")
    assert not adjoint.diagnosis
    assert "must be" not in adjoint.script


_number = 0

_table: dict[str, int] = {}


def _counting(x: Array) -> Array:
    global _number  # noqa: PLW0603 - what is looked for
    _number += 1
    return x


def _looking(x: Array) -> Array:
    return x + len(_table)


def _plain(x: Array) -> Array:
    return np.exp(x) * 2


def _closing() -> object:
    kept: list[Array] = []

    def forward(x: Array) -> Array:
        kept.append(x)
        return x

    return forward


class _Shared:
    seen: list[Array] = []  # noqa: RUF012 - what is looked for

    def forward(self, x: Array) -> Array:
        """Keep x for all objects."""
        self.seen.append(x)
        return x


@pytest.mark.parametrize("layer", [_counting, _looking, _closing(), _Shared, (_plain, _looking)])
def test_what_a_function_could_keep_is_found(layer: object) -> None:
    """A global variable that it sets, one that can change, a closure, an attribute of a class."""
    assert outlasts(layer)


@pytest.mark.parametrize("layer", [_plain, (_plain, _plain), Adding])
def test_a_plain_function_keeps_nothing(layer: object) -> None:
    """It is asked no process; nor is a class whose objects keep everything."""
    assert not outlasts(layer)


class Narrow:
    """Computes in float32, from its first call on."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.x = np.zeros(0)

    def forward(self, x: Array) -> Array:
        """In float32."""
        self.x = x
        return (3 * x).astype(np.float32)

    def backward(self, dy: Array) -> Array:
        """The same."""
        return (3 * dy).astype(np.float32)


def test_a_layer_that_always_computes_in_a_narrower_format_does_so_alone() -> None:
    """The first call of a new object gives that format, too."""
    found = examine(Narrow(), inputs=(np.random.default_rng(0).standard_normal((2, 4)),), budget="1ms", laws=["dtype"])
    assert "dtype" in found.findings
    assert not any(each.alone for each in found.findings.values())


def test_a_process_that_a_busy_machine_does_not_start_in_time_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note says that nobody asked; the mistake itself is told."""
    monkeypatch.setattr(history, "STARTING", 0.0)
    monkeypatch.setattr(pristine, "in_new_processes", lambda *_: Anew("elsewhere", NotImplemented, ready=lambda: False))
    found = pair(("cached", "backward"), tmp_path, monkeypatch)
    assert found.wrong
    assert not any(each.alone for each in found.findings.values())
    assert history.UNASKED in found.notes


@pytest.mark.parametrize(("until", "known"), [(np.inf, True), (0.0, False)])
def test_what_had_time_for_fewer_elements_is_not_said_to_be_right(until: float, known: bool) -> None:
    """The one that was wrong may be among the others."""
    examination, limits = opened((lambda x: (3 * x, None), lambda dy, _: 3 * dy), "", None, (np.ones((2, 3)),))
    trial = Trial(examination.subject, examination.family, next(iter(limits.family.sweep(0, 1))), until=until)
    verdict = Verdict(FiniteDifference.law, "dx", "wrong", "", compared=6, wrong=1)
    assert bool(once_more(trial, FiniteDifference(), verdict)) == known
