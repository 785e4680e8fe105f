"""A process can be started whatever has become of the one of which it is a copy."""

from __future__ import annotations

import os
import signal
import sys

import numpy as np
import pytest

from checks import spawning
from checks.anew import Anew
from checks.opening import opened
from checks.spawning import _Forking
from checks.types import Array

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is a copy of another")


def relu(x: Array) -> tuple[Array, Array]:
    """Right."""
    return np.maximum(x, 0), x


def straight(dy: Array, x: Array) -> Array:
    """Lets everything through."""
    return np.asarray(dy + 0 * x)


def started() -> int | None:
    """The exit code of a process that does nothing."""
    process = _Forking().Process(target=int)
    process.start()
    process.join()
    code: int | None = process.exitcode
    return code


@pytest.mark.long
def test_a_process_starts_while_the_one_that_it_would_copy_is_dying() -> None:
    """For a moment it answers nobody and has no exit code yet: each round meets another part of that moment."""
    _Forking().set_forkserver_preload([])
    for _ in range(20):
        assert started() == spawning.LEFT
        server = spawning._server()
        assert server
        os.kill(server, signal.SIGKILL)


def test_the_process_that_others_copy_loads_beside_other_work() -> None:
    """Asked for again it is the same one; the caller's environment is as it was."""
    before = dict(os.environ)
    spawning.prepare()
    server = spawning._server()
    assert server
    assert started() == spawning.LEFT
    assert spawning.prepared()
    spawning.prepare()
    assert spawning._server() == server
    assert dict(os.environ) == before


def test_nobody_is_told_to_be_there_that_still_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """This very process waits for nobody; neither does one that has ended."""
    for server in (os.getpid(), 2**22 + 1, None):
        monkeypatch.setattr(spawning, "_server", lambda server=server: server)
        assert not spawning.prepared()


def test_it_starts_with_the_first_law_that_breaks_where_findings_are_asked_about_in_new_processes() -> None:
    """Not before."""
    expected = list[str]()
    examination = opened((relu, straight), "relu", None, None)[0]
    examination.anew = Anew("elsewhere", NotImplemented, expected=lambda: expected.append("asked"))
    cases = examination.family.sweep(0, 4)
    while not examination.findings:
        assert not expected
        examination.judge(next(cases))
    assert expected
