"""Golden digests: what a right layer gave on integers, checked without any second source.

``gradproof record`` stores the digests (see ``checks.digest``); neither reference nor PyTorch need be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from checks.arithmetic import TRANSFORM
from checks.bounds import nothing
from checks.case import Case
from checks.claim import Claim, unable
from checks.digest import Digest, Recorded, along_axes, digest, hashes, snapped, undone
from checks.rounding import exact_limit
from checks.types import Array
from checks.witness import Trial, Witness

#: Digits of a hash that a message shows.
SHOWN = 12

#: Positions along an axis that are named one by one.
MOST_NAMED = 8

_FIRST = {"dweight": ("output channels", "input channels"), "dbias": ("output channels",)}
_SPACE = {1: ("positions",), 2: ("rows", "columns"), 3: ("planes", "rows", "columns")}


class GoldenDigests(Witness):
    """Output and gradients against recorded digests of exact integers."""

    law = "golden digests"
    needs = "digests in the corpus (gradproof record); neither reference nor PyTorch"

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        self._known = {_key(each.case): each for each in recorded}

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim for y and each gradient of a recorded case, in whichever format; none on other cases."""
        recorded = self._known.get(_key(trial.case)) if self._known else None
        if recorded is None:
            return
        why = unfit(trial, recorded)
        for of, got in trial.got.named().items():
            missing = "" if of in recorded.results else "no digest of it was recorded"
            if why or missing:
                yield unable(self.law, of, got.size, why or missing)
            else:
                slack, parts = recorded.slack(of, trial.case.dtype), trial.case.parts
                yield compared(of, snapped(got * parts, slack), recorded.results[of], parts)


def unfit(trial: Trial, recorded: Recorded) -> str:
    """Why recorded digests say nothing about a trial; empty where they do."""
    if trial.arithmetic == TRANSFORM:
        return "a transform rounds integers: no digest fits"
    if trial.case.dtype not in recorded.formats:
        limit = exact_limit(trial.case.dtype)
        return f"sums go up to {recorded.mass}; {trial.case.dtype} is exact up to {limit:g}, and rounds quotients"
    other = [name for name, found in hashes(trial.case).items() if recorded.inputs.get(name) != found]
    if other:
        return f"{', '.join(other)}: NumPy draws other numbers from this seed than when it was recorded; record again"
    return ""


def compared(of: str, got: Array, want: Digest, parts: int = 1) -> Claim:
    """The claim that a result, in parts of 1, has the recorded digest; where it has not, as exactly as sums tell."""
    own = digest(got)
    if own == want:
        kept = got / parts
        return Claim(GoldenDigests.law, of, kept, kept, nothing(got.shape), f"integers, sha256 {want.sha256[:SHOWN]}")
    found = own.sha256[:SHOWN] if own else "none (not all are integers)"
    why = f"sha256 is {found}, recorded was {want.sha256[:SHOWN]}"
    right = undone(got, want)
    if right is not None:
        mended = f"{why}; with this mended it is the same"
        return Claim(GoldenDigests.law, of, got / parts, right / parts, nothing(got.shape), mended)
    return _sums(of, got, want, why, parts)


def _sums(of: str, got: Array, want: Digest, why: str, divided: int) -> Claim:
    """The claim that the sums along every axis are the recorded ones; its places are (axis, position)."""
    parts = np.stack([got.real, got.imag], axis=-1) if np.iscomplexobj(got) else got
    with np.errstate(all="ignore"):
        own = along_axes(parts.astype(np.float64))
    flat, recorded = (np.array([n for total in sums for n in total], np.float64) for sums in (own, want.sums))
    if np.array_equal(flat, recorded):
        moved = f"{why}; the sums along every axis agree: numbers have changed places, or errors cancel"
        return Claim(GoldenDigests.law, of, np.zeros(1), np.ones(1), np.zeros(1), moved)
    places = tuple((axis, place) for axis, total in enumerate(own) for place in range(len(total)))
    differing = _where(of, own, want)
    law, bound = GoldenDigests.law, np.zeros(flat.size)
    sums = flat / divided, recorded / divided
    return Claim(law, f"sums of {of}", *sums, bound, f"{why}; {differing}", places=places)


def _where(of: str, own: list[Array], want: Digest) -> str:
    """The positions along each axis whose sums differ."""
    first = _FIRST.get(of, ("samples", "channels"))
    names = (*first, *_SPACE.get(len(own) - len(first), ()), *map("axis {}".format, range(len(own))))
    parts = [f"{name} {_named(np.asarray(a) != b)}" for name, a, b in zip(names, own, want.sums, strict=False)]
    return f"the sums differ in {'; '.join(part for part in parts if not part.endswith(' none'))}"


def _named(differs: Array) -> str:
    found = [str(place) for place in np.flatnonzero(differs)]
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return (", ".join(found[:MOST_NAMED]) + more) or "none"


def _key(case: Case) -> str:
    """The case in whichever format."""
    return str(case.but(dtype=""))
