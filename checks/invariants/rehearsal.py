"""A few calls of the subject, in an order that would disturb one that keeps too much; several contracts look at them.

A forward on arrays that look like the case's (``twin``); forward and backward of such arrays with other settings, where
there are some; forward and backward on the first arrays with the case's numbers in them. Then a forward of other
numbers, and the case's dy once more on what was saved first; a backward of half of that dy; a forward of another batch
size, in another format and without a bias; backwards of other dy, and the case's dy again. A subject that comes through
unchanged has no more to show; where something differs each contract makes calls of its own, which tell what it was; so
they do where a backward of half of dy gives what all of it gave.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property, partial
from typing import Any

import numpy as np

from checks.equality import identical
from checks.errors import SubjectError, UsageError
from checks.invariants.other_numbers import changed, other, thinned, twin
from checks.invariants.resettled import resettled
from checks.types import Arrays
from checks.witness import Trial

#: A format that most layers take beside a case's own.
OTHER_FORMATS = {"float64": "float32", "float32": "float64", "float16": "float32"}


class Rehearsal:
    """What a subject gave on the way; made once for a trial: ``trial.shared(Rehearsal)``."""

    def __init__(self, trial: Trial) -> None:
        """Nothing is called before it is looked at."""
        self._trial = trial
        self._inputs: Arrays = {}
        self._dy = trial.case.dy
        #: What was saved in the forward on the case's own numbers.
        self.saved: Any = None
        self._copies: Arrays = {}
        self._found: Arrays = {}
        #: What the subject gave with other settings before the case's numbers came; None where it was not asked.
        self.resettled: Trial | None = None

    @property
    def handed(self) -> Arrays:
        """The very arguments and dy that were handed over."""
        return {**self._inputs, "dy": self._dy}

    @cached_property
    def given(self) -> Arrays:
        """The very y and gradients that came on arrays of an earlier forward, by name; none where the subject raised.

        None either where each law is to make its own calls.
        """
        with suppress(SubjectError):
            return self._given() if self._trial.sparing else {}
        return {}

    @property
    def kept(self) -> Arrays:
        """Copies of these, as they were when they were given."""
        return self._copies if self.given else {}

    @property
    def found(self) -> Arrays:
        """Copies of these, as they were after calls on other numbers; none where no later backward was to be had."""
        return self._found if self.later else {}

    @cached_property
    def later(self) -> tuple[Arrays, ...]:
        """Gradients of later backwards on the first saved state, by name; none where there are none to be had.

        An object that holds the state of its last forward is not asked, nor is one whose gradients do not follow dy, or
        one whose graph a backward may use up.
        """
        subject = self._trial.subject
        with suppress(SubjectError):
            return self._later() if self.given and not (subject.stateful or subject.used_up) else ()
        return ()

    def _given(self) -> Arrays:
        case, subject = self._trial.case, self._trial.subject
        if self._trial.family.smooth:  # which may not take its numbers in another order
            self._inputs = changed(self._trial)
        else:
            self._inputs = {name: twin(value) for name, value in case.held.items()}
        subject.run_forward(self._inputs, case.config)
        self._resettle()
        for name, value in case.held.items():
            self._inputs[name][...] = value
        y, self.saved = subject.run_forward(self._inputs, case.config)
        as_given = y.copy()
        gradients = subject.bare_backward(self._dy, self.saved, case.arguments)
        self._copies = {"y": as_given, **{name: value.copy() for name, value in gradients.items()}}
        return {"y": y, **gradients}

    def _resettle(self) -> None:
        """Forward and backward with other settings, as far as the subject takes them; a slow one is spared them."""
        trial = self._trial
        if not trial.slow and (case := trial.shared(resettled)) is not None:
            other = Trial(trial.subject, trial.family, case)
            with suppress(SubjectError):
                _ = other.got
                self.resettled = other

    def _later(self) -> tuple[Arrays, ...]:
        case, subject = self._trial.case, self._trial.subject
        _, saved = subject.run_forward(changed(self._trial), case.config)
        back = partial(subject.run_backward, arguments=case.arguments)
        beside = back(case.dy, self.saved)
        if self._stale(back(thinned(case.held_dy), self.saved)):
            return ()
        self._run_unlike()
        back(other(case.held_dy), saved)
        back(twin(case.held_dy), self.saved)
        self._found = {name: value.copy() for name, value in self.given.items()}
        return beside, back(case.dy, self.saved)

    def _stale(self, half: Arrays) -> bool:
        """Whether some gradient of half of dy is that of all of it, bit for bit, and not 0: that of the first dy?"""
        return any(np.any(value) and identical(value, self._copies[name]) for name, value in half.items())

    def _run_unlike(self) -> None:
        """A forward of another batch size and format, and without a bias, as far as the subject takes that."""
        for each in _unlike(self._trial, changed(self._trial)):
            with suppress(SubjectError, UsageError):
                self._trial.subject.run_forward(each, self._trial.case.config)
                return


def _unlike(trial: Trial, arrays: Arrays) -> Iterator[Arrays]:
    """Other arguments for the same settings, the most unlike first; of a slow subject in the case's own format."""
    larger = one_sample_more(arrays) if trial.family.samplewise else arrays
    if (form := OTHER_FORMATS.get(trial.case.dtype)) and not trial.slow:
        narrow = {name: value.astype(form) for name, value in larger.items()}
        yield {name: value for name, value in narrow.items() if name != "bias"}
        yield narrow
    yield larger


def one_sample_more(arrays: Arrays) -> Arrays:
    """The same arguments with one more sample of x."""
    x = arrays["x"]
    return {**arrays, "x": np.resize(x, (len(x) + 1, *x.shape[1:])).astype(x.dtype)}
