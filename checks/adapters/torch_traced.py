"""Settings of a traced module: they are no attributes of it, but numbers in its graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checks.adapters.words import WORDS

#: Operations of PyTorch that have such settings, by how their names begin.
_OPERATIONS = ("aten::_convolution", "aten::conv", "aten::max_pool", "aten::avg_pool")


def traced_settings(module: Any) -> dict[str, Any]:
    """Keywords with their values, of the one operation in a module's own graph; none where there are others too."""
    found = [node for node in _nodes(module) if node.kind().startswith(_OPERATIONS)]
    arguments = dict(_arguments(found[0])) if len(found) == 1 else {}
    return {} if arguments.get("transposed") else {name: value for name, value in arguments.items() if name in WORDS}


def _nodes(module: Any) -> Iterator[Any]:
    graph = getattr(module, "graph", None)
    yield from graph.nodes() if graph is not None else ()


def _arguments(node: Any) -> Iterator[tuple[str, Any]]:
    """Constant arguments of an operation by name; a list that is empty stands for nothing."""
    import torch

    named: Mapping[str, Any] = dict(
        zip((each.name for each in torch._C.parse_schema(node.schema()).arguments), node.inputs(), strict=False)  # noqa: SLF001 - no other way
    )
    for name, value in named.items():
        if (constant := _constant(value)) not in (None, ()):
            yield name, constant


def _constant(value: Any) -> Any:
    """A number, a word or a tuple of numbers; None where the graph computes it."""
    if value.node().kind() == "prim::ListConstruct":
        each = tuple(map(_constant, value.node().inputs()))
        return None if None in each else each
    return value.toIValue() if value.node().kind() == "prim::Constant" else None
