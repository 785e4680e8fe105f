"""Runs gradproof as a user does: in a fresh interpreter, with what it printed and its exit code."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from checks.selftest.house import ROOT


@dataclass(frozen=True)
class Said:
    """Exit code, standard output and standard error of one command."""

    code: int
    out: str
    err: str


def command(*arguments: str) -> list[str]:
    """The command line of ``gradproof`` in this interpreter."""
    return [sys.executable, "-m", "checks", *arguments]


def gradproof(*arguments: str, cwd: Path = ROOT) -> Said:
    """Run ``gradproof`` with these arguments from the top level of the repository."""
    run = subprocess.run(command(*arguments), cwd=cwd, capture_output=True, text=True, check=False)
    return Said(run.returncode, run.stdout, run.stderr)
