"""Limits that a family can understand, looked at before any work."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from checks.errors import LimitError, UsageError
from checks.nearest import nearest
from checks.scope.formats import DTYPES, formats
from checks.scope.groupings import GROUPINGS, words

#: What may be said of a layer of no family.
OF_EXAMPLES = frozenset({"device", "gradients", "tolerance"})


def demand(family: str, given: Mapping[str, Any], limits: tuple[str, ...], own: tuple[str, ...]) -> None:
    """Look at the limits that are given to a family; its ``own`` are those that make a difference to it.

    Raises UsageError where one is not known, or its value cannot be understood.
    """
    _demand_zeros(family, given.get("padding_mode", "zeros"))
    known = {*limits, *own}
    for name in given:
        if name not in known:
            found = nearest(name, own)
            expected = f"did you mean {', '.join(found)}?" if found else f"expected some of {', '.join(own)}"
            raise LimitError(f"{name!r}, which {family} does not know; {expected}")
    _demand_words(words(given.get("groups")))
    _demand_square(given.get("square", False), known, own)
    formats(given.get("dtype", DTYPES))


def demand_of_examples(given: Iterable[str]) -> None:
    """Look at the limits that are given beside examples, which are examined as they are.

    Raises UsageError where one says anything of the cases of a family.
    """
    if strange := sorted(set(given) - OF_EXAMPLES):
        *others, last = sorted(OF_EXAMPLES)
        raise LimitError(
            f"{strange[0]!r}, which says nothing of examples; expected {', '.join(others)} or {last} "
            "beside inputs=, or like= instead, whose family draws the cases"
        )


def _demand_zeros(family: str, mode: Any) -> None:
    if mode != "zeros":
        raise UsageError(
            f"the layer pads with padding_mode={mode!r} and {family} pads with zeros; expected a layer "
            "with padding_mode='zeros' or padding=0; without like=, inputs=(x, ...) examines it as it is"
        )


def _demand_words(said: list[str]) -> None:
    if strange := [word for word in said if word not in GROUPINGS]:
        raise LimitError(
            f"groups={strange[0]!r:.80}; expected numbers of groups, or some of the words "
            f"{', '.join(GROUPINGS)}; depthwise: each channel of x is a group with one channel of y, all: with several"
        )


def _demand_square(square: Any, known: Collection[str], words: tuple[str, ...]) -> None:
    named = [square] if isinstance(square, str) else square
    if isinstance(named, bool) or (isinstance(named, Collection) and set(named) <= set(known)):
        return
    raise LimitError(
        f"square={square!r:.80}; expected True, False, or those keywords that are one number for all "
        f"axes, of {', '.join(words)}"
    )
