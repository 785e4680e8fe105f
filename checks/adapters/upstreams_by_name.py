"""A backward that takes its upstream gradients by their names, wherever they stand: of several outputs, or the last.

``cell(x, h, c) -> (h, c)`` and ``back(dh, dc, x, h, c)``; ``forward(x, W) -> (y, cache)`` and ``back(W, cache, dy)``,
or ``back(*, dy, cache)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from inspect import Parameter, signature, unwrap
from typing import Any

import numpy as np

from checks.adapters.backward_order import is_upstream
from checks.adapters.callables import held_by_name
from checks.adapters.divided import output_of
from checks.adapters.flat_backward import handed
from checks.adapters.from_inputs import Called
from checks.adapters.nested import flat, several
from checks.adapters.plan import Plan
from checks.adapters.saved_apart import NAMED, TakenApart
from checks.adapters.upstream import tried
from checks.refusals import RAISED

#: From how many outputs on a backward needs no argument of its forward to be one that takes each by name.
SEVERAL = 2

#: What stands behind the name of a state for the step to which it belongs.
_OF_A_STEP = re.compile(r"(_?(next|new|t|out|cur|curr|current)|_?[0-9]+)\Z")


@dataclass(frozen=True)
class _Asked:
    """Parameters of a backward by what they take.

    ``again`` are arguments of its forward, ``upstream`` gradients, ``outputs`` things of these names, with their places
    among all that the forward gave; ``others`` take what was saved.
    """

    again: tuple[str, ...]
    upstream: tuple[str, ...]
    outputs: tuple[tuple[str, int], ...]
    others: tuple[str, ...]
    #: Whether none of them can be told by place.
    named: bool

    @classmethod
    def of(cls, backward: Callable[..., Any], plan: Plan, called: Sequence[str]) -> _Asked | None:
        """None where they cannot be told by name."""
        try:
            taken = signature(handed(backward)).parameters.values()
        except (TypeError, ValueError):  # a built-in function says nothing of itself
            return None
        own, held = plan.signature.parameters, held_by_name(unwrap(backward))
        required = [each.name for each in taken if each.default is Parameter.empty and each.name not in held]
        if any(each.kind not in NAMED for each in taken):
            return None
        free = [name for name in required if name not in own]
        upstream = tuple(name for name in free if is_upstream(name.lower()) and name not in called)
        outputs = tuple(_outputs_again([name for name in free if name not in upstream], upstream, called))
        saved = {name for name in free if name not in {*upstream, *dict(outputs)}} | {*called[len(upstream) :]}
        again = tuple(each.name for each in taken if each.name in own and each.name not in {*held, *saved})
        others = [each.name for each in taken if each.name in saved and each.name not in held]
        saved_in_order = tuple(sorted(others, key=called.index) if {*others} <= {*called} else others)
        return cls(again, upstream, outputs, saved_in_order, all(each.kind is Parameter.KEYWORD_ONLY for each in taken))


def _outputs_again(free: Sequence[str], upstream: Sequence[str], called: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Those that take one of several outputs again: by its own name, ``h`` beside ``dh``."""
    for name in free if len(upstream) >= SEVERAL else ():
        if name in called[: len(upstream)] and any(output_of(each.lower(), [name.lower()]) == 0 for each in upstream):
            yield name, called.index(name)


def taken_by_name(
    backward: Callable[..., Any], plan: Plan, result: Any, called: Sequence[str], told: Called, remarks: list[str]
) -> TakenApart | None:
    """How a backward takes such a ``result`` of the forward of this ``plan``, which was ``told`` its arguments.

    The forward returns it under the names ``called``. ``remarks`` is told of outputs that are known by their places
    alone. None where the names do not say.
    """
    if not isinstance(result, tuple) or not (asked := _Asked.of(backward, plan, called)):
        return None
    count, saved = len(asked.upstream), len(asked.others)
    alone = count < SEVERAL and not (asked.again or asked.named)
    if not count or count + saved != len(result) or alone or not (asked.again or asked.outputs or saved):
        return None
    if any(several(each) for each in result[:count]) or not all(map(_is_output, result[:count])):
        return None
    places, known = _places(asked.upstream, [name.lower() for name in called[:count]])
    found = TakenApart(asked.others, asked.again, "", asked.upstream, places, asked.outputs)
    if known:
        return found
    first, *rest = asked.upstream
    of_one = TakenApart((*rest, *asked.others), asked.again, "", (first,))
    if not _is_linear(backward, found, plan, result, told) and _is_linear(backward, of_one, plan, result, told):
        return of_one
    remarks.extend({_remark(plan.name, asked.upstream, places)} - {*remarks})
    return found


def _is_linear(backward: Callable[..., Any], way: TakenApart, plan: Plan, result: Any, told: Called) -> bool:
    """Whether twice the upstream gradients give twice the gradients: what was saved and is taken for one does not."""
    y, beside = way.beside(plan, result, told)
    ups = [tried(each) for each in (y if isinstance(y, tuple) else (y,))]
    try:
        with np.errstate(all="ignore"):
            once, twice = (list(flat(beside.back(backward, *(factor * up for up in ups)))) for factor in (1, 2))
        return all(np.allclose(2 * one, two) for one, two in zip(once, twice, strict=True) if one is not None)
    except RAISED:
        return False


def _is_output(value: Any) -> bool:
    """Whether it may have a gradient."""
    return isinstance(value, float) or any(kind in str(getattr(value, "dtype", "")) for kind in ("float", "complex"))


def _places(upstream: Sequence[str], called: Sequence[str]) -> tuple[tuple[int, ...], bool]:
    """The place of the output of which each takes the gradient, and whether that is known; else it is their order."""
    found = [_place(name.lower(), called) for name in upstream]
    there, unknown = {*found} - {-1}, found.count(-1)
    if len(there) + unknown < len(found):
        return tuple(range(len(found))), False
    rest = iter([place for place in range(len(found)) if place not in there])
    return tuple(next(rest) if place == -1 else place for place in found), unknown <= 1


def _place(upstream: str, called: Sequence[str]) -> int:
    """The one whose gradient has this name: ``c`` for ``dc``, or ``c_next``, or ``c2``; -1 where none is known."""
    exact = output_of(upstream, called)
    return exact if exact != -1 else output_of(_root(upstream), [_root(name) for name in called])


def _root(name: str) -> str:
    """A name without what says that it is the one of this step, or of the next."""
    return _OF_A_STEP.sub("", name)


def _remark(forward: str, upstream: Sequence[str], places: Sequence[int]) -> str:
    each = ", ".join(f"{name} of [{place}]" for name, place in zip(upstream, places, strict=True))
    return (
        f"of the {len(upstream)} things that {forward} gives all are outputs; by their places the backward takes {each}"
    )
