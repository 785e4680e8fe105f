"""A script gets at what stands inside of a class by way of that class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch  # noqa: F401 - the layers' own

from checks import examine
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


def test_what_a_function_made_keeps_its_name() -> None:
    """Nobody can import it: its reader knows what to do."""

    class Local:
        def forward(self, x: Any) -> Any:
            return x.clip(0)

        def backward(self, dy: Any) -> Any:
            return 2 * dy

    found = examine(Local, "relu", budget="1ms", laws=["reference"]).findings["reference"]
    assert "from your_module import Local\n" in found.script


def test_names_that_are_imported_beside_it_stay() -> None:
    """And so do those of other modules."""
    text = "from my import relu\nfrom your_module import relu as ahead, plain, back\ny = 1"
    said = "from my import relu\nfrom your_module import A, plain, C\n\nahead = A.relu\nback = C.B.back\ny = 1"
    assert by_owners(text, {"relu": "A.relu", "back": "C.B.back"}) == said
    assert by_owners(text, {"other": "A.other"}) == by_owners(text, {}) == text
