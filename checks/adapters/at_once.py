"""Functions that give a loss and its gradients at once, as cs231n's do: ``loss, dx = softmax_loss(x, y)``.

Or the loss last: ``return grads, cost``.
Or y and the function that goes back from there, as thinc's do, where their code alone does not say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from inspect import Signature
from typing import Any

import numpy as np

from checks.adapters.callables import name_of, signature_of
from checks.adapters.closing import back
from checks.adapters.frameworks import guessed_of, shown_of
from checks.adapters.given import by_argument
from checks.adapters.gradients import scaled
from checks.adapters.methods import methods_of
from checks.adapters.returned_names import returned_names
from checks.adapters.words import first_present, gradient_names
from checks.errors import UsageError
from checks.refusals import RAISED

#: Results of a function that gives its gradients in one piece.
LOSS_AND_GRADIENTS = 2


@dataclass(frozen=True)
class Loss:
    """The forward of such a function: the loss, and its gradients as what is saved."""

    func: Callable[..., Any]
    #: Where it gives the loss: first or last of all.
    place: int = 0

    @property
    def loss_and_gradients(self) -> str:
        """What it gives, for whoever shows a call of it."""
        return "*saved, y" if self.place else "y, *saved"

    def __call__(self, *given: Any, **named: Any) -> tuple[Any, Any]:
        """Call it."""
        gradients = list(self.func(*given, **named))
        loss = gradients.pop(self.place)
        return np.asarray(loss), gradients[0] if len(gradients) == 1 else tuple(gradients)

    def may_give(self, argument: str) -> bool:
        """Whether some gradient may be that of an argument: not where all beside the loss have other names."""
        names = [name.lower() for name in returned_names(self.func)]
        gradients = [name for at, name in enumerate(names) if at != self.place % len(names)]
        known = bool(gradients) and all(gradients)
        return not known or bool(first_present(gradient_names(argument), gradients))

    @property
    def __name__(self) -> str:
        """Its own."""
        return name_of(self.func)

    @property
    def __signature__(self) -> Signature:
        """Its own."""
        return signature_of(self.func, "function", ("x",))


def with_backward(obj: Any, inputs: Any) -> tuple[Any, list[str]]:
    """A pair made of such a function, as a call with an example shows, and what is to be said of it.

    And of one that gives y and the function that goes back from there. Anything else as it is.
    """
    if not callable(obj) or isinstance(obj, type) or methods_of(obj) or shown_of(obj):
        return obj, []
    try:
        given = dict(by_argument(obj, inputs))
        result = obj(**deepcopy(given))
    except (*RAISED, UsageError):  # it will raise again, or is no layer: others say so
        return obj, []
    if _goes_back(result):
        return (obj, back), []
    if guessed_of(obj) or (place := _place_of_loss(result, given)) is None:
        return obj, []
    said = f"{name_of(obj)} gives a number and gradients at once: they are examined as (forward, backward), times dy"
    return (Loss(obj, place), scaled), [said]


def _goes_back(result: Any) -> bool:
    """Whether a result is an array and, beside it, a function: whoever defines that is not to be read from its code."""
    match result:
        case tuple((y, after)):
            return (isinstance(y, np.ndarray) or _is_number(y)) and callable(after)
    return False


def _place_of_loss(result: Any, given: Mapping[str, Any]) -> int | None:
    """Where a number stands in a result beside gradients: first, or last; None where there is no such thing."""
    if not isinstance(result, tuple) or len(result) < LOSS_AND_GRADIENTS:
        return None
    rests = {0: result[1:], -1: result[:-1]}
    return next((at for at, rest in rests.items() if _is_number(result[at]) and _are_gradients(rest, given)), None)


def _are_gradients(results: tuple[Any, ...], given: Mapping[str, Any]) -> bool:
    """Whether results are gradients by name, or in order from the first argument of numbers on."""
    floats = {name: shapes for name, value in given.items() if (shapes := _shapes(value)) is not None}
    rest = results[0] if len(results) == 1 else results
    if isinstance(rest, Mapping):
        return any(first_present(gradient_names(name), rest) for name in floats)
    firsts = [rest, *(rest[:1] if isinstance(rest, (tuple, list)) else [])]  # in order, or those of one in a list
    return bool(floats) and next(iter(floats.values())) in map(_shapes, firsts)


def _shapes(value: Any) -> Any:
    """The shape of an array of real numbers, those of several in a list or a tuple; None of anything else."""
    if isinstance(value, (list, tuple)) and value and not all(map(_is_number, value)):
        every = [_shapes(each) for each in value]
        return None if None in every else every
    if isinstance(value, (list, tuple)) or np.asarray(value).dtype.kind != "f":
        return None
    return np.shape(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (float, np.floating)) or (
        isinstance(value, np.ndarray) and not value.ndim and value.dtype.kind == "f"
    )
