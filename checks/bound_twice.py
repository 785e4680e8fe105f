"""Names of a test file that are bound twice: the layer that ``layer_tests`` stands for first is never tested then."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

#: What makes tests of a layer.
STATEMENT = "layer_tests"


@lru_cache(1)  # each name of a file is asked for in turn
def bound_twice(path: Path) -> dict[tuple[str, str], tuple[int, int]]:
    """By class (empty: the module itself) and name: the line of ``layer_tests``, and that which takes its name away."""
    text = path.read_text(encoding="utf-8")
    if STATEMENT not in text:
        return {}
    tree = ast.parse(text)
    inner = [(node.name, node.body) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    every = [("", tree.body), *inner]
    return {(owner, name): lines for owner, body in every for name, lines in _twice(body)}


def _twice(body: list[ast.stmt]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Of statements one after another; what stands in a branch may be another's alternative."""
    before: dict[str, int] = {}
    for statement in body:
        for name in _bound(statement):
            if name in before:
                yield name, (before[name], statement.lineno)
            if _makes_tests(statement):
                before[name] = statement.lineno


def _bound(statement: ast.stmt) -> list[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [each.id for each in targets if isinstance(each, ast.Name)]


def _makes_tests(statement: ast.stmt) -> bool:
    call = getattr(statement, "value", None)
    made = call.func if isinstance(call, ast.Call) else None
    return isinstance(made, (ast.Name, ast.Attribute)) and getattr(made, "id", getattr(made, "attr", "")) == STATEMENT
