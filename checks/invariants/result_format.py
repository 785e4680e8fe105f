"""Results come in the format of their arguments, and no digit is lost on the way by a detour through a narrower one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from checks.arithmetic import EXACT_TRANSFORM, OBSERVED, TF32, TF32_FORMAT, TRANSFORM
from checks.claim import Claim, Severity, unable
from checks.data import round_to
from checks.invariants.contract import Contract, right
from checks.narrowed import UNSEEN
from checks.rounding import DIGITS, sum_bound, whole
from checks.types import Array, Arrays, carrier, format_name, gradient_of
from checks.witness import Trial

#: Binary digits of the next narrower format that layers take detours through; the formats that have no more.
NARROWER = {"float64": 24, "float32": 11}
NARROW = {"float64": ("float32", "float16", "bfloat16"), "float32": ("float16", "bfloat16")}

#: Roundings of a detour beside those of a sum: of two operands, and of the result.
DETOUR = 3

#: One of so many cases multiplies weights and dy.
EVERY = 3

#: Why nothing is said of digits that were lost.
WRONG_ALREADY = "wrong already: of such a number a multiple is nothing to go by"


class ResultFormat(Contract):
    """The formats of y and the gradients, and integers that need more digits than a narrower format has."""

    law = "dtype"

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """One claim for the format and one for the digits of y and of each gradient."""
        for of, value in trial.got.named().items():
            yield self._format(of, value, carrier(trial.case.dtype))
        if (told := trial.family.narrowed) and (not told.alone or _hides(trial, told.of)):
            got, want = (np.array(DIGITS[dtype]) for dtype in ("float32", "float64"))
            why = f"{told.why}: binary digits of the two formats"
            yield Claim(self.law, told.of, got, want, np.zeros(()), why, seen=told.seen)
        declared_narrower = trial.arithmetic == TF32 and trial.case.dtype == TF32_FORMAT
        asked = trial.case.dtype in NARROWER and trial.case.lattice and trial.family.homogeneous
        if asked and not declared_narrower and not trial.subject.tolerance:
            yield from self._digits(trial, 2.0 ** NARROWER[trial.case.dtype] + 1)

    def _format(self, of: str, value: Array, wanted: np.dtype[Any]) -> Claim:
        """Significant binary digits of the format that came and of the one that must come.

        A wider result loses nothing, but it doubles the memory of all that follows: a hazard.
        """
        came, due = format_name(value.dtype), format_name(wanted)
        got, want = np.array(_digits(came)), np.array(_digits(due))
        seen = f"{of} came as {came}"
        why = f"{seen}, its argument is {due}: binary digits of the two formats"
        severity: Severity = "hazard" if got > want else "wrong"
        return Claim(self.law, of, got, want, np.zeros(()), why, severity=severity, seen=seen)

    def _digits(self, trial: Trial, factor: float) -> Iterator[Claim]:
        """Integers times 2**m + 1 have ones in the first and the last of m + 1 digits: m digits do not hold them.

        x and dy times c multiply y and the gradients of x by c, and those of weights by c * c; in every third case it
        is weights and dy.
        """
        grown = _grown(trial)
        multiplied = {*grown, "dy"}
        arrays = {**trial.case.inputs, "dy": trial.case.dy}
        wider = {name: value * factor if name in multiplied else value for name, value in arrays.items()}
        if trial.exact_on_integers and not all(whole(value) for value in trial.got.named().values()):
            return  # wrong already, and what was rounded does not scale exactly
        if not all(_exact(wider[name], arrays[name], factor, trial.wide) for name in multiplied & set(arrays)):
            return
        dy = wider.pop("dy").astype(carrier(trial.case.dtype))
        got = trial.subject.pull(_as(wider, trial.case.dtype), trial.case.config, dy).named()
        powers = {of: factor if of == "y" or of in map(gradient_of, grown) else factor**2 for of in got}
        want = {of: value.astype(trial.wide) * powers[of] for of, value in trial.got.named().items()}
        own = {of: 2 * trial.bound(of) * power for of, power in powers.items()}
        mass = {of: trial.mass[of] * powers[of] for of in got}
        bounds = {of: trial.error(of, mass[of], trial.case.dtype) + own[of] for of in got}
        sound = all(np.all(np.abs(got[of] - want[of]) <= bounds[of]) for of in got)
        if not sound:
            bounds = {of: bounds[of] + extra for of, extra in self._transformed(trial, wider, dy).items()}
            sound = right(trial)
        if not sound:
            bounds = {of: _of_any(bound) for of, bound in bounds.items()}
            mass = {of: np.maximum(each, np.abs(want[of])) for of, each in mass.items()}
        why = f"operands times {factor:.0f}, which needs more digits than a narrower format has"
        for of in got:
            claim = Claim(self.law, of, got[of], want[of], bounds[of], why)
            if told := _seen_in(trial, claim, {**wider, "dy": dy}, mass[of]):
                yield replace(claim, why=f"{why}; the layer{told.removeprefix('it')}", seen=told)
            else:
                yield claim if sound or _holds(claim) else unable(self.law, of, got[of].size, WRONG_ALREADY)

    def _transformed(self, trial: Trial, arrays: Arrays, dy: Array) -> Arrays:
        """What a transform would add: exact on the case's integers, it rounds these, less than any detour does.

        None where the layer says how it rounds, or where no right layer transforms.
        """
        transforms = trial.subject.arithmetic in {OBSERVED, EXACT_TRANSFORM} and trial.family.transforms
        told = replace(trial, subject=replace(trial.subject, arithmetic=TRANSFORM)) if transforms else trial
        return {of: told.excess(of, arrays, dy.astype(trial.wide)) for of in trial.roundings}


def _hides(trial: Trial, of: str) -> bool:
    """Whether a gradient that is not 0 stays as it is, bit for bit, where dy is moved by less than float32 resolves."""
    dy, got = trial.case.held_dy, trial.got.named()[of]
    if not np.all(np.isfinite(got)) or 2 * np.count_nonzero(got) <= got.size:
        return False
    moves = (round_to(dy, "float32").astype(dy.dtype), dy * (1 + UNSEEN))
    return any(
        np.array_equal(trial.subject.pull(trial.case.held, trial.case.config, moved).gradients[of], got)
        for moved in moves
        if 2 * np.count_nonzero(moved != dy) > np.count_nonzero(dy)
    )


def _of_any(bound: Array) -> Array:
    """The largest of an array's bounds: what a wrong layer gives in one place may be a sum that belongs in another."""
    return np.full_like(bound, np.max(bound, initial=0.0))


def _computes_in(narrow: str) -> str:
    return f"it computes in {narrow}"


def _seen_in(trial: Trial, claim: Claim, arrays: Arrays, mass: Array) -> str:
    """What a claim that is broken shows of the layer; empty where it holds, or no narrower format explains it.

    Its numbers all fit into that format, or are bit for bit those for arguments, or one of them, rounded to it: of a
    layer that is wrong anyway one may be lost in what is wrong.
    """
    if _holds(claim):
        return ""
    error = np.abs(claim.got - claim.want)
    for narrow in NARROW[trial.case.dtype]:
        near = sum_bound(mass, trial.roundings[claim.of] + DETOUR, narrow) + claim.bound
        with np.errstate(over="ignore"):  # what a narrower format cannot hold is infinite in it
            rounded = claim.got == round_to(claim.want, narrow)
        if not np.all(rounded | (error <= near)):
            continue
        if _fits(claim.got, narrow) or _same_rounded(trial, claim, arrays, tuple(arrays), narrow):
            return _computes_in(narrow)
        for name in _met(trial, claim.of) if right(trial) else ():
            if _same_rounded(trial, claim, arrays, (name,), narrow):
                return f"it rounds {name} to {narrow}"
    return ""


def _holds(claim: Claim) -> bool:
    return bool(np.all(np.abs(claim.got - claim.want) <= claim.bound))


def _grown(trial: Trial) -> tuple[str, ...]:
    """The arguments that are multiplied: x, or those that it is multiplied by, with all that are added."""
    along = trial.family.homogeneous
    beside = tuple(name for name in trial.case.arguments if name not in along)
    return (*(name for name in along if name != "x"), *beside) if beside and trial.case.seed % EVERY == 0 else along


def _met(trial: Trial, of: str) -> list[str]:
    """The multiplied arrays behind a result: one on which it does not depend may be rounded as one likes.

    A bias is added: no gradient depends on it.
    """
    grown = [name for name in _grown(trial) if name in trial.case.arguments]
    if of == "y":
        return grown
    return ["dy"] if of in map(gradient_of, grown) else [*(name for name in grown if name != "bias"), "dy"]


def _fits(array: Array, narrow: str) -> bool:
    return np.array_equal(round_to(array, narrow).astype(array.dtype), array)


def _same_rounded(trial: Trial, claim: Claim, arrays: Arrays, names: tuple[str, ...], narrow: str) -> bool:
    """Whether a result is the same for arguments of which some were rounded to a format."""
    kind = carrier(trial.case.dtype)
    rounded = arrays | {name: round_to(arrays[name], narrow).astype(kind) for name in names}
    dy = rounded.pop("dy")
    again = trial.subject.pull(rounded, trial.case.config, dy).named()
    return np.array_equal(again[claim.of], claim.got)


def _exact(product: Array, value: Array, factor: float, wide: str) -> bool:
    return bool(np.all(product.astype(wide) == value.astype(wide) * factor))


@cache
def _digits(form: str) -> int:
    """Significant binary digits, of both parts of a complex number; 0 for what is no floating-point format."""
    if form == "bfloat16":
        return DIGITS[form]
    dtype = np.dtype(form)
    parts = {"f": 1, "c": 2}.get(dtype.kind, 0)
    return parts * (int(np.finfo(dtype).nmant) + 1) if parts else 0


def _as(arrays: Arrays, dtype: str) -> Arrays:
    return {name: value.astype(carrier(dtype)) for name, value in arrays.items()}
