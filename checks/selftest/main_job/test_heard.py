"""Ctrl-C is heard from the first moment on, and wherever it lands; what else ends a run is as good."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from checks.__main__ import INTERRUPTED as EARLY
from checks.commands.interruption import ENDS, ended_as_by_ctrl_c, never_lost
from checks.commands.terminal import INTERRUPTED
from checks.selftest.house import ROOT
from checks.selftest.main_job.shell import hearing_ctrl_c

#: Ctrl-C while modules are loaded, once NumPy is.
LOADING = """
import os, signal, sys

class Interrupts:
    def find_spec(self, name, *_):
        if name == "checks.cli":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupts())
from checks.__main__ import main
main()
"""


def test_ctrl_c_while_the_commands_are_loaded_ends_without_a_traceback() -> None:
    """With the exit code of an interruption."""
    with hearing_ctrl_c():
        said = subprocess.run([sys.executable, "-c", LOADING], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout, said.stderr) == (INTERRUPTED, "", "interrupted before anything was found\n")
    assert EARLY == INTERRUPTED


class Finalized:
    """Ctrl-C lands in what ends it."""

    def __del__(self) -> None:
        """Any error is lost here."""
        raise KeyboardInterrupt


def _finalize() -> None:
    del Finalized().__dict__


def _collect() -> None:
    """Ctrl-C lands in a callback of the collection of garbage."""

    def callback(phase: str, _: dict[str, Any]) -> None:
        if phase == "stop":
            gc.callbacks.remove(callback)
            raise KeyboardInterrupt

    gc.callbacks.append(callback)
    gc.collect()


@contextmanager
def patience() -> Iterator[None]:
    """So long is waited for an interruption."""
    yield
    time.sleep(10)


@pytest.mark.parametrize("lands", [_finalize, _collect])
def test_ctrl_c_that_python_would_lose_comes_once_more(lands: Callable[[], None]) -> None:
    """A moment later, and once; what was there to tell of lost errors is there again."""
    before = sys.unraisablehook
    with hearing_ctrl_c(), pytest.raises(KeyboardInterrupt), never_lost(), patience():
        lands()
    assert sys.unraisablehook is before
    time.sleep(0.05)


def test_other_errors_that_are_lost_are_told_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are none of ours."""
    told = list[Any]()
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    class Fails:
        def __del__(self) -> None:
            raise ValueError

    with never_lost():
        del Fails().__dict__
    assert [lost.exc_type for lost in told] == [ValueError]


@pytest.mark.parametrize("end", ENDS)
def test_what_asks_a_run_to_end_is_heard_unless_it_was_ignored(end: signal.Signals) -> None:
    """By ``nohup``, say; its handler is afterwards what it was."""
    before = signal.getsignal(end)
    with pytest.raises(KeyboardInterrupt), ended_as_by_ctrl_c(), patience():
        signal.raise_signal(end)
    assert signal.getsignal(end) is before
    signal.signal(end, signal.SIG_IGN)
    try:
        with ended_as_by_ctrl_c():
            signal.raise_signal(end)
        assert signal.getsignal(end) is signal.SIG_IGN
    finally:
        signal.signal(end, before)
