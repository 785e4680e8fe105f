"""Imports fall from floor to floor, and the reader that says so is shown finding each kind of fault."""

from __future__ import annotations

import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from checks.selftest.house import ROOT
from checks.selftest.house.floors import FLOOR_OF, faults, imports, modules, own, room_of

FORBIDDEN = [
    ("checks/case.py", "from checks.compare import compare", "climbs to compare"),
    ("checks/case.py", "def f():\n    import checks.examination\n", "climbs to examination"),
    ("checks/claim.py", "from checks import report", "climbs to door"),
    ("checks/oracles/adjoint.py", "from checks.invariants.purity import f", "wings oracles and invariants"),
    ("checks/oracles/reference.py", "import reference_impl", "go through a family"),
    ("checks/oracles/reference.py", "from ..cli import main", "imports absolute"),
    ("checks/examination.py", "from checks.gadgets import f", "room 'gadgets' has no floor"),
    ("checks/gadgets.py", "from checks.case import Case", "room 'gadgets' has no floor"),
    ("reference_impl/pooling.py", "from checks.types import Array", "climbs to types"),
]

ALLOWED = [
    ("checks/families/pooling.py", "import reference_impl"),
    ("checks/witness.py", "from checks.case import Case"),
    ("checks/oracles/adjoint.py", "from checks.oracles.shared import f\nfrom checks.compare import compare"),
    ("checks/cli.py", "from checks import examine"),
]


def planted(root: Path, name: str, source: str) -> Path:
    """Write one module under ``root``; the folder then is a house with a single room."""
    path = root / name
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    return root


@pytest.mark.long
def test_no_import_climbs() -> None:
    """Every import in the repository goes down or sideways, and wings never import each other."""
    assert faults(ROOT) == []


def test_every_room_of_the_table_exists_and_every_room_is_in_the_table() -> None:
    """The table of floors names exactly the rooms that are there."""
    assert {room_of(module) for module in modules(ROOT)} == set(FLOOR_OF)


@pytest.mark.long
def test_no_two_modules_import_each_other() -> None:
    """The imports of the house form no cycle, sideways ones included."""
    known = modules(ROOT)
    graph = {module: {name for _, name in own(path, known)} - {module} for module, path in known.items()}
    TopologicalSorter(graph).prepare()


def test_the_layers_need_numpy_alone() -> None:
    """The reference layers import nothing but the standard library, NumPy and one another."""
    known = modules(ROOT)
    layers = [path for module, path in known.items() if room_of(module) == "reference_impl"]
    used = {name.partition(".")[0] for path in layers for _, name in imports(path, known)}
    assert used - sys.stdlib_module_names <= {"numpy", "reference_impl"}


@pytest.mark.parametrize(("name", "source", "fault"), FORBIDDEN)
def test_a_forbidden_import_is_found(tmp_path: Path, name: str, source: str, fault: str) -> None:
    """Each kind of forbidden import is reported with its file and the reason."""
    (message,) = faults(planted(tmp_path, name, source))
    assert message.startswith(f"{name}:")
    assert fault in message


@pytest.mark.parametrize(("name", "source"), ALLOWED)
def test_an_allowed_import_is_left_alone(tmp_path: Path, name: str, source: str) -> None:
    """Imports that go down, or sideways outside the wings, are no fault."""
    assert faults(planted(tmp_path, name, source)) == []
