"""The parameters of an object with methods: arrays that its forward uses and leaves as they are, with gradients.

A copy of the object goes forward and back; then the arrays that it holds are changed in copies of that one, to see
whether the next forward keeps the change and gives something else (``Settled``). So a weight that is built at the first
forward is found, in whatever part of the object it lies, and a cache, a mask, or a mean that goes along is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from checks.adapters.example_run import Run
from checks.adapters.grown import FLUSHING, emptying
from checks.adapters.instead import method_of
from checks.adapters.kept import Kept, is_trained
from checks.adapters.methods import methods_of
from checks.adapters.own_pair import beside
from checks.adapters.parameter_look import Look, groups_of
from checks.adapters.paths import at
from checks.adapters.returned import in_named_order, in_own_order, returned
from checks.adapters.returned_names import returned_names
from checks.adapters.slots import Slot, titles
from checks.adapters.stepping import Stepping
from checks.adapters.steps import SIZES, Steps
from checks.adapters.words import unlike_upstream
from checks.refusals import RAISED
from checks.types import Arrays


def kept_by(layer: Any, given: Arrays) -> Kept:
    """The parameters of an object, as an example of its arguments shows them; of a pair none is examined.

    An object that builds them in its first forward has gone through one then. Nothing where there are no such methods;
    what it holds is unexamined where it cannot be copied or does not take these arrays.
    """
    if isinstance(layer, (tuple, list)):
        return Kept(unexamined=tuple(filter(is_trained, beside(layer, given))), beside_pair=True)
    methods = methods_of(layer)
    if methods is None or isinstance(layer, type):
        return Kept()
    try:
        with np.errstate(all="ignore"):
            return _kept(Look(layer, Run(methods, given)))
    except RAISED:
        every = titles(layer, [group[0] for group in groups_of(layer)], given)
        return Kept(unexamined=tuple(filter(is_trained, every)))


def _kept(look: Look) -> Kept:
    """The parameters that a look shows; the layer itself builds what it lacks."""
    slots = look.slots()
    if built := any(at(look.layer, slot.spots[0]) is None for slot in slots.values()):
        look.run.ahead(look.layer)
    values = {name: at(look.twin, slot.spots[0]) for name, slot in slots.items()}
    values |= {name: own for name, slot in slots.items() if (own := at(look.layer, slot.spots[0])) is not None}
    given = {name: array for name, array in look.run.given.items() if name in look.inputs}
    called = returned_names(method_of(look.layer, look.run.methods.backward))
    named = in_named_order(look.result, given, slots, values, called)
    order = named or in_own_order(look.result, given, slots, values)
    behind = tuple(filter(slots.get, order)) or returned(look.result, look.inputs, slots, values)
    steps, odd = _moved(look, slots, values, [name for name in slots if name not in behind])
    known = (name for name, slot in slots.items() if name not in behind and (slot.gradient or name in steps.read))
    found = (*behind, *known)
    left = (name for name, slot in slots.items() if name not in found and not slot.shares)
    return Kept(
        {name: slots[name] for name in found},
        {name: values[name].copy() for name in found},
        behind,
        tuple(filter(is_trained, dict.fromkeys((*left, *odd)))),
        tuple(name for name in found if look.is_idle(slots[name])),
        built,
        look.result,
        tuple(titles(look.twin, look.growing(), ())),
        tuple(name for name, _ in emptying(look.layer, FLUSHING)),
        steps,
        odd,
        {name: slot for name, slot in slots.items() if name not in found and not slot.shares},
        order=tuple(map(unlike_upstream, order)),
    )


def _moved(look: Look, slots: Mapping[str, Slot], values: Arrays, names: Sequence[str]) -> tuple[Steps, dict[str, str]]:
    """How the backward moves those of these parameters that have no gradient, and why none shows in others, by name."""
    formats = [value.dtype.name for value in (look.run.given or values).values()]
    size = min((SIZES.get(name, 0.0) for name in formats), default=0.0)
    stepping = Stepping(look.run.methods, *look.gone_ahead, slots, look.run.ahead, size)
    steps, odd = stepping.steps([name for name in names if not slots[name].gradient])
    ways, taken = [way for group in look.stable for way in group], (*look.inputs, *slots)
    anew = titles(look.twin, stepping.made_anew(ways), taken)
    return steps, odd | dict.fromkeys(filter(is_trained, anew), "the forward makes it anew each time")
