"""A copy that starts for a caller who has gone says nothing; every other error is told."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: What a fresh process does after it has loaded what the process loads of which others are copies.
RAISES = {
    "a lock that is gone": (
        "from multiprocessing.synchronize import SemLock; SemLock.__new__(SemLock).__setstate__((0, 0, 1, '/gone'))",
        "",
    ),
    "an error of a layer": ("open('/nowhere/at/all')", "FileNotFoundError"),
}


@pytest.mark.parametrize(("source", "said"), RAISES.values(), ids=RAISES)
def test_only_what_is_left_of_a_caller_who_has_gone_is_kept_silent(source: str, said: str) -> None:
    """By where it was raised."""
    command = [sys.executable, "-c", f"import checks.copied; {source}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert said in done.stderr if said else not done.stderr
