"""A layer of two modes is right in both: what trains is checked as it evaluates, what evaluates as it trains."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from math import prod

import numpy as np

from checks.claim import Claim, unable
from checks.compare import compare
from checks.errors import RefusedError, SubjectError, SubjectShapeError, UsageError
from checks.generators import other_seeds
from checks.layer import TRAINED
from checks.oracles.finite_difference import FiniteDifference
from checks.subject import Pull, Subject
from checks.witness import Trial, Witness, against

#: The mode of those that are to be used; a layer that was put into it may train otherwise on purpose.
LATER = "eval"

#: Said of an object that went forward in another mode before.
AFTER = "after a forward that trained on other numbers, "

#: Further calls of a mode that gave the same twice and is wrong: of few numbers the same ones may be drawn twice.
MORE = 16

#: Why nothing is said of a mode that draws numbers.
DRAWS = "two calls differ, so that no difference of two calls says anything"


class Modes(Witness):
    """The subject's other modes against the family's reference; against their own forward where nothing is claimed."""

    law = "modes"
    needs = "a layer that has modes, such as a module's train and eval, or an object's own training"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """What is said of y and each gradient in every other mode; blind where the mode gives two answers.

        A layer that trains is wrong where it is wrong in eval mode; one in eval mode is a hazard where it trains wrong.
        One that was written by hand is blind in a mode in which its backward raises: it is not meant to go back there.
        It does not say so once it has trained, where it takes what that has left: the gradient is then another's.

        Raises SubjectError where the subject raises in that mode.
        """
        for mode in (each for each in trial.subject.modes if each != TRAINED):
            for claim in self._said(trial, _in_mode(trial, mode)):
                why = f"{_said_of(mode)}{claim.why}"
                yield replace(claim, law=self.law, why=why, severity="wrong" if mode == LATER else "hazard")

    def _said(self, trial: Trial, other: Trial) -> Iterable[Claim]:
        try:
            if not _repeats(other):
                return self._unable(other, DRAWS)
        except SubjectShapeError:
            raise
        except RefusedError as error:
            return self._unable(other, str(error))
        except SubjectError as error:
            if not other.subject.stateful:
                raise
            other.subject.apply(trial.case.inputs, trial.case.config)  # its forward owes an answer in each mode
            return (*self._unable(other, f"nobody can go back there: {error}"), *self._having_trained(trial))
        claims = list(self._claims(trial, other))
        if not _broken(claims):
            return (*claims, *self._once_trained(trial, lambda trained: not _equal(trained.got, other.got)))
        return claims if all(_repeats(other) for _ in range(MORE)) else self._unable(other, DRAWS)

    def _having_trained(self, trial: Trial) -> Iterable[Claim]:
        """What is said of an object that answers once it has trained alone; nothing where it draws its numbers.

        Of what is drawn as it trains, as a mask, nobody says that it is to be gone back through as it is used.
        """
        claims = self._once_trained(trial, lambda _: True)
        return [] if _broken(claims) and _draws(trial) else claims

    def _once_trained(self, trial: Trial, asked: Callable[[Trial], bool]) -> list[Claim]:
        """What is said of an object that has trained on other numbers, where ``asked``; nothing where it raises.

        One that answers in eval mode before it has trained is to be gone back through, whatever it draws as it trains.
        """
        if TRAINED not in trial.subject.modes:
            return []
        other = _in_mode(trial, TRAINED)
        try:
            claims = list(self._claims(trial, other)) if asked(other) and _repeats(other) else []
        except SubjectError:
            return []
        return [replace(claim, why=f"{AFTER}{claim.why}") for claim in claims]

    def _claims(self, trial: Trial, other: Trial) -> Iterator[Claim]:
        try:
            return against(other, self.law, other.reference)
        except UsageError:  # nothing is claimed, so there is no reference
            return self._alike(trial, other) if _same(trial, other) else FiniteDifference().claims(other)

    def _alike(self, trial: Trial, other: Trial) -> Iterator[Claim]:
        why = "bit for bit what the other mode gives, here and on halved arguments; that one is derived"
        for of, got in other.got.named().items():
            yield Claim(self.law, of, got, trial.got.named()[of], np.zeros(got.shape), why)

    def _unable(self, other: Trial, why: str) -> Iterator[Claim]:
        return (unable(self.law, of, prod(other.shape_of(of)), why) for of in other.roundings)


def _in_mode(trial: Trial, mode: str) -> Trial:
    """The same case, asked of the subject in another mode."""
    alike = replace(trial.subject.modes[mode], arithmetic=trial.subject.arithmetic)
    return Trial(alike, trial.family.of(alike), trial.case)


def _broken(claims: Iterable[Claim]) -> bool:
    return any(compare(claim).status == "wrong" for claim in claims)


def _draws(trial: Trial) -> bool:
    """Whether the subject gives something else by some of ``MORE`` other seeds."""
    with ExitStack() as seeds:
        for _ in range(MORE):
            seeds.enter_context(other_seeds())
            if not np.array_equal(trial.subject.apply(trial.case.held, trial.case.config), trial.got.y, equal_nan=True):
                return True
    return False


def _said_of(mode: str) -> str:
    return f"in {LATER} mode: {AFTER}" if mode == TRAINED else f"in {mode} mode: "


def spoken_of(subject: Subject, why: str) -> Subject | None:
    """The subject in the mode that the reason of a claim speaks of; None where it speaks of none."""
    told = [mode for mode in subject.modes if why.startswith(_said_of(mode))]
    return subject.modes[max(told, key=lambda mode: len(_said_of(mode)))] if told else None


def _repeats(trial: Trial) -> bool:
    return _equal(trial.subject.vjp(trial.case), trial.got)


def _same(trial: Trial, other: Trial) -> bool:
    """Whether two modes give the same on the case and on its halved arguments: then one is derived for both.

    An x of zeros is halved in vain.
    """
    if not np.any(next(iter(trial.case.inputs.values()), np.ones(1))):
        return False
    half = {name: np.asarray(value / 2, value.dtype) for name, value in trial.case.inputs.items()}
    try:
        halved = [each.subject.pull(half, trial.case.config, trial.case.dy) for each in (trial, other)]
    except SubjectError:  # a layer may have a domain
        return False
    return _equal(trial.got, other.got) and _equal(*halved)


def _equal(one: Pull, other: Pull) -> bool:
    again = other.named()
    return all(np.array_equal(value, again[of], equal_nan=True) for of, value in one.named().items())
