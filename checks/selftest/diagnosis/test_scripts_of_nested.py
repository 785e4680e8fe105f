"""A script gets at what stands inside of a class by way of that class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from checks import examine
from checks.adapters.pair_preamble import YOURS
from checks.diagnosis.by_owners import by_owners
from checks.selftest.diagnosis.by_itself import demand_shown, written

#: A script shows the plainest case.
pytestmark = pytest.mark.usefixtures("plainest")

LAYERS = """
import numpy as np
import torch


class Outer:
    class Inner:
        def forward(self, x):
            self.x = x
            return np.maximum(x, 0)

        def backward(self, dy):
            return 2 * dy * (self.x > 0)

    class Module(torch.nn.Module):
        def forward(self, x):
            return Outer.Function.apply(x)

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, dy):
            return 2 * dy * (ctx.saved_tensors[0] > 0)

    class Deep:
        @staticmethod
        def ahead(x):
            return np.maximum(x, 0), x

        @staticmethod
        def back(dy, x):
            return 2 * dy * (x > 0)

        @staticmethod
        def on_tensors(x):
            return Outer.Function.apply(x)


LAYERS = {
    "class": Outer.Inner,
    "object": Outer.Inner(),
    "module": Outer.Module,
    "module of its own": Outer.Module(),
    "autograd function": Outer.Function,
    "pair": (Outer.Deep.ahead, Outer.Deep.back),
    "pair of a dictionary": {"forward": Outer.Deep.ahead, "backward": Outer.Deep.back},
    "function": Outer.Deep.on_tensors,
}
"""


@pytest.mark.parametrize(
    "name",
    ["class", "object", "module", "module of its own", "autograd function", "pair", "pair of a dictionary", "function"],
)
def test_a_nested_layer_is_imported_by_its_owner(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the script runs beside the file."""
    layer: Any = written(LAYERS, tmp_path, monkeypatch).LAYERS[name]
    found = examine(layer, "relu", budget="1ms", laws=["reference"]).findings["reference"]
    assert "from your_module import Outer\n" in found.script.replace("  # your layer: (y, saved), then gradients", "")
    demand_shown([found], tmp_path, fill="")


def made() -> dict[str, Any]:
    """Layers that no module holds by their names."""

    class Local:
        def forward(self, x: Any) -> Any:
            return x.clip(0)

        def backward(self, dy: Any) -> Any:
            return 2 * dy

    def ahead(x: Any) -> Any:
        return x.clip(0), x

    def back(dy: Any, _: Any) -> Any:
        return 2 * dy

    def squared(x: Any) -> Any:
        return torch.square(x)

    return {"Local": Local, "its object": Local(), "ahead and back": (ahead, back), "squared": squared}


@pytest.mark.parametrize("name", made())
def test_of_what_a_function_made_a_script_says_what_is_to_be_done(name: str) -> None:
    """No module holds it: the line that imports it would fail, and so a word stands beside it."""
    found = examine(made()[name], "relu", budget="1ms", laws=["reference"]).findings["reference"]
    names = {"its object": "Local"}.get(name, name)
    verb, hold = ("are", "them") if " and " in names else ("is", "it")
    (line,) = [line for line in found.script.splitlines() if line.startswith("from your_module import ")]
    assert line.endswith(f" {names} {verb} made inside of made(): let your_module hold {hold} first"), line
    assert line.count("#") == 1


def test_what_a_function_made_and_a_module_holds_is_imported_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under its own name, whoever made it."""
    source = """
def made():
    class Local:
        def forward(self, x):
            return x.clip(0)

        def backward(self, dy):
            return 2 * dy

    return Local


Local = made()
"""
    layer = written(source, tmp_path, monkeypatch).Local
    found = examine(layer, "relu", budget="1ms", laws=["reference"]).findings["reference"]
    assert "from your_module import Local\n" in found.script
    demand_shown([found], tmp_path, fill="")


def test_names_that_are_imported_beside_it_stay() -> None:
    """And so do those of other modules."""
    text = "from my import relu\nfrom your_module import relu as ahead, plain, back\ny = 1"
    said = "from my import relu\nfrom your_module import A, plain, C\n\nahead = A.relu\nback = C.B.back\ny = 1"
    assert by_owners(text, {"relu": "A.relu", "back": "C.B.back"}) == said
    made = {"relu": "f.<locals>.g.<locals>.relu", "back": "f.<locals>.g.<locals>.back"}
    first = "relu and back are made inside of f.g(): let your_module hold them first"
    assert by_owners(text, made) == text.replace("back\n", f"back  # {first}\n")
    assert by_owners(text, {"other": "A.other"}) == by_owners(text, {}) == text


METHODS = """
import numpy as np


class Clipping:
    class Inner:
        def run(self, x):
            return np.maximum(x, 0), x > 0

        def back(self, dy, mask):
            return 2 * dy * mask

    def __init__(self, factor):
        self.factor = factor

    def forward(self, x):
        return np.maximum(x, 0), x > 0

    def gradient(self, dy, mask):
        return self.factor * dy * mask

    def alone(self, x):
        return np.maximum(x, 0)

    def of_x(self, dy, x):
        return self.factor * dy * (x > 0)


layer, inner = Clipping(2), Clipping.Inner()
LAYERS = {
    "what one gives the other": (layer.forward, layer.gradient),
    "both are told x": (layer.alone, layer.of_x),
    "of a class inside of another": (inner.run, inner.back),
}
"""


@pytest.mark.parametrize("name", ["what one gives the other", "both are told x", "of a class inside of another"])
def test_methods_of_an_object_are_taken_from_one_that_the_reader_builds(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The methods of its class would be called without it."""
    layer: Any = written(METHODS, tmp_path, monkeypatch).LAYERS[name]
    found = examine(layer, "relu", budget="1ms", laws=["reference"]).findings["reference"]
    built = "layer = Inner()" if "inside" in name else "layer = Clipping(...)"
    assert f"from your_module import Clipping{YOURS if 'gives' in name or 'inside' in name else ''}\n" in found.script
    assert f"{built}  # as you build it\n" in found.script
    demand_shown([found], tmp_path, fill="2")
