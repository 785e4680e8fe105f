"""A class or an object with ``forward`` and ``backward`` methods that keeps its state between the two.

An object is used as it is, again and again, as it would be in training: what it forgets to reset is seen. So is one
object of a class for as long as its constructor asks for nothing else; it is given what it asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from inspect import BoundArguments
from typing import Any

import numpy as np

from checks.adapters.answered import forwarded
from checks.adapters.backwards import Backward, Ran
from checks.adapters.flags import Flags
from checks.adapters.grown import Grown, flushed
from checks.adapters.homes import Homes
from checks.adapters.methods import Methods
from checks.adapters.outputs import Outputs
from checks.adapters.shown import ClassSource, ObjectSource
from checks.subject import Subject
from checks.types import Array, Arrays, Config


def subject_of(
    name: str,
    run: Callable[[Arrays, Config], tuple[Array, Ran]],
    back: Backward,
    limits: Config,
    shown: ClassSource | ObjectSource,
) -> Subject:
    """A subject whose gradients never grow from call to call, with one that leaves them as the layer does."""
    as_it_is = replace(shown, grown=Grown(back.homes))
    raw = Subject(name, run, back.once, limits, stateful=True, remarks=back.remarks, preamble=as_it_is)
    return replace(raw, backward=back.from_zero, untouched=raw, preamble=shown)


def placed_forward(
    layer: Any, methods: Methods, outputs: Outputs, bound: BoundArguments, placed: Arrays, homes: Homes, flags: Flags
) -> tuple[Array, Ran]:
    """A forward with these arrays in their places, after one that builds them where the layer has not had any."""

    def forward(layer: Any, alight: Mapping[str, Any]) -> Ran:
        arguments = BoundArguments(bound.signature, {**bound.arguments, **alight})
        homes.build(layer, placed, lambda: methods.ahead(layer)(*arguments.args, **arguments.kwargs))
        homes.place(layer, placed)
        flushed(layer)
        answer = forwarded(layer, methods, outputs, arguments)
        homes.demand_kept(layer, placed)
        return Ran(layer, methods, answer)

    def rehearse(alight: Mapping[str, Any]) -> None:
        ran = forward(deepcopy(layer), alight)
        methods.back(ran.layer, *ran.answer.handed(np.ones_like(ran.answer.y)))

    ran = forward(layer, flags.set_for(rehearse))
    return ran.answer.y, ran
