"""Scripts run as their reader runs them: in a process without gradproof, beside the file that holds the layer."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import gettempdir
from types import ModuleType

import pytest

from checks.tally import Finding

#: Has loaded what scripts need, and nothing of ours; a copy of it runs the scripts of each line that it reads, in their
#: folder and with names of their own. A line ends what each of them has printed.
_SERVER = """import os, runpy, sys, traceback
import numpy, torch
for line in sys.stdin:
    folder, *paths = line.split()
    if not (copy := os.fork()):
        os.chdir(folder)
        sys.path.insert(0, folder)
        os.dup2(os.open("printed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
        os.dup2(os.open("failed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        try:
            for path in paths:
                runpy.run_path(path)
                print("end of", path, flush=True)
        except BaseException:
            traceback.print_exc()
        os._exit(0)
    os.waitpid(copy, 0)
    print(flush=True)
"""

#: The name of the file that holds the layers, without its ending.
MODULE = "my_layers"


def written(source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of the reader's layers, which lies in their folder."""
    path = folder / f"{MODULE}.py"
    path.write_text(source, encoding="utf-8")
    spec = spec_from_file_location(MODULE, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, MODULE, module)
    spec.loader.exec_module(module)
    return module


def demand_the_worst_printed(found: Finding, folder: Path) -> None:
    """Run the script of a finding, which must print the wrong number last, and what it is and must be."""
    worst = found.shrunk_verdict.worst
    assert worst is not None
    (said,) = printed([found.script], folder)
    results, _, told = said.partition(" of which ")
    assert str(float(results.split()[-1])) == str(worst.got) != str(worst.want)  # NaN is no number
    assert told.split() == [str(worst.got), "must", "be", str(worst.want)]


def printed(scripts: Sequence[str], folder: Path) -> list[str]:
    """What each script prints once the reader's module has its name there."""
    paths = [folder / f"script{place}.py" for place in range(len(scripts))]
    for path, script in zip(paths, scripts, strict=True):
        assert "checks" not in script
        path.write_text(script.replace("your_module", MODULE), encoding="utf-8")
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    print(folder, *(path.name for path in paths), file=server.stdin, flush=True)
    server.stdout.readline()
    assert (folder / "failed").read_text(encoding="utf-8") == ""
    every, rest = [], (folder / "printed").read_text(encoding="utf-8")
    for path in paths:
        said, _, rest = rest.partition(f"end of {path.name}\n")
        every.append(said)
    return every


@cache
def _server() -> subprocess.Popen[str]:
    """A process without gradproof: loading PyTorch takes longer than any script."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command, pipe = [sys.executable, "-c", _SERVER], subprocess.PIPE
    found = subprocess.Popen(command, cwd=gettempdir(), env=surroundings, text=True, stdin=pipe, stdout=pipe)
    atexit.register(found.communicate)
    return found


def demand_shown(findings: Sequence[Finding], folder: Path, fill: str = "...") -> None:
    """Assert that the script of each finding prints the wrong number that its verdict reports; ``fill`` replaces ..."""
    scripts = [found.script.replace("(...)", f"({fill})") for found in findings]
    assert all(scripts)
    for found, said in zip(findings, printed(scripts, folder), strict=True):
        worst = found.shrunk_verdict.worst
        assert worst is not None
        got, want = said.rstrip().rpartition(" is ")[2].split(" and must be ")
        assert (float(got), float(want)) == (worst.got, worst.want), found.script
        assert float(got) != float(want)
