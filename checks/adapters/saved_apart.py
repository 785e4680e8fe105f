"""A backward that takes what its forward gave beside y one by one, and arguments of the forward by their names.

``forward(x, w, stride) -> (y, columns, padded)`` and ``backward(dy, columns, padded, w, stride)``. So it may take what
stands in the one thing beside y: ``(y, (columns, padded))``, or a dictionary, ``backward(dy, **cache)``. Or all of them
without names: ``backward(dy, *cache)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from inspect import Parameter, signature, unwrap
from typing import Any

import numpy as np

from checks.adapters.backward_order import is_upstream
from checks.adapters.callables import held_by_name
from checks.adapters.flat_backward import handed
from checks.adapters.from_inputs import Called
from checks.adapters.nested import several
from checks.adapters.plan import Plan
from checks.types import Config

#: Kinds of parameters that are told something by their names.
NAMED = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


@dataclass(frozen=True)
class SavedApart:
    """What a call of such a backward is told beside dy, by the names of its parameters.

    ``upstream`` are those that take dy, or a part of it each; it goes to the first where there are none, and ``rest``
    behind it.
    """

    told: Mapping[str, Any]
    upstream: tuple[str, ...] = ()
    rest: tuple[Any, ...] = ()

    def back(self, backward: Callable[..., Any], *dy: Any) -> Any:
        """What the backward gives."""
        if not self.upstream:
            return backward(*dy, *self.rest, **self.told)
        return backward(**dict(zip(self.upstream, dy, strict=True)), **self.told)


@dataclass(frozen=True)
class TakenApart:
    """Which parameters of a backward take what the forward gave, in its order, and which ones an argument of it.

    ``inside`` is how a script takes that out of the one thing beside y, where it stands in there. ``upstream`` are the
    parameters that take an upstream gradient each, where that is not dy for the first; of the outputs at these
    ``places``, which stand before what was saved. ``outputs`` take such an output again.
    """

    saved: tuple[str, ...]
    again: tuple[str, ...]
    inside: str = ""
    upstream: tuple[str, ...] = ()
    places: tuple[int, ...] = (0,)
    outputs: tuple[tuple[str, int], ...] = ()
    #: Whether it takes all that was saved behind dy, under no names.
    starred: bool = False

    @classmethod
    def of(cls, backward: Callable[..., Any], plan: Plan, result: Any) -> TakenApart | None:
        """As their names say; None where it does not take as many things as the forward of this ``plan`` gave."""
        one_by_one = _of_a_dictionary(backward, result) or _one_by_one(backward, plan, result)
        return one_by_one or _of_a_tuple(backward, plan, result) or _starred(backward, result)

    def opened(self, given: tuple[Any, ...]) -> tuple[Any, ...]:
        """What the parameters take, of all that a forward gave beside y."""
        if not self.inside:
            return given
        (whole,) = given
        return tuple(whole[name] for name in self.saved) if isinstance(whole, Mapping) else tuple(whole)

    def answered(self, result: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
        """Y, several in the order of their upstream gradients, and what was saved."""
        each = tuple(result[place] for place in self.places)
        return (each if len(each) > 1 else each[0]), self.opened(result[len(each) :])

    def told(self, plan: Plan, saved: tuple[Any, ...], arrays: Mapping[str, Any], config: Config) -> dict[str, Any]:
        """What a call is told beside dy where the forward was called with these arrays and keywords."""
        given, parameters = plan.bind(arrays, config).arguments, plan.signature.parameters
        rest = {name: given.get(name, parameters[name].default) for name in self.again}
        return {**dict(zip(self.saved, saved, strict=True)), **rest}

    def beside(self, plan: Plan, result: tuple[Any, ...], told: Called) -> tuple[Any, SavedApart]:
        """Y, and what a call of the backward is told beside dy, of what a forward gave that was ``told`` these."""
        y, rest = self.answered(result)
        if self.starred:
            return y, SavedApart({}, rest=rest)
        outputs = {name: np.copy(result[place]) for name, place in self.outputs}
        return y, SavedApart({**self.told(plan, rest, told.arrays, told.config), **outputs}, self.upstream)


def _inside(result: Any, kind: type) -> Any:
    """The only thing that a forward gave beside one array, where it is of this kind; None where it is not."""
    plain = isinstance(result, tuple) and len(result) == len(("y", "saved")) and not several(result[0])
    return result[1] if plain and isinstance(result[1], kind) else None


def _one_by_one(backward: Callable[..., Any], plan: Plan, result: Any) -> TakenApart | None:
    """Of the things beside y."""
    if not isinstance(result, tuple) or len(result) < len(("y", "saved")) or several(result[0]):
        return None
    try:
        dy, *others = signature(handed(backward)).parameters.values()
    except (TypeError, ValueError):  # a built-in function says nothing of itself, another one takes nothing
        return None
    own, held = plan.signature.parameters, held_by_name(unwrap(backward))
    required = [each.name for each in others if each.default is Parameter.empty]
    given, unknown = len(result) - 1, [name for name in required if name not in own]
    saved = tuple(unknown if len(unknown) == given else required[:given])
    fits = len(required) > 1 and len(saved) == given and {*unknown} <= {*saved}
    upstream = [name for name in (dy.name, *saved) if is_upstream(name.lower())]
    if not fits or upstream != [dy.name] or any(each.kind not in NAMED for each in others):
        return None
    again = tuple(each.name for each in others if each.name in own.keys() - {*held, *saved})
    return TakenApart(saved, again, upstream=_named(dy))


def _of_a_tuple(backward: Callable[..., Any], plan: Plan, result: Any) -> TakenApart | None:
    """Of the things in a tuple, each of which the backward takes by itself."""
    if (inner := _inside(result, tuple)) is None or len(inner) < len(("one", "another")):
        return None
    found = _one_by_one(backward, plan, (result[0], *inner))
    return found and replace(found, inside="saved[0]")


def _of_a_dictionary(backward: Callable[..., Any], result: Any) -> TakenApart | None:
    """Of those in a dictionary, whose keys the backward takes as its keywords: ``backward(dy, **cache)``."""
    if not (inner := _inside(result, dict)) or not all(isinstance(key, str) for key in inner):
        return None
    try:
        dy, *others = signature(handed(backward)).parameters.values()
    except (TypeError, ValueError):  # as above
        return None
    every = any(each.kind is Parameter.VAR_KEYWORD for each in others)
    named = [each for each in others if each.kind in NAMED]
    required = {each.name for each in named if each.default is Parameter.empty}
    if not required <= inner.keys() or not (every or required) or len(named) + every < len(others):
        return None
    names = tuple(name for name in inner if every or name in {each.name for each in named})
    return TakenApart(names, (), f"[saved[0][name] for name in {names!r}]", _named(dy))


def _starred(backward: Callable[..., Any], result: Any) -> TakenApart | None:
    """Of several things beside y, ``backward(*given)``, or in the one tuple there, ``backward(dy, *cache)``."""
    if not isinstance(result, tuple) or several(result[0]):
        return None
    try:
        kinds = [each.kind for each in signature(handed(backward)).parameters.values()]
    except (TypeError, ValueError):  # as above
        return None
    if kinds[-1:] != [Parameter.VAR_POSITIONAL] or len(kinds) > len(("dy", "rest")):
        return None
    inside = "saved[0]" if len(kinds) > 1 and _inside(result, tuple) is not None else ""
    return TakenApart((), (), inside, starred=True) if inside or len(result) > len(("y", "saved")) else None


def _named(dy: Parameter) -> tuple[str, ...]:
    """By which name dy is told, where it cannot be told by place."""
    return (dy.name,) if dy.kind is Parameter.KEYWORD_ONLY else ()
