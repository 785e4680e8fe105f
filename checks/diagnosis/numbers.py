"""Patterns in *how* a gradient is wrong: a constant factor, an offset, a sign, another arrangement of the right one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np

from checks.case import Case
from checks.counted import count
from checks.diagnosis.alike import LEAST, SAME, several
from checks.diagnosis.along import along
from checks.diagnosis.arranged import arranged
from checks.diagnosis.difference import Difference
from checks.diagnosis.digits import digits, overflown
from checks.diagnosis.gathered import gathered
from checks.families.unclaimed import Unclaimed
from checks.rounding import unit_roundoff
from checks.types import Array, gradient_of

#: One result on further cases on which it is wrong.
Others: TypeAlias = Sequence[tuple[Difference, Case]]

#: Quantities of a case that a factor may equal and be told by: where more do it is a number that many things have.
MOST_MEANINGS = 2

#: By how many roundings of itself a number may be off that is another times a length.
LAST_DIGITS = 8

#: How many times as large as rounding what was added must be somewhere for it to be told.
BEYOND = 10

#: How a sentence begins that says how far off numbers of one case are: those of another may be farther off.
SLIGHTLY = "every wrong element is off by at most"


def numbers(difference: Difference, case: Case, others: Others = ()) -> Iterator[str]:
    """Sentences about the wrong numbers, the most telling first.

    A factor is told that ``others``, further cases on which the same result is wrong, have as well, or have by the same
    quantity of theirs.
    """
    if said := at_sight(difference.of, difference.got):
        yield said
        yield from (*overflown(difference), *digits(difference, case))
        return
    whole = list(gathered(difference)) or list(ratios(difference, case, others)) or list(along(difference, case))
    yield from whole
    yield from list(_passed_on(difference, case)) or _added(difference, case)
    yield from (f"{difference.of} equals {words}" for words in arranged(difference))


def at_sight(of: str, got: Array) -> str:
    """What is said of a gradient as a whole, whatever it must be; empty where it holds numbers like any other."""
    if not np.isfinite(got).all():
        return f"NaN or infinite: {count(int(np.count_nonzero(~np.isfinite(got))), 'element')} of {of}"
    return "" if got.any() else f"{of} is zero everywhere"


def ratios(difference: Difference, case: Case, others: Others = ()) -> Iterator[str]:
    """What wrong numbers are beside the right ones of the same elements: that is told of some elements as of all.

    See ``numbers``.
    """
    if said := _outranked(difference, case):
        yield said
    elif not difference.got[difference.wrong].any():
        yield "every wrong element is 0: terms are missing"
    yield from _clipped(difference)
    yield from digits(difference, case)
    yield from _of_one(difference, case) or _factor(difference, case, others)
    yield from _offset(difference, case)


def by_design(difference: Difference, case: Case) -> Iterator[str]:
    """How a layer says that it gives a gradient to nobody, where that one is zero everywhere."""
    of, others = difference.of, [name for name in case.arguments if gradient_of(name) != difference.of]
    if of != "y" and others and not difference.got.any():
        yield f"a layer that gives no {of} by design says so: supports={{'gradients': {others}}}"


def _outranked(difference: Difference, case: Case) -> str:
    """One number in place of smaller ones of x, which had to be chosen; empty where it is anything else."""
    got, want = difference.got[difference.wrong], difference.want[difference.wrong]
    if difference.of != "y" or not several(want) or np.any(got != got[0]) or not np.all(want < got[0]):
        return ""
    if not np.isin(want, case.array("x")).all():
        return ""
    least = f"{got[0]:.6g}"
    return (
        f"every wrong element is {least}, where a smaller number of x must win: as if padding held it, or a maximum "
        "began with it, in place of -inf"
    )


def _clipped(difference: Difference) -> Iterator[str]:
    """One magnitude in place of all that are larger, and of none that is smaller.

    Of both signs, or beside several that are smaller: one number in place of all is no bound.
    """
    came, want = difference.got[difference.wrong], np.abs(difference.want)
    if not several(want[difference.wrong]) or not came[0]:
        return
    bound, beside = abs(came[0]), want[~difference.wrong & (want > 0)]
    told = np.any(came != came[0]) or several(beside)
    if told and np.all(np.abs(came) == bound) and np.all((want > bound) == difference.wrong):
        yield f"every element beyond {bound:.6g} in magnitude comes as {bound:.6g}: clipped"


def _factor(difference: Difference, case: Case, others: Others) -> Iterator[str]:
    """A constant ratio of got to want over the wrong elements, and what it may be."""
    factor = _ratio(difference)
    if not factor:
        return
    if abs(factor - 1) < SAME:
        wrong = difference.wrong & (difference.want != 0)
        yield _slight(difference.got[wrong] / difference.want[wrong], factor)
        return
    meanings = _meant(difference, case, factor)
    for other, of_other in others:
        meanings = [name for name in meanings if name in _meant(other, of_other, _ratio(other))]
    same = all(abs(_ratio(other) / factor - 1) < SAME for other, _ in others)
    if not several(difference.want[difference.wrong]) or not (same or meanings):
        return
    if abs(factor + 1) < SAME:
        yield "every wrong element has the wrong sign"
        return
    told = meanings if len(meanings) <= MOST_MEANINGS else []
    yield f"every wrong element is {factor:.6g} times the right one" + "".join(f" = {name}" for name in told)


def _of_one(difference: Difference, case: Case) -> list[str]:
    """A gradient of one number, as that of a slope, where nothing else is known: a length to the last digit, or none.

    Of a whole number there are ratios by chance.
    """
    if case.family != Unclaimed.name or difference.want.size != 1 or not np.all(difference.want % 1):
        return []
    of, got, want = difference.of, difference.got.item(), difference.want.item()
    near = difference.bound.item() + LAST_DIGITS * unit_roundoff(case.dtype) * abs(got)
    meant = [name for name, value in _quantities(case).items() if value != 1 and abs(got - value * want) <= near]
    told = "".join(f" = {name}" for name in meant) if len(meant) <= MOST_MEANINGS else ""
    return [f"{of} is {got / want:.6g} times what it must be{told}"] if meant else []


def _ratio(difference: Difference) -> float:
    """How many times the right number each wrong one is; 0 where that is another for another element."""
    wrong = difference.wrong & (difference.want != 0)
    if not wrong.any() or (difference.wrong & (difference.want == 0)).any():
        return 0.0
    ratios = difference.got[wrong] / difference.want[wrong]
    factor = float(np.median(ratios))
    return factor if np.max(np.abs(ratios - factor)) <= SAME * abs(factor) else 0.0


def _meant(difference: Difference, case: Case, factor: float) -> list[str]:
    """The quantities of a case that a factor may be."""
    return [name for name, value in _meanings(difference, case) if value != 1 and abs(factor / value - 1) < SAME]


def _slight(ratios: Array, factor: float) -> str:
    """What is nearly right: a factor next to 1, or another one for each element."""
    if ratios.size >= LEAST and np.max(np.abs(ratios - factor)) < SAME * abs(factor - 1):
        return f"every wrong element is the right one times 1 {'+' if factor > 1 else '-'} {abs(factor - 1):.3g}"
    most = float(np.max(np.abs(ratios - 1)))
    return f"{SLIGHTLY} {most:.1e} of itself"


def _meanings(difference: Difference, case: Case) -> Iterable[tuple[str, float]]:
    """What a factor may be; of a layer of which nothing is known nothing where it is missing in some elements alone.

    A length by which people divide is that of all of them: in some of them it is another number by chance.
    """
    some = bool(np.any(~difference.wrong & (difference.want != 0)))
    return () if some and case.family == Unclaimed.name else _quantities(case).items()


def _quantities(case: Case) -> dict[str, float]:
    """Numbers of a case by which people multiply or divide, with their reciprocals."""
    found = _lengths(case) if case.family == Unclaimed.name else _settings(case)
    whole = {name: float(value) for name, value in found.items() if value}
    return whole | {f"1/{name}" if " " not in name else f"1/({name})": 1 / value for name, value in whole.items()}


def _lengths(case: Case) -> dict[str, float]:
    """Of a layer of which nothing is known: how long its arrays are, along each axis and in all."""
    axes = {
        f"length of {name}'s axis {axis}": size
        for name, shape in case.shapes.items()
        for axis, size in enumerate(shape)
    }
    return {**axes, **{f"entries of {name}": prod(shape) for name, shape in case.shapes.items()}}


def _settings(case: Case) -> dict[str, float]:
    shapes, axes = case.shapes, len(case.shapes["x"]) - 2
    found: dict[str, float] = {"N": shapes["x"][0], "C": shapes["x"][1], "outputs": prod(shapes["dy"][2:])}
    found |= {"N * outputs": found["N"] * found["outputs"], "entries of dy": prod(shapes["dy"])}
    kernel = shapes["weight"][2:] if "weight" in shapes else _each(case.config.get("kernel_size", 1), axes)
    found |= {"window": prod(kernel), "stride": prod(_each(case.config.get("stride") or kernel, axes))}
    found |= {
        "groups": case.config.get("groups", 1),
        "divisor_override": case.config.get("divisor_override") or 1,
    }
    return found


def _each(value: Any, axes: int) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes


def _offset(difference: Difference, case: Case) -> Iterator[str]:
    wrong, want = difference.wrong, difference.want
    gap = difference.got[wrong].astype(want.dtype) - want[wrong]
    middle = float(np.median(gap)) if gap.size else 0.0
    if middle and several(want[wrong]) and np.max(np.abs(gap - middle)) <= SAME * abs(middle):
        times = middle / float(case.dy.item()) if case.dy.size == 1 and case.dy.any() else None
        meaning = f" = {times:.6g} times dy" if times else ""
        yield f"every {'' if wrong.all() else 'wrong '}element is off by {middle:.6g}{meaning}"


def _passed_on(difference: Difference, case: Case) -> Iterator[str]:
    """The upstream gradient itself, or as much of it as there is."""
    dy, got = case.dy, difference.got
    if got.shape == dy.shape and several(dy.reshape(-1)) and np.array_equal(got, dy):
        yield f"{difference.of} equals dy: it is passed on as it came"


def _added(difference: Difference, case: Case) -> Iterator[str]:
    """A multiple of an array of the case in every element, as weight decay adds one of the weight."""
    gap = difference.got.astype(difference.want.dtype) - difference.want
    rounded = difference.bound + 2 * unit_roundoff(case.dtype) * np.abs(difference.got)
    for name in (*case.arguments, "dy"):
        if case.shapes[name] != gap.shape or not several(part := case.array(name).astype(gap.dtype)):
            continue
        factor = np.sum(part * gap) / np.sum(part * part)
        telling = np.max(np.abs(gap)) > BEYOND * np.max(rounded)
        if telling and np.all(np.abs(gap - factor * part) <= SAME * np.abs(factor * part) + rounded):
            yield f"{difference.of} is the right one plus {factor:.6g} times {name}"
