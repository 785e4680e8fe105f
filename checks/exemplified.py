"""What is examined on examples: the layer as it takes them one by one, and the sheet of its cases."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import Any

import numpy as np
from hypothesis.strategies import SearchStrategy

from checks.adapters.at_defaults import about_defaults, other_settings
from checks.adapters.carried import carried
from checks.adapters.example_pair import adapt_example
from checks.adapters.given import by_argument, named_inputs, parameters_of
from checks.adapters.kept import Kept
from checks.adapters.keyworded import keyworded
from checks.adapters.left_alone import with_what_it_bears
from checks.adapters.nested import flat
from checks.adapters.options import holding
from checks.adapters.options_drawn import Optioned
from checks.adapters.partials import held
from checks.adapters.places_reached import whole_numbers_of
from checks.adapters.structures import is_numbers
from checks.adapters.taken import Taken
from checks.case import nested
from checks.errors import UsageError
from checks.families.drawn import FEWEST, Drawn, draws
from checks.families.example import SETTINGS
from checks.families.held import Held, going_along
from checks.families.places import TWICE, in_their_order, rearranged, twice, veiled
from checks.families.tables import of_own_tables
from checks.families.unclaimed import Unclaimed
from checks.subject import Subject
from checks.types import Array, Arrays, Config


def given(subject: Any, inputs: Any, device: str, watched: Callable[[Subject], Subject]) -> Unclaimed:
    """A layer on one example; ``watched`` is put around it before its first call.

    Raises UsageError where the example is not understood.
    """
    remarks = list[str]()
    taken = Taken.of(subject, inputs)
    flat = carried(taken.layer, taken.inputs(inputs))
    optioned = Optioned.of(taken.layer, [flat], remarks, device)
    layers = _Layers.of(taken, optioned, flat, remarks)
    _demand_numbers(layers.arrays)
    turned = _turned(watched(layers.first), layers.arrays, optioned)
    settings = {SETTINGS: other} if (other := other_settings(subject, by_argument(subject, inputs))) else {}
    found = watched(layers.keyworded(other) if turned or settings else layers.first)
    remarks += in_their_order(optioned.whole_numbers) if turned else []
    found.remarks.extend([*remarks, *about_defaults(subject, by_argument(subject, inputs))])
    unexamined = (*optioned.real, *layers.kept.unexamined, *layers.kept.idle)
    labels = going_along(layers.arrays, optioned.whole_numbers) if turned else {}
    lengths = {name: _lengths(value) for name, value in optioned.first.items()}
    places = chain(optioned.whole_numbers.values(), whole_numbers_of(subject))
    about_held = Held(lengths, frozenset(map(_reached, places)), labels)
    return Unclaimed(found, layers.arrays, unexamined, turned={**turned, **settings}, held=about_held)


def _demand_numbers(arrays: Arrays) -> None:
    if arrays and not any(value.size for value in arrays.values()):
        shapes = ", ".join(f"{name} of shape {value.shape}" for name, value in arrays.items())
        raise UsageError(f"inputs: {shapes} without a single number; expected an example with some")


def _turned(subject: Subject, arrays: Arrays, optioned: Optioned) -> dict[int, Config]:
    """Keywords of the example with its whole numbers varied.

    Of several arrays of them a mask, and places in tables of their own, which come twice.
    """
    several = optioned.whole_numbers if len(optioned.whole_numbers) > 1 else {}
    if not several:
        return optioned.turned(rearranged)
    given = of_own_tables(subject, arrays, several)
    changed = {name: new for name, value in given.items() if not np.array_equal(new := twice(value), value)}
    places = {TWICE: {name: nested(new) for name, new in changed.items()}} if changed else {}
    return {**optioned.turned(veiled), **places}


def _lengths(value: Any) -> frozenset[int]:
    """Lengths of an array that a layer holds, or the whole numbers in a tuple, which may be lengths.

    Not those below 0: an axis that is counted from the end is no length.
    """
    found = set[int](getattr(value, "shape", ()))
    found.update(each for each in value if isinstance(each, int)) if isinstance(value, (tuple, list)) else ()
    found.update({value} if isinstance(value, int) else ())
    return frozenset(int(each) for each in found if each >= 0)


def _reached(whole: Array) -> int:
    """How long an axis must be for each place among these; 0 of none. Not all layers look whether it is there."""
    return int(whole.max()) + 1 if whole.size and whole.dtype.kind != "b" else 0


def drawn(subject: Any, inputs: SearchStrategy[Any], device: str, watched: Callable[[Subject], Subject]) -> Drawn:
    """The same on the examples of a strategy; options that vary are keywords of each case."""
    some = sorted(draws(inputs, 0, FEWEST), key=_filled)[::-1]  # many hold little but 0
    taken = Taken.of(subject, some[0])
    remarks = list[str]()
    optioned = Optioned.of(taken.layer, [_in_arrays(taken, each) for each in some], remarks, device)
    layers = _Layers.of(taken, optioned, {}, remarks)
    found = watched(layers.keyworded() if optioned.varying else layers.first)
    found.remarks.extend(remarks)
    examples = inputs.map(partial(_apart, taken, optioned, layers.kept))
    return Drawn(found, examples, (*optioned.real, *layers.kept.unexamined), optioned.varying)


def _filled(example: Any) -> int:
    """How many of its numbers are not 0, as far as NumPy knows them."""
    numbers = (each for each in flat(example) if isinstance(each, (np.ndarray, int, float, complex)))
    return sum(int(np.count_nonzero(each)) for each in numbers)


@dataclass(frozen=True)
class _Layers:
    """The layers of an example's options, as subjects; ``flat`` is what scripts are told of what is held, if any is.

    ``arrays`` are the other arguments by name, ``kept`` is what a layer keeps beside them, and ``first`` holds the
    options of the first example.
    """

    taken: Taken
    optioned: Optioned
    flat: Any
    layer: Any
    kept: Kept
    arrays: Arrays

    @classmethod
    def of(cls, taken: Taken, optioned: Optioned, flat: Any, remarks: list[str]) -> _Layers:
        """Those of one example; ``remarks`` is told what is to be said of them."""
        layer = with_what_it_bears(optioned.layer, optioned.rest, remarks)
        kept = parameters_of(layer, optioned.rest)
        return cls(taken, optioned, flat, layer, kept, named_inputs(layer, optioned.rest, kept, remarks))

    @cached_property
    def first(self) -> Subject:
        """The layer of the first example's options."""
        return self._subject(self.layer)

    def keyworded(self, settings: Collection[str] = ()) -> Subject:
        """One in front of the layers of all options, and of these settings."""
        return keyworded(self.first, {*self.optioned.first, *settings}, self._of_keywords)

    def _of_keywords(self, config: Config) -> Subject:
        options = {name: value for name, value in config.items() if name in self.optioned.first}
        settings = {name: value for name, value in config.items() if name not in options}
        layer = self.optioned.holding(options) if options else self.optioned.layer
        return self._subject(with_what_it_bears(held(layer, settings) if settings else layer, self.optioned.rest, []))

    def _subject(self, layer: Any) -> Subject:
        given = by_argument(layer, self.optioned.rest)
        listed = [name for name, value in given.items() if is_numbers(value)]
        found = adapt_example(layer, tuple(self.arrays), self.optioned.place, self.kept, listed)
        return self.taken.told(found, self.flat, self.arrays)


def _apart(taken: Taken, optioned: Optioned, kept: Kept | None, inputs: Any) -> tuple[Arrays, Config]:
    """The arrays of an example by name, and its options as the keywords of its case."""
    rest, config = optioned.apart(_in_arrays(taken, inputs))
    return named_inputs(optioned.layer, rest, kept), config


def _in_arrays(taken: Taken, inputs: Any) -> Any:
    """An example for the layer, in arrays that carry it."""
    return carried(taken.layer, taken.inputs(inputs))


def named(subject: Any, inputs: SearchStrategy[Any], family: Drawn) -> SearchStrategy[tuple[Arrays, Config]]:
    """Draws what a family of a layer that is elsewhere is asked about; the layer itself is not called here."""
    some = draws(inputs, 0, 1)
    taken = Taken.of(subject, some[0])
    first = by_argument(taken.layer, _in_arrays(taken, some[0]))
    options = {name: value for name, value in first.items() if name not in family.arguments}
    layer = holding(taken.layer, options) if options else taken.layer
    optioned = Optioned(taken.layer, "cpu", layer, {}, options, family.keywords)
    return inputs.map(partial(_apart, taken, optioned, None))
