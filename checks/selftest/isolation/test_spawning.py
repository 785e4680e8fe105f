"""A process can be started whatever has become of the one of which it is a copy."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from checks import spawning
from checks.spawning import _Forking

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is a copy of another")


def started() -> int | None:
    """The exit code of a process that does nothing."""
    process = _Forking().Process(target=int)
    process.start()
    process.join()
    code: int | None = process.exitcode
    return code


def test_a_process_starts_while_the_one_that_it_would_copy_is_dying() -> None:
    """For a moment it answers nobody and has no exit code yet: each round meets another part of that moment."""
    _Forking().set_forkserver_preload([])
    for _ in range(20):
        assert started() == spawning.LEFT
        server = spawning._server()
        assert server
        os.kill(server, signal.SIGKILL)
