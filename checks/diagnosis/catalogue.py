"""Which known mistakes give exactly what a subject gave, on every case that was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from checks.case import Case
from checks.counted import count
from checks.diagnosis.difference import differences
from checks.diagnosis.seen import Fit, Seen
from checks.errors import SubjectError, UsageError
from checks.mistakes import known
from checks.mistakes.mistake import Mistake
from checks.witness import Trial

#: Wrong cases on which mistakes are looked for that explain some of them, and how many tell a half from chance.
LOOKED_AT, FEWEST = 3, 3

#: A case of fewer numbers is held against longer ones, by so many entries along each axis: no whole blocks of 8.
FEW_NUMBERS, LONGER = 64, 11


#: A length of an array along an axis, or a keyword, and its value.
Setting: TypeAlias = tuple[str, int, str]


@dataclass(frozen=True)
class Match:
    """A known mistake that explains what was seen: bit for bit (``exact``), or within rounding.

    ``where`` is the derivation that it breaks, of the family at hand. ``only`` says on which cases alone, where there
    are others on which it must have shown; empty where it explains all.
    """

    mistake: Mistake
    of: str
    exact: bool
    where: str
    only: str = ""

    def __str__(self) -> str:
        how = "bit for bit" if self.exact else "within rounding"
        return (
            f"{self.only}{self.of} equals, {how}, what a backward gives that {self.mistake.does}; see {self.where} "
            f"[{self.mistake.name}]"
        )


def matches(trials: list[Trial], of: str, wrong: Iterable[Trial] = (), right: Iterable[Trial] = ()) -> list[Match]:
    """Known mistakes that explain ``of``, the best first: on every trial rather than on some, all gradients of it.

    The first trial must show the mistake; the others, and further ``wrong`` ones, tell apart mistakes that agree on it
    by chance. One that would have shown on trials on which ``of`` is ``right`` is no more than half of the truth.
    """
    seen, further = [Seen(trial) for trial in trials], list(_answering(wrong))
    held = [Seen(trial) for trial in right]
    smallest = min((seen[0], *further), key=lambda each: each.trial.case.sizes()).trial
    found = _told_apart(list(_everywhere([*seen, *further], of)), smallest, of)
    for place, match in enumerate(found):
        if against := sum(each.shows(match.mistake, of) for each in held):
            found[place] = replace(match, only=f"only where it is wrong, and not on {count(against, 'other case')}: ")
    return sorted(found, key=lambda match: bool(match.only)) or list(_on_most([seen[0], *further], of))


def _answering(trials: Iterable[Trial]) -> Iterator[Seen]:
    """Those on which the subject gives an answer."""
    for trial in trials:
        seen = Seen(trial)
        with suppress(SubjectError):
            seen.differences  # noqa: B018 - computed here, kept
            yield seen


def _told_apart(found: list[Match], trial: Trial, of: str) -> list[Match]:
    """Of several mistakes those that also explain the cases on which one of them is known to show; all if none does."""
    plain = trial.case.but(values={})
    rarely = {match.mistake.brought_out(plain) for match in found if len(found) > 1} - {plain}
    asked = list(_answering(Trial(trial.subject, trial.family, case) for case in rarely))
    return [match for match in found if all(each.fit(match.mistake, of) for each in asked)] or found


def _everywhere(seen: list[Seen], of: str) -> Iterator[Match]:
    """Mistakes that explain all of them: every gradient first, ``of`` alone then; exact ones first of either.

    Where rounding is coarse more than one may; on some trial they must be told from what is right.
    """
    shown = [mistake for mistake in known(seen[0].trial.family) if seen[0].shows(mistake, of)]
    for gradients in (seen[0].gradients, (of,)):
        fitting = [mistake for mistake in shown if all(_fit(each, gradients, mistake) for each in seen)]
        told = [mistake for mistake in fitting if any(each.fit(mistake, of) >= Fit.NEAR for each in seen)]
        found = [_match(seen[0], of, mistake, _fit(seen[0], gradients, mistake)) for mistake in told]
        yield from sorted(found, key=lambda match: not match.exact)
        shown = [mistake for mistake in shown if mistake not in fitting]


def _on_most(seen: list[Seen], of: str) -> Iterator[Match]:
    """Mistakes that explain ``of`` on more than half of the trials, as of a layer that makes another one too.

    Not one that fits where a length or a setting is one number, and nowhere else: that number may make it fit. Nor one
    that gives nothing but zeros where it fits, as many do.
    """
    possible = known(seen[0].trial.family)
    likely = [mistake for mistake in possible if any(_explains(each, of, mistake) for each in seen[:LOOKED_AT])]
    for mistake in likely:
        fitting = [(fit, each) for each in seen if (fit := _explains(each, of, mistake))]
        told = len(seen) >= FEWEST and 2 * len(fitting) > len(seen) and max(fit for fit, _ in fitting) >= Fit.NEAR
        cases = [each.trial.case for _, each in fitting]
        told = told and any(np.any(each.predicted(mistake).get(of, 0)) for _, each in fitting)
        if told and not _by_one_number(cases, [each.trial.case for each in seen if each.trial.case not in cases]):
            least = min(fit for fit, _ in fitting)
            yield replace(_match(seen[0], of, mistake, least), only=_of_them(len(fitting), len(seen)))


def _by_one_number(fitting: Sequence[Case], others: Sequence[Case]) -> bool:
    """Whether all of these cases have a length or a setting in common that none of the others has."""
    common = set.intersection(*map(_settings, fitting))
    return bool(others and common - set[Setting]().union(*map(_settings, others)))


def _settings(case: Case) -> set[Setting]:
    lengths = {(name, axis, str(size)) for name, shape in case.shapes.items() for axis, size in enumerate(shape)}
    return lengths | {(word, -1, str(value)) for word, value in case.config.items()}


def _of_them(fitting: int, many: int) -> str:
    """On which cases a mistake fits that explains not all that was seen: other numbers of a case were looked at too."""
    if fitting == many:
        return f"on all of {count(many, 'wrong case')}, but not on other numbers of the shapes of one: "
    return f"on {fitting} of {count(many, 'wrong case')}, not on all: "


def _explains(seen: Seen, of: str, mistake: Mistake) -> Fit:
    return seen.fit(mistake, of) if of in seen.gradients and seen.shows(mistake, of) else Fit.NONE


def _match(seen: Seen, of: str, mistake: Mistake, fit: Fit) -> Match:
    return Match(mistake, of, fit is Fit.EXACT, mistake.where_for(seen.trial.family))


def _fit(seen: Seen, gradients: tuple[str, ...], mistake: Mistake) -> Fit:
    """How well a mistake explains several gradients of a trial, as far as it has them: a case may have no bias."""
    given = (name for name in gradients if name in seen.gradients)
    return min((seen.fit(mistake, name) for name in given), default=Fit.EXACT)


def near_twins(trial: Trial) -> Iterator[Trial]:
    """The same layer on other numbers, for telling apart mistakes that agree by chance: on more, where it has few."""
    for further in (1, 2):
        yield replace(trial, case=trial.case.but(seed=trial.case.seed + further, values={}))
        if trial.case.sizes() < FEW_NUMBERS:
            yield from _longer(trial, trial.case.seed + further)


def _longer(trial: Trial, seed: int) -> Iterator[Trial]:
    """The same layer on a longer x, where the subject takes it: one element may fit mistakes that have little alike."""
    case = trial.case
    shapes = {name: case.shapes[name] for name in case.arguments}
    shapes["x"] = (*shapes["x"][:2], *(size + LONGER for size in shapes["x"][2:]))
    with suppress(SubjectError, UsageError):
        longer = replace(trial, case=trial.family.case_of(shapes, case.config, case.dtype, case.data, seed))
        differences(longer)
        yield longer
