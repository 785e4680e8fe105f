"""Runs gradproof as a user does: what it printed and its exit code."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from checks.cli import main
from checks.selftest.house import ROOT

#: Keeps both outputs apart, which Click before 8.2 does where it is told so.
_APART: Any = {"mix_stderr": False} if "mix_stderr" in signature(CliRunner).parameters else {}


@dataclass(frozen=True)
class Said:
    """Exit code, standard output and standard error of one command."""

    code: int
    out: str
    err: str


def command(*arguments: str) -> list[str]:
    """The command line of ``gradproof`` in this interpreter."""
    return [sys.executable, "-m", "checks", *arguments]


@contextmanager
def hearing_ctrl_c() -> Iterator[None]:
    """What is started meanwhile hears Ctrl-C, also where these tests run in the background of a shell, deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def gradproof(*arguments: str, cwd: Path = ROOT) -> Said:
    """Run ``gradproof`` in this very interpreter, which has PyTorch loaded already: seconds sooner than afresh."""
    with chdir(cwd), _forgotten(cwd):
        run = CliRunner(**_APART).invoke(main, arguments, prog_name="gradproof")
    if run.exception is not None and not isinstance(run.exception, SystemExit):
        raise run.exception
    return Said(run.exit_code, run.stdout, run.stderr)


@contextmanager
def _forgotten(folder: Path) -> Iterator[None]:
    """Modules of another folder that are loaded meanwhile are forgotten: the next folder has others of these names."""
    path, loaded = list(sys.path), set(sys.modules)
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - loaded:
            file = getattr(sys.modules[name], "__file__", None)
            if folder != ROOT and file and Path(file).is_relative_to(folder):
                del sys.modules[name]
