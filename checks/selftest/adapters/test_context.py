"""Layers without PyTorch that save in a context which their caller makes: a dictionary, or an object like PyTorch's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.selftest.diagnosis import by_itself

#: The same layer three times and as a pair; each passes on what it must not where x is negative.
LAYERS = """
import numpy as np


class ByKey:
    @staticmethod
    def forward(ctx, x, slope=0.5):
        ctx["x"], ctx["slope"] = x.copy(), slope
        return np.where(x > 0, x, slope * x)

    @staticmethod
    def backward(ctx, dy):
        return dy * np.where(ctx["x"] > 0, 1, ctx["slope"]), None


class ByAttribute:
    @classmethod
    def forward(cls, context, x):
        context.x = x.copy()
        return np.maximum(x, 0)

    @classmethod
    def backward(cls, context, dy):
        return dy * (context.x > 0)


class AtOnce:
    def forward(ctx, x):
        ctx.save_for_backward(x.copy(), x > 0)
        return np.maximum(x, 0)

    def backward(ctx, dy):
        return dy * ctx.saved_tensors[1]


class ByName:
    def forward(ctx, x):
        ctx.save_for_backward(x=x.copy(), mask=x > 0)
        return np.maximum(x, 0)

    def backward(ctx, dy):
        return dy * ctx.saved_data["mask"] * (ctx.x > 0)


class WrongByName(ByName):
    def backward(ctx, dy):
        return 2 * dy * ctx.saved_data["mask"]


def ahead(ctx, x):
    ctx["x"] = x.copy()
    return np.maximum(x, 0)


def back(ctx, dy):
    return dy * (ctx["x"] > 0)


def wrong(ctx, dy):
    return dy * (2 * ctx["x"] > 0) * 2


class Wrong(ByKey):
    @staticmethod
    def backward(ctx, dy):
        return dy, None
"""

X = np.linspace(-1, 1, 7)


@pytest.mark.parametrize("name", ["ByKey", "ByAttribute", "AtOnce", "ByName", "pair"])
def test_a_layer_that_saves_in_a_context_is_taken(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each forward has a context of its own, so that no backward meets what another one saved."""
    layers = by_itself.written(LAYERS, tmp_path, monkeypatch)
    layer = (layers.ahead, layers.back) if name == "pair" else vars(layers)[name]
    found = examine(layer, inputs=(X,), budget="1ms")
    assert not found.wrong
    assert found.compared


@pytest.mark.usefixtures("plainest")
def test_a_script_makes_the_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a class and of a pair."""
    layers: Any = by_itself.written(LAYERS, tmp_path, monkeypatch)
    asked: dict[str, Any] = {"inputs": (X,), "budget": "1ms", "laws": ["finite differences"]}
    found = [
        examine(layer, **asked).findings for layer in (layers.Wrong, layers.WrongByName, (layers.ahead, layers.wrong))
    ]
    by_itself.demand_shown([each["finite differences"] for each in found], tmp_path)


#: A layer of a framework that puts keywords on the context, and one that forgets to save what its backward reads.
OF_A_FRAMEWORK = """
import numpy as np


class Sloped:
    factor = 1.0

    @staticmethod
    def forward(ctx, x, slope=0.5):
        ctx.save_for_backward(x.copy())
        return np.where(x > 0, x, ctx.slope * x)

    @staticmethod
    def backward(ctx, dy):
        (x,) = ctx.saved_tensors
        return Sloped.factor * dy * np.where(x > 0, 1, ctx.slope)


class Forgets(Sloped):
    @staticmethod
    def forward(ctx, x, slope=0.5):
        ctx.save_for_backward(x.copy())
        return np.where(x > 0, x, slope * x)
"""


@pytest.mark.usefixtures("plainest")
def test_keywords_stand_in_a_context_where_a_forward_looks_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong gradient is found then, and shown; what a backward reads and nobody saved is an error as before."""
    layers: Any = by_itself.written(OF_A_FRAMEWORK, tmp_path, monkeypatch)
    asked: dict[str, Any] = {"inputs": (X,), "budget": "1ms", "laws": ["finite differences"]}
    assert not examine(layers.Sloped, **asked).wrong
    assert "has no attribute 'slope'" in examine(layers.Forgets, **asked).findings["runs"].verdict.why
    monkeypatch.setattr(layers.Sloped, "factor", 1.001)
    told = examine(layers.Sloped, **asked).findings["finite differences"].script
    assert "vars(context).update(named)" in told
