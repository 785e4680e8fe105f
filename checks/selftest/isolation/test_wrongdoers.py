"""Whatever a layer does to its process: the case is named, plain and with the reason, and the other cases are heard."""

from __future__ import annotations

import ctypes
import io
import os
import random
import re
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from checks import Isolation, UsageError, examine, story
from checks.case import Case
from checks.examination import Examination
from checks.families import family
from checks.isolation import quarters
from checks.judge import HANGS, RUNS
from checks.selftest.isolation import wrongdoers
from checks.selftest.isolation.wrongdoers import relu

SHEET = family("relu")


def case(batch: int) -> Case:
    """A small case with so many samples; two of them do harm."""
    return SHEET.case_of({"x": (batch, 1, 1)}, {}, "float64", "distinct", 1).but(
        seed=1, values={"dy": (((0.0,),),) * batch}
    )


#: As plain as it gets, so that few processes have to die of shrinking; and one that is right.
CASES = (case(2), case(1))


def examined(
    harm: Callable[[], Any], seconds: float = 5.0, memory: int = 0, laws: tuple[str, ...] = ("reference",)
) -> Examination:
    """A wrongdoer on the case that harms and on the one that does not."""
    return examine(relu(harm), "relu", cases=CASES, laws=laws, isolate=Isolation(seconds, memory))


DEATHS = {
    "segfault": (lambda: ctypes.string_at(0), "killed by SIGSEGV (a crash in compiled code); in backward at "),
    "leave": (lambda: os._exit(3), "the process ended by itself with exit code 3; in backward"),
    "leave as if done": (lambda: os._exit(0), "the process ended by itself with exit code 0; in backward"),
    "exit": (lambda: sys.exit(4), "SystemExit: 4"),
    "kill its group": (lambda: os.killpg(0, signal.SIGKILL), "killed by SIGKILL"),
    "close everything": (wrongdoers.scribble, "the process ended by itself with exit code 9"),
}


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(("harm", "words"), DEATHS.values(), ids=DEATHS)
def test_a_death_is_a_finding_of_its_case_and_the_run_goes_on(harm: Callable[[], Any], words: str) -> None:
    """The law ``runs`` breaks on two samples; the case with one sample is right."""
    found = examined(harm)
    assert set(found.findings) == {RUNS}
    assert words in found.findings[RUNS].verdict.why
    assert found.findings[RUNS].shrunk == CASES[0]
    assert found.tallies["reference"].right == 2
    assert "isolate=True)" in story(found)


@pytest.mark.long
def test_the_death_of_its_parent_is_told_without_an_exit_code() -> None:
    """It is felt a moment later, maybe on the next case, and nobody is left who knows how the process ended."""
    found = examined(lambda: os.kill(os.getppid(), signal.SIGKILL))
    assert set(found.findings) == {RUNS}
    assert "the layer has ended its parent (os.getppid())" in found.findings[RUNS].verdict.why


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the parent is whoever asks")
def test_a_parent_that_is_stopped_is_woken_and_a_note_says_so() -> None:
    """Nothing would end any more: the parent tells when a process has."""
    found = examined(lambda: os.kill(os.getppid(), signal.SIGSTOP))
    assert not found.findings
    assert any("the layer has stopped its parent (os.getppid())" in note for note in found.hearing.notes)


@pytest.mark.long
def test_the_place_of_a_crash_is_told() -> None:
    """File, line and function of the user's own code, not of the standard library below it."""
    why = examined(DEATHS["segfault"][0]).findings[RUNS].verdict.why
    assert "test_wrongdoers.py:" in why
    assert "in <lambda>" in why


def test_what_is_printed_is_kept_out_of_the_way(capfd: pytest.CaptureFixture[str]) -> None:
    """Of megabytes on both standard streams the last words are told, and nothing reaches our own output."""
    found = examined(wrongdoers.shout)
    assert capfd.readouterr() == ("", "")
    assert "killed by SIGABRT" in found.findings[RUNS].verdict.why
    assert "last words" in found.findings[RUNS].verdict.why
    (note,) = (line for line in story(found).splitlines() if line.startswith("note: the layer printed "))
    assert len(note) < 500


@pytest.mark.sweep("calls that never answer", 2)
@pytest.mark.parametrize("harm", [wrongdoers.spin, wrongdoers.spin_in_c])
def test_a_call_that_never_answers_is_a_finding_with_its_limit_and_place(harm: Callable[[], Any]) -> None:
    """Signals or not; the run stops where too much time is lost."""
    found = examined(harm, seconds=1.0)
    assert set(found.findings) == {HANGS}
    why = found.findings[HANGS].verdict.why
    assert why.startswith("no answer within 1 s; in backward at ")
    assert f"in {harm.__name__}" in why
    assert "; it was handed an array of shape (" in why  # a law may ask for another than the case has


def test_memory_without_end_is_a_finding_with_its_limit() -> None:
    """NumPy hears of the limit and raises; the process lives on."""
    found = examined(wrongdoers.fill, seconds=60.0, memory=2 << 30)
    assert "MemoryError" in found.findings[RUNS].verdict.why
    assert "the process may use 2 GB" in found.findings[RUNS].verdict.why


@pytest.mark.long
def test_a_call_that_takes_more_and_more_memory_until_its_time_is_over_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The law is the one that was broken first, and the memory stands in its reason; a busy machine gives it slowly."""
    monkeypatch.setattr(quarters, "MUCH", 1 << 29)
    grown = wrongdoers.relu(wrongdoers.grow_and_wait)
    found = examine(grown, "relu", cases=[case(2)], laws=["reference"], isolate=Isolation(3.0))
    why = found.findings[HANGS].verdict.why
    told = r"no answer within 3 s; .*; it held \d[\d.]* [GM]B of memory by then: it may take more and more"
    assert re.search(told, why)


@pytest.mark.long
def test_a_layer_that_ends_its_process_is_not_called_slow() -> None:
    """Cases are left out because others like them ended it, and for no other reason."""
    layer = wrongdoers.relu(lambda: os.kill(os.getpid(), signal.SIGKILL))
    found = examine(layer, "relu", budget="1s", laws=["reference"], isolate=True)
    assert any("cases that ended their process" in note for note in found.hearing.notes)
    assert not [note for note in found.notes if "left out" in note]


def test_a_copy_of_the_process_does_not_answer_too() -> None:
    """A fork in a backward comes back twice, and only one of them is heard."""
    found = examined(wrongdoers.double)
    assert not found.findings
    assert found.tallies["reference"].right == 4


def test_a_changed_process_is_a_hazard_and_is_put_back() -> None:
    """Everything that changed is named, once for the run."""
    cases = [case(2), case(1), case(2)]
    found = examine(relu(wrongdoers.move), "relu", cases=cases, laws=["reference"], isolate=True)
    why = found.hazards["surroundings"].verdict.why
    for part in ("the working directory", "os.environ changed: {'MOVED': None}", "NumPy's error state", "an alarm"):
        assert part in why
    for part in ("PyTorch's default dtype changed: torch.float32 became torch.float64", "PyTorch's grad mode"):
        assert part in why
    assert not found.findings


def test_a_changed_process_is_wrong_where_that_is_denied() -> None:
    """By its name, as any hazard."""
    cases = [case(2), case(1), case(2)]
    asked: dict[str, Any] = {"cases": cases, "laws": ["reference"], "isolate": True, "deny": ["surroundings"]}
    assert "surroundings" in examine(relu(wrongdoers.move), "relu", **asked).findings


def test_that_law_alone_can_be_asked_where_a_layer_has_its_own_process() -> None:
    """In no other: nothing else may be put back there."""
    asked: dict[str, Any] = {"cases": [case(2)], "laws": ["surroundings"]}
    found = examine(relu(wrongdoers.move), "relu", **asked, isolate=True)
    assert found.tallies.keys() == found.hazards.keys() == {"surroundings"}
    with pytest.raises(UsageError, match=r"^laws has 'surroundings', which is looked at in a .* isolate=True"):
        examine(relu(wrongdoers.move), "relu", **asked)


def test_what_is_set_to_the_same_in_every_call_is_seen_too() -> None:
    """It is put back after the last call that a case takes."""
    layer = wrongdoers.forward_that(lambda: os.environ.update(SAME="1"))
    found = examine(layer, "relu", budget="1ms", laws=["reference"], isolate=True)
    assert "os.environ changed: {'SAME': None} became {'SAME': '1'}" in found.hazards["surroundings"].verdict.why


def test_a_thread_that_ends_is_no_mistake() -> None:
    """Whoever looks at threads meets some that are gone by then."""
    layer = wrongdoers.forward_that(lambda: threading.Thread(target=time.sleep, args=(0.001,)).start())
    assert not examine(layer, "relu", budget="1ms", laws=["reference"], isolate=True).findings


SEEDING: dict[str, Any] = {
    "NumPy's": lambda: np.random.seed(0),  # noqa: NPY002 - what layers do
    "Python's": lambda: random.seed(0),
    "PyTorch's": lambda: torch.manual_seed(0),
}


@pytest.mark.parametrize("name", SEEDING)
def test_generators_that_are_seeded_anew_in_every_forward_are_a_hazard(name: str) -> None:
    """Whatever others draw afterwards is the same each time."""
    layer = wrongdoers.forward_that(SEEDING[name])
    found = examine(layer, "relu", cases=[case(2)], laws=["reference"], isolate=True)
    why = found.hazards["surroundings"].verdict.why
    assert why == f"the layer seeds {name} generator anew: what others draw next is no longer random"
    assert not found.findings


@pytest.mark.parametrize("name", ["NumPy's", "Python's"])
def test_a_backward_that_seeds_generators_is_a_hazard_too(name: str) -> None:
    """Nobody puts them back after it."""
    found = examine(relu(SEEDING[name]), "relu", cases=[case(2)], laws=["reference"], isolate=True)
    why = found.hazards["surroundings"].verdict.why
    assert why == f"the layer seeds {name} generator anew: what others draw next is no longer random"


def test_a_backward_that_silences_warnings_is_a_hazard() -> None:
    """Also where they are silenced already."""
    silent = relu(lambda: warnings.simplefilter("ignore"))
    found = examine(silent, "relu", cases=[case(1), case(2)], laws=["reference"], isolate=True)
    why = found.hazards["surroundings"].verdict.why
    assert why.startswith("the layer leaves the warnings filters changed: ('ignore', None, <class 'Warning'>, None, 0)")


def test_a_layer_in_pytorch_that_seeds_its_generator_is_a_hazard_too() -> None:
    """There the generator is put back around every forward."""

    def seeding(x: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(0)
        return torch.relu(x)

    found = examine(seeding, "relu", cases=[case(2)], laws=["reference"], isolate=True)
    assert "PyTorch's generator" in found.hazards["surroundings"].verdict.why


DRAWING: dict[str, Any] = {
    "draws": lambda: (np.random.rand(), random.random(), torch.rand(2)),  # noqa: NPY002, S311 - as above
    "puts back": wrongdoers.keep_and_seed,
}


@pytest.mark.parametrize("name", DRAWING)
def test_a_layer_that_draws_or_puts_back_what_it_seeds_is_no_hazard(name: str) -> None:
    """Generators are there to be drawn from."""
    layer = wrongdoers.forward_that(DRAWING[name])
    assert not examine(layer, "relu", cases=[case(2)], laws=["reference"], isolate=True).hazards


def test_a_replaced_output_is_a_hazard_and_is_put_back() -> None:
    """What the next layer prints would be lost."""
    layer = wrongdoers.forward_that(lambda: setattr(sys, "stdout", io.StringIO()))
    found = examine(layer, "relu", cases=[case(1), case(2)], laws=["reference"], isolate=True)
    assert "the layer leaves sys.stdout changed" in found.hazards["surroundings"].verdict.why


LEFT = {
    "log": (wrongdoers.log, "the layer leaves files on the disk changed: calls.log"),
    "handle": (wrongdoers.handle, "the layer leaves signal handlers changed: {'SIGTERM': "),
    "reload": (wrongdoers.reload, "the layer leaves gradproof's own modules in sys.modules changed: complete became w"),
    "ignore": (wrongdoers.ignore_ctrl_c, "the layer leaves signal handlers changed: {'SIGINT': "),
}


@pytest.mark.parametrize("name", LEFT)
def test_files_signal_handlers_and_modules_that_a_layer_leaves_are_a_hazard(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is named; what is gone again is not."""
    folder = tmp_path / ".hidden"  # a user's own folder, whatever it is called
    folder.mkdir()
    monkeypatch.chdir(folder)
    does, said = LEFT[name]
    found = examine(wrongdoers.forward_that(does), "relu", cases=[case(1), case(2)], laws=["reference"], isolate=True)
    why = found.hazards["surroundings"].verdict.why
    assert why.startswith(said)
    assert ";" not in why
    assert not found.findings
    assert "HAZARD  call of relu\n  laws     surroundings\n" in story(found)
    assert f"  reason   {said}" in story(found)


def test_what_is_left_running_is_a_hazard_and_ends_with_the_run() -> None:
    """A thread and a child process; neither outlives the examination."""
    found = examine(relu(wrongdoers.linger), "relu", cases=[case(1), case(2)], laws=["reference"], isolate=True)
    why = found.hazards["surroundings"].verdict.why
    assert "threads running changed: lingerer" in why
    assert "child processes changed" in why
