"""Importing a door loads nothing heavy: shown in a fresh interpreter each."""

from __future__ import annotations

import subprocess
import sys

import pytest

from checks.selftest.house import ROOT
from checks.selftest.house.files import dependencies

FRAMEWORKS = frozenset({"torch", "jax"})
DOORS = {
    "reference_impl": {"checks", "jax", *dependencies()} - {"numpy"},
    "checks": {*FRAMEWORKS, "pytest", "hypothesis"},
    "checks.profiles": FRAMEWORKS,
    "checks.plugin": FRAMEWORKS,
    "checks.cli": FRAMEWORKS,
}


def loaded_by(statement: str) -> set[str]:
    """Top-level packages that a fresh interpreter has loaded after ``statement``."""
    report = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


@pytest.mark.parametrize(("door", "heavy"), DOORS.items(), ids=DOORS)
def test_a_door_loads_nothing_heavy(door: str, heavy: set[str]) -> None:
    """After ``import door`` none of the heavy packages is loaded."""
    assert loaded_by(f"import {door}") & heavy == set()


def test_the_probe_sees_a_heavy_import() -> None:
    """The probe names a package that was loaded, so an empty answer means something."""
    assert {"numpy", "hypothesis"} <= loaded_by("import numpy, hypothesis")


def test_the_layers_run_where_only_numpy_can_be_imported() -> None:
    """ReLU goes forward and back with every other dependency barred from import."""
    barred = f"sys.modules.update(dict.fromkeys({sorted(DOORS['reference_impl'])}))"
    use = "import numpy, reference_impl as layers; layers.relu_backward(*layers.relu_forward(numpy.ones(3)))"
    assert "reference_impl" in loaded_by(f"{barred}; {use}")


@pytest.mark.long
def test_pytorch_is_asked_without_what_it_loads_for_compilers() -> None:
    """SymPy takes a second or more, in each process."""
    asked = "import checks; checks.examine((lambda x: (2 * x, None), lambda dy, saved: 2 * dy), 'relu', laws=['torch'])"
    assert loaded_by(asked) & {"torch", "sympy"} == {"torch"}
