"""A subject: whatever it does wrong is a finding with its name, never a crash of the harness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checks import adapt, examine
from checks.errors import RefusedError, SubjectError, SubjectShapeError
from checks.examination import WITNESSES
from checks.families import family
from checks.judge import RUNS, SHAPE
from checks.selftest.spoil import NAMES, case_of, heard, spoiled
from checks.subject import Subject
from checks.types import Arrays, Config
from checks.witness import Trial

CASE = case_of("conv")
RIGHT = family("conv").reference


def _raise(error: BaseException) -> Any:
    raise error


class SpeechlessError(RuntimeError):
    """Cannot be made a text."""

    def __str__(self) -> str:
        raise ValueError


BACKWARDS: dict[str, tuple[Callable[[Arrays], Any], str]] = {
    "raises": (lambda _: _raise(KeyError("lost")), "reference conv: backward raised KeyError: 'lost'"),
    "raises what has no text": (
        lambda _: _raise(SpeechlessError()),
        r"reference conv: backward raised SpeechlessError: \(its __str__ raised ValueError\)",
    ),
    "leaves": (lambda _: _raise(SystemExit(3)), "reference conv: backward raised SystemExit: 3"),
    "gives nothing": (lambda _: None, "backward raised TypeError"),
    "leaves out one": (
        lambda found: {"dx": found["dx"], "dbias": found["dbias"]},
        r"backward gave \['dbias', 'dx'\] without dweight; expected dx, dweight, dbias",
    ),
    "gives None for one": (lambda found: found | {"dx": None}, "without dx; expected dx, dweight, dbias"),
    "gives a list": (lambda found: found | {"dx": [1.0]}, "backward, dx returned list; expected a NumPy array"),
    "gives objects": (
        lambda found: found | {"dx": found["dx"].astype(object)},
        "backward, dx returned an array of object; expected numbers",
    ),
    "gives words": (lambda found: found | {"dx": np.array(["a"])}, "returned an array of <U1; expected numbers"),
}


@pytest.mark.parametrize("fault", list(BACKWARDS))
def test_a_backward_that_gives_no_gradients_says_so_in_words(fault: str) -> None:
    """The subject, the place, what came, what was expected."""
    change, message = BACKWARDS[fault]
    with pytest.raises(SubjectError, match=message):
        spoiled("conv", change).vjp(CASE)


def test_a_forward_that_raises_is_a_finding_and_one_that_declines_is_not() -> None:
    """By the kind of its error; the reference claims to take every case and may not decline."""
    broken = replace(RIGHT, forward=lambda *_: _raise(KeyError("lost")))
    with pytest.raises(SubjectError, match="forward raised KeyError: 'lost'"):
        broken.vjp(CASE)
    declining = Subject("mine", lambda *_: _raise(NotImplementedError("groups")), RIGHT.backward)
    with pytest.raises(RefusedError, match="mine refuses: NotImplementedError: groups"):
        declining.vjp(CASE)
    with pytest.raises(SubjectError, match="forward raised ValueError: no") as caught:
        replace(RIGHT, forward=lambda *_: _raise(ValueError("no"))).vjp(CASE)
    assert not isinstance(caught.value, RefusedError)


def test_an_interruption_is_not_a_finding() -> None:
    """Ctrl-C stops the run."""
    for half in ("forward", "backward"):
        stopped = {half: lambda *_: _raise(KeyboardInterrupt())}
        with pytest.raises(KeyboardInterrupt):
            replace(RIGHT, **stopped).vjp(CASE)  # type: ignore[arg-type]


WRONG_SHAPES: dict[str, Callable[[Arrays], Arrays]] = {
    "one axis less": lambda found: found | {"dx": found["dx"][0]},
    "one axis more": lambda found: found | {"dx": found["dx"][None]},
    "kept axes": lambda found: found | {"dbias": found["dbias"].reshape(1, -1)},
    "transposed": lambda found: found | {"dweight": found["dweight"].swapaxes(0, 1)},
    "one number": lambda found: found | {"dx": np.asarray(3.0)},
    "nothing": lambda found: found | {"dx": np.zeros(0)},
    "too long": lambda found: found | {"dx": np.concatenate([found["dx"], found["dx"]])},
}


@pytest.mark.parametrize("fault", list(WRONG_SHAPES))
@pytest.mark.parametrize("witness", WITNESSES, ids=lambda witness: witness.law)
def test_every_witness_calls_a_wrong_shape_by_its_name(fault: str, witness: Any) -> None:
    """Nothing is broadcast, nothing crashes."""
    found = heard(witness, spoiled("conv", WRONG_SHAPES[fault]), CASE)
    assert {verdict.law for verdict in found if verdict.status == "wrong"} == {SHAPE}


def test_a_wrong_shape_of_y_is_called_by_its_name_too() -> None:
    """Said with both shapes."""

    def forward(arrays: Arrays, config: Config) -> tuple[Any, Any]:
        y, saved = RIGHT.forward(arrays, config)
        return y[:, :1], saved

    flat = replace(RIGHT, forward=forward)
    with pytest.raises(SubjectShapeError, match=r"\(2, 1, 3, 3\)"):
        _ = Trial(flat, family("conv"), CASE).got


@pytest.mark.parametrize("name", NAMES)
def test_a_buffer_that_is_used_again_does_not_change_what_was_seen(name: str) -> None:
    """The gradients of the first call stay what they were when a second call overwrites them."""
    right, buffer = family(name).reference, dict[str, Any]()

    def backward(dy: Any, saved: Any) -> Arrays:
        for of, value in right.backward(dy, saved).items():
            np.copyto(buffer.setdefault(of, np.empty_like(value)), value)
        return buffer

    case, subject = case_of(name), replace(right, backward=backward)
    first = subject.vjp(case).gradients
    subject.pull(case.inputs, case.config, 0 * case.dy)
    assert all(np.array_equal(value, right.vjp(case).gradients[of]) for of, value in first.items())


def test_a_layer_that_leaves_is_a_finding_wherever_it_does() -> None:
    """``sys.exit()`` in a forward, or where some gradients alone are asked for."""
    leaving = replace(RIGHT, forward=lambda *_: _raise(SystemExit(3)), some=lambda *_: _raise(SystemExit(4)))
    with pytest.raises(SubjectError, match="forward raised SystemExit: 3"):
        leaving.vjp(CASE)
    with pytest.raises(SubjectError, match="asked for dx alone, raised SystemExit: 4"):
        leaving.pull_some(CASE.inputs, CASE.config, CASE.dy, frozenset({"x"}))


@pytest.mark.parametrize("fault", ["raises", "leaves", "gives nothing", "leaves out one", "gives objects"])
def test_the_run_goes_on_after_a_subject_that_raises(fault: str) -> None:
    """One finding, of the law that a subject runs at all; every case is still counted."""
    examination = examine(
        spoiled("conv", BACKWARDS[fault][0]), "conv", cases=[case_of("conv", seed=seed) for seed in range(3)]
    )
    assert set(examination.findings) == {RUNS}
    assert examination.cases == 3


def test_what_a_layer_raises_is_printable_and_not_long() -> None:
    """Control characters are spelled out; 500 characters are enough."""
    subject = replace(RIGHT, forward=lambda *_: _raise(TypeError("\x1b[31mred\0" + "a" * 9000)))
    with pytest.raises(SubjectError) as raised:
        subject.apply(CASE.inputs, CASE.config)
    assert "\\x1b[31mred" in str(raised.value)
    assert str(raised.value).isprintable()
    assert "aaa..., at test_subject.py:" in str(raised.value)
    assert len(str(raised.value)) < 600


def test_a_layer_shows_itself_in_one_line() -> None:
    """What a test runner shows of an argument whose test failed: modes and limits within it are left out."""
    nn = pytest.importorskip("torch.nn")
    assert repr(adapt(nn.Dropout(0.5))) == "<Subject Dropout (train), on cpu>"
