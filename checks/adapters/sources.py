"""Places in an object as source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from inspect import getattr_static, isgeneratorfunction
from math import log2
from typing import Any

from checks.adapters.as_array import SCALAR, AsArray, stood
from checks.adapters.paths import Answer, Attribute, Path, at
from checks.adapters.slots import Slot
from checks.adapters.steps import Steps

#: What a script calls the results of its calls.
RESULTS = frozenset({"y", "saved", "gradients"})


def variable(name: str) -> str:
    """A name as Python takes it: ``layers_0_W`` for ``layers[0].W``, ``p0_weight`` for ``0.weight``."""
    plain = re.sub(r"\W+", "_", re.sub(r"\W+$", "", name)).lstrip("_")
    return plain if plain.isidentifier() else f"p{plain}"


def handed_over(name: str) -> str:
    """The name of what an argument is given: another one where a script calls a result so."""
    return f"given_{name}" if name in RESULTS else variable(name)


def gradient_variable(of: str) -> str:
    """The name of a gradient: another one than that of the upstream gradient, of an argument ``y``."""
    return "gradient_of_y" if of == "dy" else variable(of)


def place(layer: Any, slot: Slot) -> str:
    """The left side of an assignment; what stands in a tuple, or is a part of another array, is written to."""
    path = stood(slot.spots[0])
    text = source(layer, path)
    fixed = slot.shares or isinstance(at(layer, path[:-1]), tuple)
    return f"{text}[...]" if fixed else text


def placed(layer: Any, slot: Slot, array: str) -> str:
    """A line that puts an array there, in plain numbers where such stand there."""
    return f"{place(layer, slot)} = {array}{_numbers_of(slot.spots[0])}"


def zeroed(layer: Any, path: Path) -> str:
    """A line that sets to zero what a way leads to."""
    if stood(path) == path:
        return f"{source(layer, path)}[...] = 0"
    return f"{source(layer, stood(path))} = np.zeros_like({source(layer, path)}){_numbers_of(path)}"


def _numbers_of(path: Path) -> str:
    """What makes plain numbers of an array, where such stand at the end of a way."""
    return "" if stood(path) == path else "[()]" if path[-1].key == SCALAR else ".tolist()"


def source(layer: Any, path: Path) -> str:
    """What a way leads to."""
    text = "layer"
    for place, step in enumerate(path):
        if isinstance(step, Attribute):
            text += f".{step.key}"
        elif isinstance(step, AsArray):
            text = f"np.array({text}, float)"
        elif isinstance(step, Answer):
            text = _answer(text, step.key, at(layer, path[:place]))
        else:
            text += f'["{step.key}"]' if isinstance(step.key, str) else f"[{step.key!r}]"
    return text


def _answer(text: str, name: str, holder: Any) -> str:
    """A call of a method, or the name of a property; what a generator gives is made a list."""
    found, text = getattr_static(type(holder), name), f"{text}.{name}"
    if isinstance(found, property):
        return text
    return f"list({text}())" if isgeneratorfunction(found) else f"{text}()"


@dataclass(frozen=True)
class StepLines:
    """Source of the steps that a backward takes."""

    layer: Any
    steps: Steps

    def before(self) -> Iterator[str]:
        """Lines before it: what it moves is a copy, and its rate is known."""
        for name, slot in self.steps.moved.items():
            yield f"own_{variable(name)} = {source(self.layer, slot.spots[0])}.copy()"
            yield placed(self.layer, slot, f"own_{variable(name)}.copy()")
        yield from (f"{source(self.layer, spot)} = {self.size}" for spot in self.steps.rate.spots)

    def after(self) -> Iterator[str]:
        """Lines after it: each step, and what it has moved is where it was."""
        for name, slot in self.steps.moved.items():
            there, own = source(self.layer, slot.spots[0]), f"own_{variable(name)}"
            if name in self.steps.read:
                yield f"step_{variable(name)} = {own} - {there}"
            yield placed(self.layer, slot, own)

    def gradients(self) -> dict[str, str]:
        """The gradients that show in its steps, by name."""
        return {name: f"step_{variable(name)} / {self.size}" for name in self.steps.read}

    def rates(self, standing: Sequence[str]) -> list[str]:
        """Arguments of the backward that say how far it goes; others stand still."""
        ours = self.steps.rate.arguments
        return [*(f"{name}={self.size}" for name in ours), *(f"{name}=0.0" for name in standing if name not in ours)]

    @property
    def size(self) -> str:
        """Its rate."""
        return f"2.0**{log2(self.steps.rate.size):.0f}"
