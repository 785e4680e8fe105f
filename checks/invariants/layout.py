"""Where an array lies in memory does not matter: order, strides, offset, alignment and write protection.

A subject that refuses a layout loudly is a hazard, not wrong: nobody trains on a wrong gradient. One exception: where
NumPy stopped it from writing to a read-only argument, it was about to do what no layer may, and is wrong. What comes of
layouts of a layer's own arrays that nobody else would give them is a hazard too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from math import prod

import numpy as np

from checks.arithmetic import OBSERVED, TF32, TF32_FORMAT
from checks.bounds import largest, nothing, plus
from checks.calling import copies
from checks.claim import Claim, Severity, unable
from checks.equality import identical
from checks.errors import SubjectError
from checks.invariants.contract import Contract, briefly, slack
from checks.invariants.flattened import CALLED, FLAT, flat
from checks.invariants.layouts import REPEATED, choice, laid_out
from checks.invariants.pulling import crash, pull
from checks.invariants.scaled_layouts import ScaledLayouts
from checks.rounding import unit_roundoff
from checks.sensitivity import moved
from checks.types import Array, Arrays, Shape
from checks.witness import Trial

#: Calls on a case with mixed layouts; which they are follows from its seed, so that a sweep tries them all.
CALLS = 2

#: Layouts of a layer's own arrays by which others ask for another format of the whole layer.
BY_FORMAT = frozenset({"channels last", "channels last and read-only"})

#: What NumPy says to those who write to a read-only array.
WRITING = ("assignment destination is read-only", "output array is read-only")


class Layout(Contract):
    """The case's own numbers, laid out in other ways."""

    law = "layout"

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Claims for y and each gradient: arrays laid out each in its own way, and in every other case of stride 0."""
        if trial.family.smooth and trial.draws:
            yield from self._unable(trial, "the layer draws random numbers, which may follow the order of memory")
            return
        trial = _by_any_algorithm(trial)
        arrays: Arrays = {**trial.case.inputs, "dy": trial.case.dy}
        rng = np.random.default_rng([trial.case.seed, 7])
        repeated = trial.family.smooth or trial.case.seed % 2
        for place in range(CALLS if trial.family.smooth or not repeated else 1):
            chosen = choice(rng, tuple(arrays))
            if place or trial.family.smooth:
                yield from self._mixed(trial, arrays, chosen)
            else:
                yield from self._first(trial, arrays)
        if repeated:
            yield from self._broadcast(trial, arrays)
        elif trial.family.pointwise and trial.case.filled:
            yield from self._flat(trial, arrays, choice(rng, tuple(arrays)))

    def _first(self, trial: Trial, arrays: Arrays) -> Iterator[Claim]:
        """In the call that the law ``scaling`` makes too, where that is to be had and shows nothing."""
        both = trial.shared(ScaledLayouts)
        yield from briefly(trial, lambda: self.same(trial, both.as_unscaled, _in_words(both.names))) or self._mixed(
            trial, arrays, both.names
        )

    def _mixed(self, trial: Trial, arrays: Arrays, names: Mapping[str, str]) -> Iterator[Claim]:
        """All at once; where that matters, also one array after another."""
        yield from briefly(trial, lambda: self._laid_out(trial, arrays, names)) or self._one_by_one(
            trial, arrays, names
        )

    def _flat(self, trial: Trial, arrays: Arrays, names: Mapping[str, str]) -> Iterator[Claim]:
        """All at once in fewer axes, as behind a dense layer, where the layer takes them."""
        axes = FLAT[trial.case.seed // 2 % len(FLAT)]
        own = {name: flat(value, axes) for name, value in _own(arrays).items()}
        placed = laid_out(own, names)
        plain = copies(own)  # before the subject writes to them
        try:
            got = pull(trial, placed).named()
        except SubjectError as error:
            with suppress(SubjectError):  # so few axes it may take in no layout
                pull(trial, plain)
                yield self._refusal(trial, error)
            return
        where = f"x and dy {CALLED[axes]}, {_in_words(names)}"
        yield from self.same(trial, {of: _unflattened(value, trial.shape_of(of)) for of, value in got.items()}, where)

    def _one_by_one(self, trial: Trial, arrays: Arrays, names: Mapping[str, str]) -> Iterator[Claim]:
        given = {name: layout for name, layout in names.items() if not _by_choice(trial, name, layout)}
        for name, layout in names.items():
            yield from self._laid_out(trial, arrays, {name: layout}, "wrong" if name in given else "hazard")
        if given:
            yield from self._laid_out(trial, arrays, given)
        if len(given) < len(names):
            yield from self._laid_out(trial, arrays, names, "hazard")

    def _laid_out(
        self, trial: Trial, arrays: Arrays, names: Mapping[str, str], severity: Severity = "wrong"
    ) -> Iterator[Claim]:
        own = _own(arrays)
        placed, where = laid_out(own, names), _in_words(names)
        if why := crash(trial, placed):
            yield from self._unable(trial, why)
            return
        try:
            yield from self.same(trial, pull(trial, placed).named(), where, severity)
        except SubjectError as error:
            yield self._refusal(trial, error)

    def _broadcast(self, trial: Trial, arrays: Arrays) -> Iterator[Claim]:
        """Arrays of stride 0, which hold one number for many entries, against the same numbers written out."""
        if not all(value.size for value in arrays.values()):
            return
        which = list(REPEATED)[trial.case.seed // 2 % len(REPEATED)]
        held = {name: _given(trial, name, value) for name, value in REPEATED[which](_own(arrays)).items()}
        if why := crash(trial, held):
            yield from self._unable(trial, why)
            return
        plain = copies(held)  # before the subject writes to them
        try:
            got = pull(trial, held).named()
        except SubjectError as error:
            yield from self._not_taken(trial, plain, which, error)
            return
        want = pull(trial, plain).named()
        same = all(identical(value, want[of]) for of, value in got.items())
        if not same and trial.family.smooth and _near_a_pole(trial, plain, want):
            yield from self._unable(trial, f"{which} of stride 0 lie near a pole of the layer, as equal rows do")
            return
        as_drawn = REPEATED[which](arrays)  # the subject may have given another shape to what it was handed
        bounds = {of: nothing(value.shape) for of, value in want.items()} if same else _largest_bounds(trial, as_drawn)
        for of, value in got.items():
            bound = 2 * bounds[of]
            how = "equal bit for bit" if same else slack(bound)
            yield Claim(self.law, of, value, want[of], bound, f"{which} of stride 0; {how}")

    def _not_taken(self, trial: Trial, plain: Arrays, which: str, error: SubjectError) -> Iterator[Claim]:
        """A refusal of arrays of stride 0, unless it is their numbers that are refused, which are ``plain`` as well."""
        try:
            pull(trial, plain)
        except SubjectError:
            yield from self._unable(trial, f"the layer does not take the numbers that are tried as {which} of stride 0")
        else:
            yield self._refusal(trial, error)

    def _unable(self, trial: Trial, why: str) -> Iterator[Claim]:
        yield from (unable(self.law, of, prod(trial.shape_of(of)), why) for of in trial.roundings)

    def _refusal(self, trial: Trial, error: SubjectError) -> Claim:
        return self.refused(trial, error, "wrong" if any(words in str(error) for words in WRITING) else "hazard")


def _by_any_algorithm(trial: Trial) -> Trial:
    """The same where another layout may be another algorithm, whose operands tensor cores cut short by default."""
    cuts = trial.subject.device != "cpu" and trial.case.dtype == TF32_FORMAT and "normal" in trial.family.kinds
    if not cuts or trial.subject.arithmetic != OBSERVED:
        return trial
    return replace(trial, subject=replace(trial.subject, arithmetic=TF32))


def _unflattened(value: Array, shape: Shape) -> Array:
    """An array in a shape that it has the numbers for, or as it is."""
    return value.reshape(shape) if value.size == prod(shape) else value


def _near_a_pole(trial: Trial, arrays: Arrays, came: Arrays) -> bool:
    """Whether what came of these numbers is rounding, or may be anything.

    It is not finite, or other numbers come, or none, where each is moved by one rounding.
    """
    rng, dtype = np.random.default_rng(73), trial.case.dtype
    beside = {name: moved(value, dtype, rng) for name, value in arrays.items()}
    try:
        apart = {of: value - came[of] for of, value in pull(trial, beside).named().items()}
    except SubjectError:
        return True
    known = all(np.all(np.isfinite(value)) for value in (*came.values(), *apart.values()))
    return not known or max(largest(apart).values()) > np.sqrt(unit_roundoff(dtype)) * max(largest(came).values())


def _in_words(names: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {layout}" for name, layout in names.items())


def _own(arrays: Arrays) -> Arrays:
    """Copies, so that a subject which writes to them changes no case: PyTorch writes to protected arrays, too."""
    own = copies(arrays)
    for name, copy in own.items():
        copy.flags.writeable = arrays[name].flags.writeable
    return own


def _given(trial: Trial, name: str, value: Array) -> Array:
    """The array as it is, or written out where it is the layer's own: nobody stretches what a layer keeps."""
    return value.copy() if name in trial.subject.own | trial.subject.moved else value


def _by_choice(trial: Trial, name: str, layout: str) -> bool:
    """Whether an array lies so only where the layer itself lays it out so."""
    return name in trial.subject.own and layout not in BY_FORMAT


def _largest_bounds(trial: Trial, arrays: Arrays) -> Arrays:
    """Largest error of each element where entries of the case were repeated."""
    wide = {name: arrays[name].astype(trial.wide) for name in trial.case.arguments}
    dy = arrays["dy"].astype(trial.wide)
    mass = trial.family.mass(wide, trial.case.config, dy).named()
    excess = {of: trial.excess(of, wide, dy) for of in mass}
    return {of: plus(trial.error(of, sums, trial.case.dtype), excess[of]) for of, sums in mass.items()}
