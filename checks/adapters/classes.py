"""A class with forward and backward methods: one object of it, for as long as its constructor asks for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from checks.adapters.as_built import AsBuilt
from checks.adapters.backwards import Backward, Ran
from checks.adapters.callables import name_of
from checks.adapters.constructor import Constructor
from checks.adapters.described import described
from checks.adapters.flags import of_method
from checks.adapters.learned import Learned
from checks.adapters.left_complex import kept_real
from checks.adapters.methods import Methods
from checks.adapters.objects import adapt_object
from checks.adapters.open_constructor import settled
from checks.adapters.outputs import Outputs
from checks.adapters.plan import Plan
from checks.adapters.reused import Reused
from checks.adapters.shown import ClassSource
from checks.adapters.signature import read
from checks.adapters.stateful import placed_forward, subject_of
from checks.adapters.two_modes import Mention
from checks.adapters.words import Turn, as_it_comes
from checks.refusals import RAISED
from checks.subject import Subject
from checks.types import Array, Arrays, Config


def adapt_class(
    kind: type, methods: Methods, arguments: tuple[str, ...], outputs: Outputs, turn: Turn = as_it_comes
) -> Subject:
    """Subject from a class: constructor and forward share the arrays and keywords as their signatures ask.

    ``turn`` makes our shapes of its arrays', from which the constructor is told sizes.

    A window with sides alike is handed over as one number, and as one for each axis where that is not understood.

    Raises UsageError where either signature cannot be understood.
    """
    constructor = settled(kind, Constructor.of(kind, arguments[1:], turn), arguments)
    method = read(methods.ahead(kind), arguments, "class")
    taken = method.taken(arguments[:1])
    objects, homes, mention = Reused(kind), AsBuilt(arguments), Mention(outputs.remarks)
    flags = of_method(method.flags, method.signature.parameters.values(), outputs.remarks)

    def run(arrays: Arrays, config: Config) -> tuple[Array, Ran]:
        *firsts, last = constructor.forms(arrays, config)
        for numbers in firsts:
            with suppress(TypeError):
                return once(arrays, config, numbers)
        return once(arrays, config, last)

    def once(arrays: Arrays, config: Config, numbers: Config) -> tuple[Array, Ran]:
        bound, elsewhere = constructor.bind(arrays, numbers), {*constructor.plan.slots, *taken}
        handed = constructor.handed(arrays)
        layer = objects.give(bound, handed, arrays, _forms(arrays, taken))
        homes.built({name: arrays[name] for name in handed.values()})
        mention.look(layer)
        placed = {name: array for name, array in arrays.items() if name not in elsewhere}
        try:
            bound = method.bind({name: arrays[name] for name in arrays if name in taken}, config)
            with kept_real(layer, arrays):
                return placed_forward(layer, methods, outputs, bound, placed, homes, flags)
        except BaseException:
            objects.forget()
            raise

    limits = _merged(constructor.plan, method) | dict.fromkeys(constructor.flags, (False, True))
    own = tuple(name for name in arguments if name not in method.slots)
    back = Backward(homes, outputs.remarks, Learned(homes, own, outputs.remarks))
    shown = ClassSource(kind, methods, constructor, method, objects, back, back.grown)
    found = subject_of(name_of(kind), run, back, limits, shown)
    found = described(found, constructor.plan, method)
    if modes := _modes(kind, constructor, methods, arguments, outputs):
        found, mention.looked = replace(found, modes=modes), True
    return replace(found, forget=objects.forget, builds=True)


def _modes(
    kind: type, constructor: Constructor, methods: Methods, arguments: tuple[str, ...], outputs: Outputs
) -> Mapping[str, Subject]:
    """Other modes of a class whose constructor takes nothing: those of an object of it; else none that is known."""
    if constructor.plan.signature.parameters:
        return {}
    with suppress(*RAISED):
        found = adapt_object(kind(), methods, arguments, replace(outputs, remarks=[]))
        outputs.remarks.extend(each for each in found.remarks if found.modes and each not in outputs.remarks)
        return found.modes
    return {}


def _forms(arrays: Arrays, taken: frozenset[str]) -> dict[str, Any]:
    """What an object is made for, of arrays: of those that its forward is given the number of axes alone."""
    return {name: array.ndim if name in taken else (array.dtype, array.shape) for name, array in arrays.items()}


def _merged(built: Plan, method: Plan) -> dict[str, Any]:
    """Limits of a constructor and a method together: a keyword may go to either."""
    first, second = built.limits(), method.limits()
    found = {**first, **second}
    for word in ("words", "square"):
        both = frozenset(first.get(word, ())) | frozenset(second.get(word, ()))
        found |= {word: both} if both else {}
    if any(plan.open and not plan.ignored for plan in (built, method)):
        found.pop("words", None)
    return found
