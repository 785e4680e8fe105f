"""How a run with deaths goes on, when it stops, and what cannot be sent to another process."""

from __future__ import annotations

import ctypes
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from checks import Isolation, UsageError, examine, story
from checks.commands import targets
from checks.families import family
from checks.isolation.allowance import in_words, memory
from checks.judge import RUNS
from checks.selftest.api.layers import RIGHT
from checks.selftest.main_job.shell import gradproof
from checks.types import Array
from reference_impl import relu_backward, relu_forward


def _on_odd_layouts(dy: Array, saved: Any) -> Array:
    """Crashes on what is not contiguous, as compiled code does."""
    if not dy.flags.c_contiguous:
        ctypes.string_at(0)
    return relu_backward(dy, saved)


def _always(dy: Array, saved: Any) -> Array:
    ctypes.string_at(0)
    return dy


def _doubled(dy: Array, saved: Any) -> Array:
    return 2 * relu_backward(dy, saved)


class CrashesOnOneNumber:
    """A ReLU that keeps its mask, which is a hazard, and crashes where x is the plainest that there is."""

    def forward(self, x: Array) -> Array:
        """Keep the mask."""
        self.mask = x > 0
        return np.where(self.mask, x, 0).astype(x.dtype)

    def backward(self, dy: Array) -> Array:
        """By the mask."""
        if dy.shape == (1, 1, 1):
            ctypes.string_at(0)
        return dy * self.mask


@pytest.mark.usefixtures("plainest")
def test_what_ends_the_process_while_a_plainer_case_of_a_hazard_is_looked_for_is_a_finding() -> None:
    """Of the one law that was asked nothing else would say so."""
    found = examine(CrashesOnOneNumber(), "relu", budget="1ms", laws=["saved state"], isolate=True)
    assert found.findings[RUNS].case.shapes["x"] == (1, 1, 1), story(found)
    assert "while a plainer case for saved state was looked for" in story(found)


@pytest.mark.long
@pytest.mark.usefixtures("plainest")
def test_another_process_finds_what_this_one_finds() -> None:
    """The same laws, the same plainest case, the same diagnosis."""
    pair = (relu_forward, _doubled)
    here, there = (examine(pair, "relu", budget="1ms", isolate=isolate) for isolate in (False, True))
    assert here.findings
    assert here.findings.keys() == there.findings.keys()
    for law, found in here.findings.items():
        assert (found.shrunk, found.diagnosis) == (there.findings[law].shrunk, there.findings[law].diagnosis)


def test_some_gradients_alone_are_asked_for_there_too() -> None:
    """PyTorch's layers give them, and the law of subsets wants them."""
    found = examine(torch.nn.functional.conv1d, "conv1d", budget="1ms", laws=["subsets"], isolate=True)
    assert not found.wrong
    assert found.tallies["subsets"].right


def test_what_a_layer_takes_is_probed_in_its_own_process() -> None:
    """Limits come back from there: it has no groups."""
    shapes = {"x": (1, 1, 2, 2), "weight": (1, 1, 1, 1), "bias": (1,)}
    case = family("conv").case_of(
        shapes, {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}, "float64", "integers", 0
    )
    found = examine(RIGHT, "conv2d", cases=[case], isolate=True)
    assert {case.config["groups"] for case in found.family.sweep(0, 0)} == {1}


def test_a_closure_without_a_family_travels_too() -> None:
    """Examples, and what a lambda of this very test holds."""
    slope = np.array([2.0, 3.0])
    found = examine(
        (lambda x: (x * slope, None), lambda dy, _: dy * slope), inputs=(np.ones(2),), budget="1ms", isolate=True
    )
    assert not found.wrong
    assert found.compared


def _first_only(dy: Array, saved: Array) -> Array:
    """Ends its process where there is more than one entry."""
    if dy.size > 1:
        ctypes.string_at(0)
    return np.asarray(dy * (1 - saved**2))


@pytest.mark.long
def test_a_strategy_draws_examples_for_another_process() -> None:
    """Of any shape; what ends the process is a finding on an example that was drawn."""
    examples = arrays(np.float64, st.integers(1, 4), elements=st.floats(-2, 2))
    right, deadly = (
        examine((lambda x: (np.tanh(x), np.tanh(x)), backward), inputs=examples, budget="1ms", isolate=True)
        for backward in (lambda dy, saved: dy * (1 - saved**2), _first_only)
    )
    assert not right.wrong
    assert len({case.shapes["dy"] for case in right.judged}) > 1
    assert set(deadly.findings) == {RUNS}
    assert deadly.findings[RUNS].shrunk.shapes["dy"] > (1,)
    assert "hint" not in story(deadly)


@pytest.mark.long
def test_the_other_witnesses_are_heard_where_one_of_them_kills() -> None:
    """Only the layout of dy is deadly: every case is judged, and that law is not asked again."""
    found = examine((relu_forward, _on_odd_layouts), "relu", budget="1ms", isolate=True)
    assert set(found.findings) == {RUNS}
    assert found.cases >= 20
    assert found.tallies[RUNS].wrong == 1
    assert "blind: layout on 1 claim, of y: not asked again" in story(found)


@pytest.mark.long
def test_a_layer_that_always_dies_stops_the_run_with_a_sentence() -> None:
    """After five cases; the first of them is as plain as can be."""
    found = examine((relu_forward, _always), "relu", budget="1ms", isolate=True)
    assert found.tallies[RUNS].wrong == 5
    assert found.findings[RUNS].shrunk.sizes() <= 2
    assert "note: stopped after 5 cases that ended their process" in story(found)


def test_what_cannot_be_sent_is_refused_with_what_to_do() -> None:
    """Before any work."""
    lock = threading.Lock()
    with pytest.raises(
        UsageError, match=r"cannot be sent to a process of its own .*; keep locks, files and handles out"
    ):
        examine((lambda x: (x, lock), lambda dy, _: dy), "relu", isolate=True)


class _Refuses:
    """Can be packed, and not put together again, as handles of ctypes."""

    def __reduce__(self) -> Any:
        return int, ("a handle",)


def test_what_cannot_be_opened_there_is_refused_with_what_to_do() -> None:
    """The same."""
    handle = _Refuses()
    with pytest.raises(
        UsageError, match=r"cannot be opened in a process of its own \(ValueError: .*; keep locks, files and handles"
    ):
        examine((lambda x: (x, handle), lambda dy, _: dy), "relu", isolate=True)


def test_sizes_and_limits_that_make_no_sense_are_refused() -> None:
    """With what was expected."""
    assert (memory("4GB"), memory("500 MB"), memory("1.5g")) == (4 << 30, 500 << 20, 3 << 29)
    for given in ("1500 MB", "4 GB", "500 MB", "1.5 GB"):
        assert in_words(memory(given)) == given
    for wrong in ("", "GB", "-1GB", "1..2GB", "0"):
        with pytest.raises(UsageError, match="is no size; expected a positive number with MB or GB"):
            memory(wrong)
    for small in ("1", "4", "300MB"):
        with pytest.raises(UsageError, match="expected 384 MB or more, which Python and PyTorch take before a layer"):
            memory(small)
    with pytest.raises(UsageError, match="expected seconds above 0"):
        Isolation(seconds=0)


MODULE = """
import os, ctypes, time

def forward(x):
    return x.clip(0), x

def crash(dy, x):
    ctypes.string_at(0)

relu = (forward, crash)
"""


def test_the_command_line_survives_a_layer(tmp_path: Path) -> None:
    """It ends with 1, the story, and no traceback."""
    (tmp_path / "layers.py").write_text(MODULE, encoding="utf-8")
    said = gradproof("check", "layers:relu", "--budget", "1ms", "--time-limit", "20s", cwd=tmp_path)
    assert (said.code, said.err) == (1, "")
    assert "killed by SIGSEGV (a crash in compiled code); in backward at " in said.out
    assert "layers.py:8, in crash" in said.out


@pytest.mark.long
def test_a_case_on_which_a_layer_hangs_is_replayed_with_a_limit(tmp_path: Path) -> None:
    """The one with which it was found."""
    (tmp_path / "layers.py").write_text(MODULE.replace("ctypes.string_at(0)", "time.sleep(99)"), encoding="utf-8")
    case = 'relu(x=(2,1,2), dy=(2,1,2); at_zero=0.0; data="distinct", seed=1)'
    said = gradproof("replay", case, "--subject", "layers:relu", "--time-limit", "1s", cwd=tmp_path)
    assert said.code == 1
    assert "no answer within 1 s; in backward at " in said.out


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "import os; os._exit(0)",
            "harmful:relu cannot be opened in a process of its own: the process ended by itself",
        ),
        ("import sys; print('hello'); sys.exit(1)", r"SystemExit: 1 \(.*harmful.py:1\); it printed last: hello"),
        (
            "import time; time.sleep(1000)",
            "cannot be opened in a process of its own: not done within 1 s; at .*harmful.py:1",
        ),
    ],
)
def test_the_command_line_survives_an_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, words: str
) -> None:
    """It is misuse: what the import did is the message."""
    (tmp_path / "harmful.py").write_text(source, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=words):
        list(targets.examined(["harmful:relu"], budget="1ms", isolation=Isolation(opening=1.0)))
