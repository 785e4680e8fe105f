"""Scripts run as their reader runs them: in a process without gradproof, beside the file that holds the layer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from checks.tally import Finding

#: Runs every script with names of its own; a line ends what each has printed.
_RUNNER = """import runpy, sys
for path in sys.argv[1:]:
    runpy.run_path(path)
    print("end of", path)
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


def printed(scripts: Sequence[str], folder: Path) -> list[str]:
    """What each script prints once the reader's module has its name there."""
    paths = [folder / f"script{place}.py" for place in range(len(scripts))]
    for path, script in zip(paths, scripts, strict=True):
        assert "checks" not in script
        path.write_text(script.replace("your_module", MODULE), encoding="utf-8")
    (folder / "run_each.py").write_text(_RUNNER, encoding="utf-8")
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, "run_each.py", *(path.name for path in paths)]
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    every, rest = [], done.stdout
    for path in paths:
        said, _, rest = rest.partition(f"end of {path.name}\n")
        every.append(said)
    return every


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
