"""Settings of torch.compile hold while a subject runs in a process that compiles, and cost nothing elsewhere."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
import torch

from checks.adapters import adapt
from checks.adapters.torch_compiling import SETTINGS, compiled, compiling

LIMIT = "recompile_limit"
MANY = SETTINGS["torch._dynamo.config"][LIMIT]


@pytest.fixture
def dynamo() -> Any:
    """What compiles, loaded where it is asked for, and given nothing to compile yet: that takes seconds."""
    found = import_module("torch._dynamo")
    found.reset()
    return found


def test_what_compiles_may_be_loaded_and_has_not_compiled(dynamo: Any) -> None:
    """Checkpoints load it, and loading it keeps functions of PyTorch's from being compiled."""
    dynamo.disable(len)
    assert dynamo.eval_frame.cached_backends
    assert not compiled()
    with compiling():
        assert getattr(dynamo.config, LIMIT) < MANY


def test_where_anything_was_compiled_each_shape_is(dynamo: Any) -> None:
    """While the layer runs, and not afterwards."""
    seen: list[int] = []

    def watched(graph: Any, _: Any) -> Any:
        seen.append(getattr(dynamo.config, LIMIT))
        return graph.forward

    before = getattr(dynamo.config, LIMIT)
    subject = adapt(torch.compile(torch.relu, backend=watched, dynamic=False), ("x",))
    assert compiled()
    subject.apply({"x": torch.ones(1, 1, 2).numpy()}, {})
    assert seen == [MANY]
    assert getattr(dynamo.config, LIMIT) == before


def test_a_version_that_does_not_tell_is_taken_to_compile(dynamo: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the list of its backends is gone."""
    monkeypatch.delattr(dynamo.eval_frame, "cached_backends")
    assert compiled()
