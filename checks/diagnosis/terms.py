"""An element of a gradient sums a term for each output that it enters: which of them a wrong one holds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.counted import count
from checks.diagnosis.alike import LEAST, SAME
from checks.diagnosis.examples import Derived
from checks.diagnosis.jacobian import Terms, terms_of
from checks.diagnosis.upstreams import of_another_dy
from checks.types import Array, Shape
from checks.witness import Trial


def told(trial: Trial, of: str, found: Derived) -> Iterator[str]:
    """What a gradient holds of its terms, in a sentence; nothing where these are not known, or explain not all."""
    if np.count_nonzero(found.difference.wrong) < LEAST or (terms := terms_of(trial, of, found)) is None:
        return
    if not terms.right or not terms.answers.any():
        return
    may = {OWN: _own, LAST: last_alone, FIRST: first_alone, ONCE: _once}
    explain = [said for said, holds in may.items() if holds(terms)]
    if not explain and (by := _displaced(terms)):
        yield DISPLACED.format(of=of, by=list(by))
    elif not explain:
        yield from [*of_another_dy(terms, of), *([SCATTERED.format(of=of)] if _scattered(terms) else [])][:1]
    if len(explain) == 1:  # where two do nobody can tell which it is
        yield explain[0].format(of=of, such=such(terms, of, ENDS[explain[0]]) if explain[0] in ENDS else "")


def such(terms: Terms, of: str, end: int) -> str:
    """The first wrong element as an example: it holds the term of the output at one end of those that it enters."""
    number = int(np.flatnonzero(terms.found.difference.wrong)[0])
    answering = np.flatnonzero(terms.answers[number])
    output = list(map(int, np.unravel_index(answering[end], terms.dy.shape)))
    return f"{of}{list(terms.found.places[number])} holds that of dy{output} alone, of {count(len(answering), 'term')}"


OWN = (
    "each element of {of} holds the term of the output in its own place alone, and those of the other outputs that it "
    "enters are missing: the diagonal of the Jacobian alone"
)
LAST = (
    "each wrong element of {of} holds the term of the last output alone that it enters, as where it is assigned and "
    "not added (= for +=, or += of repeated indices, for which there is np.add.at): {such}"
)
FIRST = "each wrong element of {of} holds the term of the first output alone that it enters: {such}"
#: At which end of the outputs that an element enters the one stands whose term it holds.
ENDS = {LAST: -1, FIRST: 0}
DISPLACED = (
    "each element of {of} takes dy at an offset of {by} from the one output that it enters: it is shifted so far along "
    "the axes of dy"
)
SCATTERED = (
    "each element of {of} is an entry of dy, or 0, as it must be; the wrong ones hold that of another output, or of "
    "none: dy is scattered to other places"
)
ONCE = (
    "where an element of {of} enters one output several times it is counted once, as by += of repeated indices, for "
    "which there is np.add.at"
)


def _own(terms: Terms) -> bool:
    """Whether elements hold the term of the output in their own place alone, of a y of their argument's shape."""
    shape = terms.dy.shape
    if terms.found.shape != shape:
        return False
    own = np.array([np.ravel_multi_index(place, shape) for place in terms.found.places])
    return terms.hold(own[:, None] == np.arange(terms.slopes.shape[1]))


def _scattered(terms: Terms) -> bool:
    """Whether elements must take an entry of dy or nothing, no two the same one, and each holds one or nothing."""
    whole = (np.abs(terms.slopes) <= SAME) | (np.abs(terms.slopes - 1) <= SAME)
    got, (dy, times) = np.reshape(terms.found.difference.got, -1), np.unique(terms.dy, return_counts=True)
    chosen = np.all(whole) and np.all(terms.answers.sum(0) <= 1) and np.all(terms.answers.sum(1) <= 1)
    return bool(chosen and np.all(times == 1) and np.all(np.isin(got[got != 0], dy)) and got.any())


def _first(answers: Array) -> Array:
    """The first output that answers to each element."""
    return np.asarray(answers & (np.cumsum(answers, 1) == 1))


def first_alone(terms: Terms) -> bool:
    """Whether every element holds the term of the first output that it enters, and no other."""
    return terms.hold(_first(terms.answers))


def last_alone(terms: Terms) -> bool:
    """The same of the last output."""
    return terms.hold(_first(terms.answers[:, ::-1])[:, ::-1])


def _displaced(terms: Terms) -> Shape:
    """The offset from the outputs that elements enter, one each, at which all take dy instead; empty if there is none.

    Beyond dy there is nothing to take. The first wrong element says how far, if its dy is no other's.
    """
    got, shape = np.reshape(terms.found.difference.got, -1), terms.dy.shape
    if not shape or not np.all(terms.answers.sum(1) == 1):
        return ()
    outputs = np.argmax(terms.answers, 1)
    held, right = got / terms.slopes[np.arange(len(got)), outputs], np.array(np.unravel_index(outputs, shape)).T
    wrong = int(np.flatnonzero(terms.found.difference.wrong)[0])
    like = np.argwhere(np.abs(terms.dy - held[wrong]) <= SAME * np.abs(held[wrong]))
    if len(like) != 1:
        return ()
    by = like[0] - right[wrong]
    there = np.all((right + by >= 0) & (right + by < shape), 1)
    moved = np.where(there, terms.dy[tuple(np.where(there[:, None], right + by, 0).T)], 0)
    near = np.abs(held - moved) <= SAME * np.max(np.abs(terms.dy))
    return tuple(map(int, by)) if np.all(near) else ()


def _once(terms: Terms) -> bool:
    """Whether slopes are whole multiples of one of them, and elements hold it once where they are more.

    Of one output not all are alike: those of a mean over few at a border are so, which is divided by too many.
    """
    sizes = np.where(terms.answers, np.abs(terms.slopes), np.inf)
    times = np.where(terms.answers, sizes / np.min(sizes), 0)
    whole = np.abs(times - np.rint(times)) <= SAME * np.maximum(times, 1)
    fewest = np.min(times, 0, where=terms.answers, initial=np.inf)
    if not np.any((np.rint(times) > 1) & (np.rint(times) > np.rint(fewest))) or not np.all(whole):
        return False
    return terms.hold(terms.answers / np.maximum(times, 1))
