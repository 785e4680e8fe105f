"""The floors of the house, and a reader that finds every import that climbs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

#: Bottom to top. A room is a module or a folder of ``checks``; an import goes down, or sideways on one floor.
FLOORS = (
    ("reference_impl",),
    (
        "types",
        "counted",
        "nearest",
        "copied",
        "errors",
        "array_kinds",
        "parts",
        "json_file",
        "one_writer",
        "equality",
        "rounding",
        "arithmetic",
        "devices",
        "refusals",
        "used_up",
        "threads",
        "generators",
        "computing",
        "tolerance",
    ),
    (
        "bounds",
        "shapes",
        "patience",
        "patterns",
        "data",
        "case_form",
        "case",
        "case_text",
        "claim",
        "kink",
        "narrowed",
        "sum_law",
        "pull",
        "saved",
        "layer",
        "calling",
        "subject",
        "case_source",
        "masses",
        "family",
        "excess",
        "answers",
        "error_bounds",
        "witness",
        "slip",
        "sensitivity",
        "tally",
    ),
    ("stencil", "smooth", "lattice", "compare", "digest"),
    ("adapters", "oracles", "invariants", "strategies", "mistakes"),
    ("families",),
    (
        "within",
        "observed",
        "judge",
        "plainer",
        "hearing",
        "anew",
        "diagnosis",
        "exclusion",
        "witnesses",
        "outcome",
        "examination",
        "shrink",
        "sweep",
        "networks",
        "scope",
        "corpus",
    ),
    ("spawning", "pool", "lanes", "isolation"),
    ("row", "runner", "target", "bench", "planting"),
    ("report",),
    (
        "bound_twice",
        "anywhere",
        "uncollected",
        "pytest_summary",
        "resume",
        "asking",
        "begun",
        "waiting",
        "exemplified",
        "opening_of_examples",
        "opening",
        "opening_apart",
        "pristine",
        "asked",
        "api",
        "drawn",
        "told_once",
        "pytest_items",
        "soak_rows",
        "soak",
        "fuzzed",
        "fuzzing",
    ),
    ("door",),
    ("commands",),
    ("plugin", "cli", "__main__", "profiles"),
    ("suite", "selftest"),
)

#: These stand on one floor and never import each other: no witness may lean on another's mistake.
WINGS = frozenset({"adapters", "oracles", "invariants", "strategies", "mistakes"})

#: The only rooms that know the reference layers.
KNOW_THE_LAYERS = frozenset({"reference_impl", "families", "suite", "selftest"})

FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def modules(root: Path) -> dict[str, Path]:
    """Every module of both packages under ``root``, by dotted name; a package is named without ``__init__``."""
    paths = sorted(path for package in ("reference_impl", "checks") for path in (root / package).rglob("*.py"))
    return {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def room_of(module: str) -> str:
    """Room in which a module stands; ``checks`` itself is the door."""
    if module == "checks":
        return "door"
    parts = module.split(".")
    return parts[1] if parts[0] == "checks" else parts[0]


def imports(path: Path, known: dict[str, Path]) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import of the file, those inside functions too.

    ``from checks import case`` counts as ``checks.case`` where that is a module.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, _target(node, alias.name, known)) for alias in node.names)


def own(path: Path, known: dict[str, Path]) -> Iterator[tuple[int, str]]:
    """The imports of ``path`` that stay in the house."""
    for line, name in imports(path, known):
        if name.startswith(".") or name.partition(".")[0] in {"checks", "reference_impl"}:
            yield line, name


def faults(root: Path) -> list[str]:
    """One sentence for every import in the house that it forbids, with its file and line."""
    known = modules(root)
    found = []
    for module, path in known.items():
        for line, name in own(path, known):
            fault = judge(room_of(module), room_of(name))
            found += [f"{path.relative_to(root)}:{line} imports {name}: {fault}"] if fault else []
    return found


def judge(importer: str, imported: str) -> str:
    """Why room ``importer`` may not import room ``imported``; empty where it may."""
    unknown = [room for room in (importer, imported) if room not in FLOOR_OF]
    if unknown:
        return f"room {unknown[0]!r} has no floor; give it one in checks/selftest/house/floors.py, imports absolute"
    if importer == imported:
        return ""
    if FLOOR_OF[importer] < FLOOR_OF[imported]:
        return f"{importer} (floor {FLOOR_OF[importer]}) climbs to {imported} (floor {FLOOR_OF[imported]})"
    if {importer, imported} <= WINGS:
        return f"the wings {importer} and {imported} may not lean on each other; move what they share down"
    if imported == "reference_impl" and importer not in KNOW_THE_LAYERS:
        return f"only {', '.join(sorted(KNOW_THE_LAYERS))} may know the layers; go through a family"
    return ""


def _target(node: ast.ImportFrom, name: str, known: dict[str, Path]) -> str:
    base = "." * node.level + (node.module or "")
    return f"{base}.{name}" if f"{base}.{name}" in known else base
