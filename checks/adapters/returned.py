"""Gradients of parameters that a backward returns after those of its arguments."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

import numpy as np

from checks.adapters.gradients import argument_keys, spread
from checks.adapters.slots import Slot
from checks.adapters.words import first_present, gradient_names
from checks.shapes import moves
from checks.types import Arrays


def returned(result: Any, inputs: tuple[str, ...], slots: Mapping[str, Slot], values: Arrays) -> tuple[str, ...]:
    """Names of the parameters whose gradients follow those of the ``inputs`` in what a backward gave.

    ``values`` are what the parameters hold, by name.
    """
    whole = spread(result, inputs)
    if isinstance(whole, Mapping):
        return tuple(name for name in slots if first_present(gradient_names(name), whole))
    extra = whole[len(inputs) :] if isinstance(whole, (tuple, list)) else ()
    alone = [name for name, slot in slots.items() if not slot.gradient]
    fitting = (tuple(_fitting(extra, names, values)) for names in (list(slots), alone))
    return max(fitting, key=len)


def in_named_order(
    result: Any, given: Arrays, slots: Mapping[str, Slot], values: Arrays, called: Sequence[str]
) -> tuple[str, ...]:
    """The same where what a backward returns is ``called`` by names of these gradients, and has their shapes."""
    whole = spread(result, tuple(given))
    if not isinstance(whole, (tuple, list)) or len(called) != len(whole):
        return ()
    owners = {key: name for name, key in argument_keys(tuple(called), (*given, *slots)).items()}
    order = tuple(owners.get(name, "") for name in called)
    if order[: len(given)] == tuple(given) or not {*given} <= {*order} or "" in order:
        return ()
    fits = (np.shape(each) == {**values, **given}[name].shape for each, name in zip(whole, order, strict=True))
    return order if all(fits) else ()


def in_own_order(result: Any, given: Arrays, slots: Mapping[str, Slot], values: Arrays) -> tuple[str, ...]:
    """Names of arguments and parameters in the order of their gradients, where these shapes fit one that is not ours.

    ``given`` are the arguments, ``values`` what the parameters hold. Empty where the first are those of the arguments,
    as they are to be, and where shapes leave a choice between an argument and anything else.
    """
    whole = spread(result, tuple(given))
    shapes = [np.shape(each) for each in whole] if isinstance(whole, (tuple, list)) else []
    wanted = [array.shape for array in given.values()]
    if len(shapes) <= len(wanted) or shapes[: len(wanted)] == wanted:
        return ()
    every = [*shapes, *wanted, *(value.shape for value in values.values())]
    if any(shapes.count(shape) != 1 or every.count(shape) != 1 + 1 for shape in wanted):
        return ()
    rest = [each for each, shape in zip(whole, shapes, strict=True) if shape not in wanted]
    behind = iter(names := _fitting(rest, list(slots), values))
    owners = {array.shape: name for name, array in given.items()}
    return tuple(owners.get(shape) or next(behind) for shape in shapes) if len(names) == len(rest) else ()


def _fitting(extra: Sequence[Any], names: Sequence[str], values: Arrays) -> list[str]:
    """As many of the names as there are gradients of the shapes of their values: in their order, or by shape alone.

    In their order those, too, that lack axes of length 1. By shape only where one name and one gradient have it, up to
    the first that nobody can tell.
    """
    shapes = [np.shape(each) for each in extra]
    for fits in (operator.eq, moves):
        if all(fits(shape, values[name].shape) for name, shape in zip(names, shapes, strict=False)):
            return list(names[: len(shapes)])
    of_shape = [[name for name in names if values[name].shape == shape] for shape in shapes]
    alone = (found[0] if len(found) == 1 == of_shape.count(found) else "" for found in of_shape)
    return list(takewhile(bool, alone))
