"""Whether a pair of functions stands at a name, as its module's text says: nothing of it is run to find out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from checks.adapters.methods import PAIRS


def is_pair(module: str, name: str) -> bool:
    """Whether a module says ``name = (forward, backward)``, in whatever words, at its top level."""
    with suppress(OSError, SyntaxError, ValueError):
        text = next((path.read_text(encoding="utf-8") for path in _files(module) if path.is_file()), "")
        said = [node.value for node in ast.parse(text).body if _assigns(node, name)]  # type: ignore[attr-defined]
        return bool(said) and isinstance(said[-1], (ast.Tuple, ast.List)) and len(said[-1].elts) == len(PAIRS[0])
    return False


def _assigns(node: ast.stmt, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(each, ast.Name) and each.id == name for each in targets)


def _files(module: str) -> Iterator[Path]:
    """Where its text may lie; packages are not loaded, as they are by whoever asks for a module within them."""
    root, *rest = module.split(".")
    spec = find_spec(root)
    if spec and spec.origin and not rest:
        yield Path(spec.origin)
    for folder in (spec and rest and spec.submodule_search_locations) or ():
        yield Path(folder, *rest).with_suffix(".py")
        yield Path(folder, *rest, "__init__.py")
