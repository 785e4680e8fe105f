"""A backward that writes its gradients to arrays that it is handed: ``backward(dy, cache, dx, dw, db)``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import Parameter, signature
from typing import Any

from checks.adapters.callables import VARIADIC, name_of
from checks.adapters.flat_backward import handed
from checks.adapters.plan import Plan
from checks.adapters.words import gradient_names
from checks.errors import UsageError

#: What is handed over before them: dy, and what was saved.
BEFORE = 2

_ADAPTER = (
    "{back}({asked}) writes its gradients to {places}; expected a backward that gives them; write the adapter and pass "
    "it instead:\n"
    "    def forward({parameters}): y, saved = {ahead}({call}); return y, (saved, ({arrays},))\n"
    "    def backward(dy, kept): {gradients}, = map(np.zeros_like, kept[1]); {back}(dy, kept[0], {places}); "
    "return {gradients}\n"
    "    examine((forward, backward), ...)"
)


def demand_given_back(ahead: Plan, backward: Callable[..., Any]) -> None:
    """Look at what a backward takes beside dy and what was saved.

    Raises UsageError where that is a place for the gradient of each array of the forward, with the adapter to write.
    """
    try:
        every = signature(handed(backward)).parameters.values()
    except (TypeError, ValueError):  # a built-in function says nothing of itself
        return
    asked = [each.name for each in every if each.default is Parameter.empty and each.kind not in VARIADIC]
    places, arrays = asked[BEFORE:], [name for name in ahead.signature.parameters if name in ahead.slots.values()]
    gradients = [next((place for place in places if _is_for(place, name)), "") for name in arrays]
    if places and sorted(gradients) == sorted(places):
        raise UsageError(_adapter(ahead, name_of(backward), asked, arrays, gradients))


def _is_for(place: str, argument: str) -> bool:
    """Whether a gradient may be written there: what is called as the argument itself is that one, or was saved."""
    return place != argument and place.lower() in gradient_names(argument)


def _adapter(ahead: Plan, back: str, asked: Sequence[str], arrays: Sequence[str], gradients: Sequence[str]) -> str:
    parameters = ahead.signature.parameters
    by_name = (f"{name}={name}" if each.kind is Parameter.KEYWORD_ONLY else name for name, each in parameters.items())
    plain = [each.replace(annotation=Parameter.empty) for each in parameters.values()]
    return _ADAPTER.format(
        ahead=ahead.name,
        back=back,
        asked=", ".join(asked),
        places=", ".join(asked[BEFORE:]),
        parameters=str(ahead.signature.replace(parameters=plain, return_annotation=Parameter.empty))[1:-1],
        call=", ".join(by_name),
        arrays=", ".join(arrays),
        gradients=", ".join(gradients),
    )
