"""Finds verdicts that nobody uses: a comparison or a call to a predicate that stands alone as a statement.

Ruff's B015 and B018 see bare comparisons but not ``np.allclose(a, b)`` or a predicate of the project's own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Calls that only answer; calling one and dropping the answer checks nothing.
PREDICATES = frozenset(
    (  # noqa: SIM905 - words read better than a column of literals
        "all allclose any array_equal array_equiv callable can_cast endswith equal equals hasattr is_contiguous isclose"
        " isfinite isinf isinstance isnan issubclass issubdtype may_share_memory shares_memory startswith"
    ).split()
)

#: Where statements hold others, and what they catch or match.
BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")

#: What a function of the house is declared to return when dropping its answer would drop a judgement.
JUDGEMENTS = frozenset({"bool", "Verdict", "Claim", "Examination"})


def statements(tree: ast.AST) -> Iterator[ast.AST]:
    """A node and every statement inside of it: to look into expressions too takes ten times as long."""
    yield tree
    for block in BLOCKS:
        for node in getattr(tree, block, ()):
            yield from statements(node)


def judging(trees: Iterable[ast.Module]) -> frozenset[str]:
    """Names of the functions in ``trees`` that are declared to return a judgement."""
    nodes = (node for tree in trees for node in statements(tree))
    functions = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.returns and ast.unparse(node.returns) in JUDGEMENTS)


def discarded(tree: ast.Module, predicates: frozenset[str] = PREDICATES) -> Iterator[tuple[int, str]]:
    """Line and text of every statement in ``tree`` that computes a verdict and drops it.

    A call under ``pytest.raises`` is used: there the exception is the verdict.
    """
    expected = {id(node) for block in statements(tree) if _raises(block) for node in statements(block)}
    for node in statements(tree):
        if isinstance(node, ast.Expr) and _drops(node.value, predicates, called=id(node) in expected):
            yield node.lineno, ast.unparse(node)


def faults(paths: Iterable[Path]) -> list[str]:
    """Every dropped verdict in the files, as ``path:line text``; their own judging functions count as predicates."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    predicates = PREDICATES | judging(trees.values())
    return [f"{path}:{line} {text}" for path, tree in trees.items() for line, text in discarded(tree, predicates)]


def _drops(value: ast.expr, predicates: frozenset[str], *, called: bool) -> bool:
    if isinstance(value, ast.Call):
        return not called and _name(value.func) in predicates
    return isinstance(value, ast.Compare | ast.BoolOp | ast.UnaryOp)


def _name(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]


def _raises(node: ast.AST) -> bool:
    return isinstance(node, ast.With) and any("raises(" in ast.unparse(item.context_expr) for item in node.items)
