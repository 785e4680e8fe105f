"""Options that are drawn with the examples: indices, labels, a mask, of which the backward gives no gradient.

A case keeps its own among its keywords, as plain numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from checks.adapters.given import by_argument, loss_of
from checks.adapters.options import beside_loss, data_among, is_whole, options_held
from checks.adapters.remarks import held_at_values
from checks.case import nested
from checks.errors import UsageError
from checks.types import Array, Config

#: Said of options that are not the same in all examples.
DRAWN = "drawn with each example, since the backward gives no gradient of it: {}"


@dataclass(frozen=True)
class Optioned:
    """A layer and its options, by argument, as its first example shows them.

    ``layer`` holds the first example's; ``rest`` is that example without them, ``place`` the device on which a layer
    of PyTorch gets them. ``varying`` names those that other examples have others of, ``real`` the targets of a loss,
    and other data by their names, that are real numbers.
    """

    whole: Any
    place: str
    layer: Any
    rest: Any
    first: Mapping[str, Any] = field(default_factory=dict)
    varying: tuple[str, ...] = ()
    real: tuple[str, ...] = ()

    @classmethod
    def of(cls, whole: Any, examples: Sequence[Any], remarks: list[str], place: str) -> Optioned:
        """A layer and several examples; ``remarks`` is told of its options."""
        told = list[str]()
        loss, others, targets = loss_of(whole, examples[0], remarks)
        if targets:
            told.append(f"held as given, since the backward gives no gradient of it: {', '.join(targets)}")
        layer, rest = options_held(loss, others, told, place)
        given = {} if rest is examples[0] else by_argument(whole, examples[0])
        options = {name: value for name, value in given.items() if name not in rest}
        named = dict.fromkeys([*data_among(given), *beside_loss(whole, given)])
        data = [name for name in named if name in options and name not in targets]
        real = (*(name for name, value in targets.items() if np.asarray(value).dtype.kind == "f"), *data)
        found = cls(whole, place, layer, rest, options, real=real)
        if not (varying := found._unlike(examples[1:])):
            remarks.extend(told)
            return found
        still = {name: value for name, value in found.first.items() if name not in varying}
        remarks.extend([DRAWN.format(", ".join(varying)), *held_at_values(still)])
        return replace(found, varying=varying)

    def apart(self, inputs: Any) -> tuple[Any, Config]:
        """An example without its options, and as keywords of its case those of which examples have others.

        Raises UsageError where another one is not what all had so far.
        """
        if not self.first:
            return inputs, {}
        given = dict(by_argument(self.whole, inputs))
        options = {name: given.pop(name) for name in self.first}
        for name in options.keys() - {*self.varying}:
            self._demand_alike(name, options[name])
        return given, {name: _plain(options[name]) for name in self.varying}

    def holding(self, config: Config) -> Any:
        """The layer that holds what the keywords of a case say."""
        options = {name: _like(self.first[name], value) for name, value in config.items()}
        rest = self.rest if isinstance(self.rest, Mapping) else by_argument(self.layer, self.rest)
        loss, others, _ = loss_of(self.whole, {**rest, **self.first, **options}, [])
        return options_held(loss, others, [], self.place)[0]

    def turned(self, change: Callable[[Array], Mapping[int, Array]]) -> dict[int, Config]:
        """Keywords of the same example with its whole numbers varied as ``change`` says.

        Nothing of several arrays of them, which may belong together as an order and the way back from it, unless one
        is the only mask among them: of truth values.
        """
        given = self.whole_numbers
        if len(given) > 1:
            masks = {name: value for name, value in given.items() if value.dtype.kind == "b"}
            given = masks if len(masks) == 1 else {}
        return {span: {name: nested(new)} for name, value in given.items() for span, new in change(value).items()}

    @property
    def whole_numbers(self) -> dict[str, Array]:
        """The arrays of them, by name."""
        return {name: np.asarray(value) for name, value in self.first.items() if is_whole(value)}

    def _unlike(self, others: Sequence[Any]) -> tuple[str, ...]:
        """Names of the options that are not the same in all examples."""
        given = [by_argument(self.whole, each) for each in others]
        return tuple(
            name for name, value in self.first.items() if not all(_alike(each.get(name), value) for each in given)
        )

    def _demand_alike(self, name: str, value: Any) -> None:
        if not _alike(value, self.first[name]):
            raise UsageError(
                f"inputs drew {name}={value!r:.80} after many with {self.first[name]!r:.80}, of which the backward "
                "gives no gradient; expected the same in all examples, or others among the first"
            )


def _alike(one: Any, other: Any) -> bool:
    return bool(np.array_equal(one, other))


def _plain(value: Any) -> Any:
    """Plain numbers, nested as the value is."""
    if hasattr(value, "shape"):
        return nested(np.asarray(value))
    return tuple(map(_plain, value)) if isinstance(value, (tuple, list)) else value


def _like(first: Any, value: Any) -> Any:
    """Plain numbers as what the first example has in their place."""
    if isinstance(first, list):
        return list(value)
    if not hasattr(first, "shape"):
        return value
    array = np.asarray(value, str(first.dtype).removeprefix("torch."))
    framework = type(first).__module__.partition(".")[0]
    if framework == "torch":
        return sys.modules["torch"].as_tensor(array)
    return array if framework == "numpy" else sys.modules["jax"].numpy.asarray(array)
