"""Pairs of a loss: a backward that is told the labels of its forward again, beside dy or without one.

``backward(dy, saved, labels)``, ``backward(saved, labels)``, ``backward(pred, labels)`` where nothing is saved; or
``backward(saved)`` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from checks.adapters.backward_order import is_upstream
from checks.adapters.callables import held_by_name, name_of
from checks.adapters.derivatives import of_derivative
from checks.adapters.gradients import by_name
from checks.adapters.methods import told_parameters
from checks.adapters.outputs import Every
from checks.adapters.pair_preamble import PairSource
from checks.adapters.partials import Holding, OfOne
from checks.adapters.recognise import adapt
from checks.adapters.told_labels import LABELS, meant, needed
from checks.errors import GradproofError
from checks.refusals import RAISED
from checks.types import gradient_of

#: A forward and its backward.
Pair = tuple[Callable[..., Any], Callable[..., Any]]


def told_pair(pair: Any, given: Mapping[str, Any], remarks: list[str]) -> tuple[Any, list[str]]:
    """A pair of a loss that has its labels, and their names; any other pair as it is.

    ``remarks`` is told how its backward is called.
    """
    forward, backward = pair
    later = {**held_by_name(forward), **dict(list(given.items())[1:])}
    asked = needed(backward)
    told = {name: label for name, label in meant(asked, list(later)) if label.lower() in LABELS}
    if not told:
        found = _of_what_was_saved(pair, asked, given, remarks)
        return (of_derivative(pair, given, remarks) if found is pair else found), []
    names = [label for label in told.values() if label in given]
    values = {name: later[label] for name, label in told.items()}
    ahead = Holding(forward, **{name: given[name] for name in names}) if names else forward
    others = [name for name in asked if name not in told]
    for back in _backwards(backward, others, values):
        if _fits((ahead, back), given, names):
            remarks.append(_remark(back, others, list(told)))
            return (ahead, back), names
    return pair, []


def _of_what_was_saved(pair: Pair, asked: list[str], given: Mapping[str, Any], remarks: list[str]) -> Pair:
    """A pair of a loss whose backward takes what was saved alone, as one that takes dy, too; any other as it is."""
    forward, backward = pair
    if len(asked) != 1 or is_upstream(asked[0].lower()) or len(told_parameters(backward) or ()) > 1:
        return pair
    found = forward, OfOne(backward)
    if not _saves(forward, given) or not _fits(found, given, []):
        return pair
    remarks.append(
        f"{name_of(backward)} is handed {asked[0]} alone, which the forward saved: its gradients are taken to be those "
        "for dy = 1"
    )
    return found


def _saves(forward: Callable[..., Any], given: Mapping[str, Any]) -> bool:
    """Whether a forward gives something beside y."""
    try:
        return isinstance(forward(**{name: np.array(value) for name, value in given.items()}), (tuple, list))
    except RAISED:
        return False


def _backwards(backward: Callable[..., Any], others: list[str], values: Mapping[str, Any]) -> Iterator[Holding]:
    """Backwards that have the labels, and take no dy, where none has its name, or take it."""
    if not any(is_upstream(name.lower()) for name in others):
        yield OfOne(backward, **values)
    yield Holding(backward, **values)


def _fits(pair: Pair, given: Mapping[str, Any], labels: list[str]) -> bool:
    """Whether y is a single number, and the first argument has a gradient, and the labels have none."""
    rest = {name: np.asarray(value) for name, value in given.items() if name not in labels}
    try:
        subject = adapt(pair, tuple(rest), outputs=Every())
        with np.errstate(all="ignore"):
            y, saved = subject.run_forward({name: value.copy() for name, value in rest.items()}, {})
            found = subject.backward(np.ones_like(y), saved)
    except (*RAISED, GradproofError):
        return False
    came = subject.preamble.gradients if isinstance(subject.preamble, PairSource) else None
    every = by_name(came, tuple(given))
    of_labels = any(gradient_of(name) in every for name in labels)
    first, value = next(iter(rest.items()))
    return np.size(y) == 1 and not of_labels and getattr(found.get(gradient_of(first)), "shape", None) == value.shape


def _remark(back: Holding, others: list[str], told: list[str]) -> str:
    call = f"{name_of(back)}({', '.join([*others, *told])})"
    without = ", and its gradients are taken to be those for dy = 1" * isinstance(back, OfOne)
    return f"called with what the forward was given: {call}, {', '.join(told)} as the forward was given{without}"
