"""A NumPy pair: ``forward(...) -> (y, saved)`` and ``backward(dy, saved) -> gradients``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from inspect import signature, unwrap
from typing import Any

import numpy as np

from checks.adapters.backward_order import NOTHING, is_upstream
from checks.adapters.callables import VARIADIC, held_by_name, name_of
from checks.adapters.described import watched
from checks.adapters.divided import USUAL, divided
from checks.adapters.flat_backward import handed
from checks.adapters.from_inputs import Again, Called
from checks.adapters.gradients import by_name
from checks.adapters.in_place import demand_given_back
from checks.adapters.nested import several
from checks.adapters.outputs import Outputs, Parted
from checks.adapters.own_order import OwnOrder
from checks.adapters.pair_preamble import PairSource
from checks.adapters.returned_names import returned_names
from checks.adapters.saved_apart import SavedApart, TakenApart
from checks.adapters.saved_first import remark_if_first
from checks.adapters.self_contained import self_contained
from checks.adapters.signature import read
from checks.adapters.upstreams_by_name import taken_by_name
from checks.adapters.words import UPSTREAM
from checks.subject import Subject
from checks.types import Array, Arrays, Config

#: Said of a backward that is handed nothing of its forward.
APART = (
    "{0} is handed {1} alone: what it needs of its forward, if anything, lies outside of the pair, which is taken like "
    "an object that holds its last forward; where the forward gives (y, cache), and {0}({1}, cache) takes it, no order "
    "of calls is wrong"
)


def numpy_pair(
    name: str,
    forward: Callable[..., tuple[Array, Any]],
    backward: Callable[[Array, Any], Any],
    arguments: tuple[str, ...],
) -> Subject:
    """Subject from two NumPy functions in our own words.

    ``forward(x, [weight, bias,] **keywords)`` takes the arguments in the order of ``arguments``, those that a case
    lacks left out; ``backward(dy, saved)`` gives one array, a tuple in the same order, or a mapping with names such
    as ``dx``.
    """
    remarks: list[str] = []

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        return forward(*(arrays[argument] for argument in arguments if argument in arrays), **config)

    def pull(dy: Array, saved: object) -> Arrays:
        return by_name(backward(dy, saved), arguments, remarks)

    return Subject(name, run, pull, refusals=(), remarks=remarks)


def adapt_pair(
    forward: Callable[..., tuple[Array, Any]],
    backward: Callable[..., Any],
    arguments: tuple[str, ...],
    outputs: Outputs,
) -> Subject:
    """Subject from two NumPy functions in anyone's words: arrays and keywords go where the signature asks for them.

    Of several outputs the backward is told as many upstream gradients, in the same form, or one by one where its
    signature has a place for each.

    Raises UsageError where the signature of ``forward`` cannot be understood, or ``backward`` gives nothing back.
    """
    plan, back, alone = read(forward, arguments, "pair"), _dy_first(backward), _dy_alone(backward)
    outputs.remarks.extend([APART.format(name_of(backward), alone)] if alone else [])
    demand_given_back(plan, backward)
    order = OwnOrder(plan, arguments, outputs.remarks, backward)
    again = cache(lambda: _told_again(backward, arguments, outputs))  # read where needed: few backwards are so

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        told = Called({name: value.copy() for name, value in arrays.items()}, config)
        order.given(arrays)
        return _answer(shown, outputs, plan.call(forward, arrays, config), told)

    def pull(dy: Array, saved: Any) -> Arrays:
        match saved:
            # since NumPy 2.5 an array is matched as a sequence
            case tuple((Parted() as parted, SavedApart() as beside)):
                shown.gradients = beside.back(backward, *parted.upstream(dy))
            case tuple((Parted() as parted, inner)):
                shown.one_by_one = _takes_each(backward, parted)
                upstream = parted.upstream(dy)
                shown.gradients = backward(*upstream, inner) if shown.one_by_one else back(upstream, inner)
            case SavedApart() as beside:
                shown.gradients = beside.back(backward, dy)
            case _:
                shown.gradients = again()(dy, saved) if isinstance(saved, Called) else back(dy, saved)
        if isinstance(shown.gradients, Iterator):
            shown.one_after_another, shown.gradients = True, list(shown.gradients)
        order.look(shown.gradients)
        shown.arguments = order.arguments
        return by_name(shown.gradients, shown.arguments, outputs.remarks, shown.own)

    shown = PairSource(forward, backward, plan, order.arguments, back is not backward)
    raw = Subject(name_of(forward), run, pull, plan.limits(), stateful=bool(alone), remarks=outputs.remarks)
    found = watched(plan, raw)
    return replace(found, spelled=shown.spelled, preamble=shown)


def _answer(shown: PairSource, outputs: Outputs, result: Any, told: Called) -> tuple[Array, Any]:
    """Y, and what the backward is handed, of what a forward gave; ``shown`` is told how that came."""
    result = _y_first(shown, outputs, result, told)
    shown.spread = _gives_each(shown.backward, result)
    shown.apart = None if shown.spread else _taken_apart(shown, outputs, result, told)
    if shown.apart:
        return _one(shown, outputs, *shown.apart.beside(shown.plan, result, told))
    if not shown.spread:
        _look_how_divided(shown, outputs, result, told)
    division = shown.division
    y, saved = division.of(result) if division else _spread(result) if shown.spread else _parted(result, told)
    shown.count = 0 if isinstance(saved, Called) else 1 if shown.spread or division else len(result) - 1
    return _one(shown, outputs, y, saved)


def _y_first(shown: PairSource, outputs: Outputs, result: Any, told: Called) -> Any:
    """What a forward gave, y first; looked up once for two things.

    Raises UsageError where nobody can tell which of both is y.
    """
    if type(result) is not tuple or len(result) != USUAL:
        return result
    if shown.turned is None:
        remark = remark_if_first(shown.forward, shown.backward, result, told.arrays)
        shown.turned = bool(remark)
        outputs.remarks.extend([remark] if remark else [])
    return result[::-1] if shown.turned else result


def _one(shown: PairSource, outputs: Outputs, y: Any, saved: Any) -> tuple[Array, Any]:
    """One y of what may be several outputs, which the backward is to know of then."""
    shown.parted = Parted.of(y, outputs) if several(y) else None
    return (shown.parted.joined(), (shown.parted, saved)) if shown.parted else (y, saved)


def _form(saved: Any) -> Any:
    """What tells apart the ways in which a backward may take the one thing that was saved."""
    return tuple(saved) if isinstance(saved, dict) else len(saved) if isinstance(saved, tuple) else None


def _taken_apart(shown: PairSource, outputs: Outputs, result: Any, told: Called) -> TakenApart | None:
    """How the backward takes such a result by parts; looked up once for so many things, as signatures are slow."""
    if not isinstance(result, tuple) or not result:
        return None
    key = len(result), several(result[0]), *map(_form, result[1:2])
    if key not in shown.aparts:
        usual = TakenApart.of(shown.backward, shown.plan, result)
        called = returned_names(shown.forward)[:: -1 if shown.turned else 1]
        shown.aparts[key] = usual or taken_by_name(shown.backward, shown.plan, result, called, told, outputs.remarks)
    return shown.aparts[key]


def _look_how_divided(shown: PairSource, outputs: Outputs, result: Any, told: Called) -> None:
    """Find out once, for so many things that a forward gives, which of them the backward is told of."""
    count = len(result) if isinstance(result, tuple) else 0
    if count == shown.given:
        return
    found = divided(shown.forward, shown.backward, result, told.arrays)
    shown.given, shown.division = count, found.division
    if found.remark and found.remark not in outputs.remarks:
        outputs.remarks.append(found.remark)


def _told_again(
    backward: Callable[..., Any], arguments: tuple[str, ...], outputs: Outputs
) -> Callable[[Array, Called], Any]:
    """A backward of dy and of what its forward was called with and gave.

    Raises UsageError where it is not understood.
    """
    again = Again.of(backward, arguments)
    outputs.remarks.extend(filter(None, [again.remark()]))
    return lambda dy, called: backward(**again.told(called.arrays, called.config, dy, called.y))


def _takes_each(backward: Callable[..., Any], parted: Parted) -> bool:
    """Whether a backward takes each upstream gradient by itself, and not all at once."""
    if not isinstance(parted.y, (tuple, list)):
        return False
    try:
        required = [each for each in signature(handed(backward)).parameters.values() if each.default is each.empty]
    except (TypeError, ValueError):  # a built-in function says nothing of itself
        return False
    return len(required) == len(parted.y) + 1


def _gives_each(backward: Callable[..., Any], result: Any) -> bool:
    """Whether a forward gives several outputs and then what was saved: its backward takes as many, dh, dc and cache."""
    if not isinstance(result, tuple) or len(result) <= len(("y", "saved")):
        return False
    try:
        taken = signature(handed(backward)).parameters.values()
        names = [each.name.lower() for each in taken if each.default is each.empty]
    except (TypeError, ValueError):  # as above
        return False
    return len(names) == len(result) and all(map(is_upstream, names[:-1])) and not is_upstream(names[-1])


def _spread(result: tuple[Any, ...]) -> tuple[Any, Any]:
    return result[:-1], result[-1]


def _parted(result: Any, called: Called) -> tuple[Array, Any]:
    """Y and what was saved; where a forward gives y alone, its backward must be told the inputs, or y, again."""
    if isinstance(result, (np.ndarray, np.generic, float)):
        return np.asarray(result), replace(called, y=np.array(result))
    if not isinstance(result, (tuple, list)) or len(result) < len(("y", "saved")):
        raise TypeError(f"the forward returned {type(result).__name__}; expected (y, saved)")
    y, *saved = result
    return y, saved[0] if len(saved) == 1 else tuple(saved)


def _dy_first(backward: Callable[..., Any]) -> Callable[[Array, Any], Any]:
    """A backward that takes dy first, from one that may take what was saved first, as JAX's do."""
    try:
        names = [name.lower() for name in signature(handed(backward)).parameters]
    except (TypeError, ValueError):  # a built-in function says nothing of itself
        return backward
    if len(names) < len(("saved", "dy")) or names[1] not in UPSTREAM or names[0] in UPSTREAM:
        return backward
    return lambda dy, saved: backward(saved, dy)


def _dy_alone(backward: Callable[..., Any]) -> str:
    """The one parameter of a backward to which nothing of its forward is handed; empty where there are others.

    And where its code refers to nothing else: then it needs nothing of its forward.
    """
    if self_contained(backward):
        return ""
    try:
        every = signature(handed(backward)).parameters.values()
    except (TypeError, ValueError):  # as above
        return ""
    taken = [each for each in every if each.name not in {*NOTHING, *held_by_name(unwrap(backward))}]
    return taken[0].name if len(taken) == 1 and taken[0].kind not in VARIADIC else ""
