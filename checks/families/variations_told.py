"""What is said of an example's variations: how each is called, and why what is wrong on some is a hazard."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from checks.counted import count
from checks.families.degenerate import (
    ABSENT,
    BETWEEN,
    CLOSE,
    EMPTIED,
    FILLED,
    HUDDLED,
    MIRRORED,
    NEGATIVE,
    REPEATED,
    WITHIN,
)
from checks.families.example import (
    ENLARGED,
    FAR,
    FARTHER,
    IN_NARROW,
    NEARER,
    REACH,
    SETTINGS,
    SHARED,
    SPREAD,
    TIED,
    ZEROED,
)
from checks.families.places import AGAIN, ALL_TRUE, AT_ZERO, LESS_TRUE, OTHERS, REORDERED, TWICE, TWICE_ACROSS
from checks.families.resized import (
    ALIKE,
    LONGER,
    MANY,
    MANY_CHANNELS,
    MANY_LAST,
    MANY_TOO,
    ONE_MORE,
    SHORT,
    SINGLE,
    SINGLE_FIRST,
    SINGLE_LEFT,
    SINGLE_TOO,
    STACKED,
    TURNED_ROUND,
    most,
)
from checks.families.rules import rule
from checks.families.unalike import UNALIKE, UNALIKE_TOO
from checks.families.widened import WIDENED
from checks.types import Array, Arrays

#: How each is called where a layer does not take it.
CALLED: Mapping[int, str] = {
    NEARER: "nearer to 0",
    TIED: "with ties",
    ZEROED: "with single zeros",
    FARTHER: "2, 4 or 8 times as far from 0",
    SHARED: "with numbers in common",
    SPREAD: f"with numbers all the way up to {REACH:.0f} times as far from 0",
    FAR: f"{ENLARGED:,.0f} times as far from 0",
    IN_NARROW: "in float32",
    HUDDLED: "with numbers close together",
    SETTINGS: "with other settings than the defaults",
    REPEATED: "with two rows alike and a column of one number",
    EMPTIED: "with a row of zeros",
    NEGATIVE: "with no number above 0",
    BETWEEN: "between its numbers and 0",
    MIRRORED: "on the other side of 0",
    WITHIN: "no farther from 0 than a 32nd of its numbers",
    FILLED: "with numbers where all are 0",
    ONE_MORE: "with each length one more",
    LONGER: "with each length twice as large",
    MANY: "with a first length of many",
    MANY_TOO: "with another length of many",
    MANY_CHANNELS: "with many channels",
    MANY_LAST: "with a last length of many",
    STACKED: "with an axis in front",
    SINGLE: "with a length of 1",
    SINGLE_TOO: "with another length of 1",
    SINGLE_FIRST: "with a first length of 1",
    SINGLE_LEFT: "with a further length of 1",
    SHORT: "with a short length",
    ALIKE: "with lengths that are alike",
    TURNED_ROUND: "with its lengths in the other order, the longest the shortest",
    WIDENED: "with a length of 1 made longer",
    UNALIKE: "with lengths that differ where they are alike",
    UNALIKE_TOO: "with a length of one argument that differs from that of others",
    REORDERED: "with its places in another order",
    OTHERS: "with other places",
    AGAIN: "with some places that come again",
    TWICE: "with places that come twice",
    AT_ZERO: "with the place 0",
    LESS_TRUE: "with one truth value less in each row",
    ALL_TRUE: "with all truth values true",
    TWICE_ACROSS: "with places that come twice within a row",
    **{span: f"with argument {place} all zeros" for place, span in enumerate(ABSENT, 1)},
}

#: Said of variations that a slow layer was not asked about.
UNASKED = "for want of time this slow layer was not asked whether it takes the example {}: it is not examined so"
#: The same of a layer all of whose examples are its own arrays.
OWN_LENGTHS = "it is of arrays that the layer keeps, and what it is called with is held"

#: Why an example is examined in no other lengths.
RAISES, RAISES_LATE, STRAYS, CHANGED = (
    "the layer raises",
    "the backward raises",
    "y does not follow",
    "the layer then gives another y of the example itself, or gradients of other shapes",
)
#: The same of lengths that an object notes for good in its first forward.
NOTES = "the layer then gives another y of the example itself if they come first of all"
#: Why an example is not varied so.
NO_NUMBER = "y is not finite"
DWINDLES, GROWS = "hardly anything is left of y, and what cancels is seen from nowhere", "y is many times as large"
DROWNED = "some outputs are so large that all others are lost in their rounding"

#: Said of what is not right on an example that is farther from 0, on one with a row of zeros, and on one of numbers
#: that lie close together.
OUTWARDS = (
    "with the example moved outwards, its numbers 2, 4 or 8 times as far from 0 as they were given; that is a hazard, "
    "since nobody said that the layer is meant to be right there"
)
ALL_THE_WAY = (
    f"with the numbers of the example side by side, all the way up to {REACH:.0f} times as far from 0 as they were "
    "given; that is a hazard, since nobody said that the layer is meant to be right there"
)
FAR_OUTWARDS = (
    f"with all numbers of the example {ENLARGED:,.0f} times as large as they were given; that is a hazard, since "
    "nobody said that the layer is meant to be right there"
)
DIGITS_LOST = "so far from 0 digits are lost beside large numbers, and no small part of a number tells anything"
ORDER_LOST = "so far from 0 the order of sums, which layouts change, may move results by anything"
DIGITS_CANCELLED = "digits of numbers so close together cancel, and no small part of a number tells anything"
OF_ZEROS = (
    "with the last row of each argument made 0, or the last numbers of one without rows; that is a hazard, since "
    "nobody said that the layer is meant to be right there"
)
OF_CLOSE = (
    f"with the numbers of each argument close together, no more than an {1 / CLOSE:,.0f}nd part of the largest apart; "
    "that is a hazard, since nobody said that the layer is meant to be right there"
)
#: And where an argument of zeros is none any more.
OF_FILLED = (
    "with numbers in the arguments that hold nothing but zeros, as a first state does; that is a hazard, since nobody "
    "said that the layer is meant to be right there: inputs= with other numbers says so"
)
#: And of one in another shape.
OF_LENGTHS = (
    "with an example of other lengths than were given, which the layer's forward takes; that is a hazard, since nobody "
    "said that the layer is meant to be right there: inputs= with an example of this shape says so"
)
OF_AXES = (
    "with an axis in front that the example does not have, which the layer's forward takes; that is a hazard, since "
    "nobody said that the layer is meant to be right there: inputs= with an example of so many axes says so"
)
#: And of one in a narrower format.
OF_NARROW = (
    "in float32, and the example is of float64; that is a hazard, since nobody said that the layer is meant to be "
    "right there: inputs= of float32 says so"
)
#: Said of what is not right where a place comes twice, of an example in which none does.
OF_COPIES = (
    "with places that come twice, as none does in the example; that is a hazard, since nobody said that the layer is "
    "meant to be right there"
)
#: The same of one that comes twice within a row, or along another axis.
OF_COPIES_ACROSS = (
    "with places that come twice within a row, or along another axis but the first, as none does in the example; that "
    "is a hazard, since nobody said that the layer is meant to be right there"
)
#: The same of other settings.
OF_SETTINGS = (
    "with other settings than the layer's defaults; that is a hazard, since nobody said that the layer is meant to be "
    "right there"
)
#: Said of a gradient that is NaN where an argument is all zeros.
OF_NOTHING = (
    "NaN where an argument was made all zeros; that is a hazard, since norms and deviations have no derivative there, "
    "and nobody said that the layer is meant to be right there"
)
#: The same of the place 0.
OF_ZERO = (
    "with the place 0, which the example does not have; that is a hazard, since nobody said that the layer is meant to "
    "be right there"
)
#: The same of truth values.
OF_MASKS = (
    "with one truth value less in each row that has several in the example; that is a hazard, since nobody said that "
    "the layer is meant to be right there"
)
OF_ALL_TRUE = (
    "with all truth values of the example true; that is a hazard, since nobody said that the layer is meant to be "
    "right there"
)
#: What is said of it, by what stands in ``span``.
BEYOND: Mapping[int, str] = {
    FARTHER: OUTWARDS,
    SPREAD: ALL_THE_WAY,
    FAR: FAR_OUTWARDS,
    EMPTIED: OF_ZEROS,
    HUDDLED: OF_CLOSE,
    IN_NARROW: OF_NARROW,
    FILLED: OF_FILLED,
    STACKED: OF_AXES,
    ONE_MORE: OF_LENGTHS,
    LONGER: OF_LENGTHS,
    MANY: OF_LENGTHS,
    MANY_TOO: OF_LENGTHS,
    MANY_CHANNELS: OF_LENGTHS,
    MANY_LAST: OF_LENGTHS,
    SINGLE: OF_LENGTHS,
    SINGLE_TOO: OF_LENGTHS,
    SINGLE_FIRST: OF_LENGTHS,
    SINGLE_LEFT: OF_LENGTHS,
    SHORT: OF_LENGTHS,
    ALIKE: OF_LENGTHS,
    TURNED_ROUND: OF_LENGTHS,
    WIDENED: OF_LENGTHS,
    UNALIKE: OF_LENGTHS,
    UNALIKE_TOO: OF_LENGTHS,
    TWICE: OF_COPIES,
    AT_ZERO: OF_ZERO,
    SETTINGS: OF_SETTINGS,
    LESS_TRUE: OF_MASKS,
    ALL_TRUE: OF_ALL_TRUE,
    TWICE_ACROSS: OF_COPIES_ACROSS,
}


def ruled(arrays: Arrays) -> list[str]:
    """What is said of arguments that keep a rule, by the rule: most variations leave them as they are."""
    kept = dict[str, list[str]]()
    for name, value in arrays.items():
        if found := rule(value):
            kept.setdefault(found, []).append(name)
    return [
        f"most variations of the example leave {' and '.join(names)} as given, since {why}: inputs= without that show "
        "more"
        for why, names in kept.items()
    ]


def outside(y: Array) -> list[str]:
    """What is said of an example that leaves the layer's domain."""
    off = y.size - int(np.count_nonzero(np.isfinite(y)))
    where = f"y of the example is not finite in {off:,} of {count(y.size, 'number')}, so that no derivative is known"
    return [f"{where}; inputs= within the layer's domain show more"] if off else []


def left_short(arrays: Arrays) -> str:
    """What is said of an example that is not made longer, for all the numbers that it would hold."""
    held = count(sum(value.size for value in arrays.values()), "number")
    why = f"the example holds {held}, and longer ones more than {most(arrays):,}"
    return f"no greater lengths were tried: {why}; inputs= with fewer show more"


def in_its_lengths(why: Iterable[str]) -> list[str]:
    """What is said of an example that is examined in no other lengths; nothing where there is no reason."""
    told = " or ".join(why)
    return (
        [f"the example is examined in no other lengths, since {told}: what is wrong there is not seen"] if told else []
    )


def left_of_zero(taken: Collection[Arrays]) -> list[str]:
    """What is said of arguments that lie on one side of 0 in every variation, and could lie on the other."""
    free = [name for name, value in next(iter(taken)).items() if value.dtype.kind != "c" and not rule(value)]
    ends = {name: np.concatenate([each[name].ravel() for each in taken]) for name in free}
    never = {"below": [name for name, each in ends.items() if np.any(each > 0) and not np.any(each < 0)]}
    never["above"] = [name for name, each in ends.items() if np.any(each < 0) and not np.any(each > 0)]
    return [
        f"never {side} 0 in any variation of the example, which is not: {', '.join(names)}; inputs= with numbers there "
        "show more"
        for side, names in never.items()
        if names
    ]


def left_single(places: Collection[str]) -> list[str]:
    """What is said of axes whose length is 1 in every variation."""
    return [f"of length 1 in every variation of the example: {', '.join(places)}"] if places else []
