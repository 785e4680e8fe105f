"""A backward that takes what its forward gave beside y one by one, and arguments of the forward by their names.

``forward(x, w, stride) -> (y, columns, padded)`` and ``backward(dy, columns, padded, w, stride)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, signature, unwrap
from typing import Any

from checks.adapters.backward_order import is_upstream
from checks.adapters.callables import held_by_name
from checks.adapters.flat_backward import handed
from checks.adapters.nested import several
from checks.adapters.plan import Plan
from checks.types import Config

#: Kinds of parameters that are told something by their names.
_NAMED = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


@dataclass(frozen=True)
class SavedApart:
    """What a call of such a backward is told beside dy, by the names of its parameters."""

    told: Mapping[str, Any]


@dataclass(frozen=True)
class TakenApart:
    """Which parameters of a backward take what the forward gave, in its order, and which ones an argument of it."""

    saved: tuple[str, ...]
    again: tuple[str, ...]

    @classmethod
    def of(cls, backward: Callable[..., Any], plan: Plan, result: Any) -> TakenApart | None:
        """As their names say; None where it does not take as many things as the forward of this ``plan`` gave."""
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
        if not fits or upstream != [dy.name] or any(each.kind not in _NAMED for each in others):
            return None
        return cls(saved, tuple(each.name for each in others if each.name in own.keys() - {*held, *saved}))

    def told(self, plan: Plan, saved: tuple[Any, ...], arrays: Mapping[str, Any], config: Config) -> dict[str, Any]:
        """What a call is told beside dy where the forward was called with these arrays and keywords."""
        given, parameters = plan.bind(arrays, config).arguments, plan.signature.parameters
        rest = {name: given.get(name, parameters[name].default) for name in self.again}
        return {**dict(zip(self.saved, saved, strict=True)), **rest}
