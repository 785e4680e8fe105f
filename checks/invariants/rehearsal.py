"""A few calls of the subject, in an order that would disturb one that keeps too much; several contracts look at them.

A forward on arrays of other numbers; forward and backward on the same arrays with the case's numbers in them; then a
forward of other numbers, one of another batch size, a backward of each saved state with another dy, and the case's dy
once more on what was saved first. A subject that comes through unchanged has no more to show; where something differs
each contract makes calls of its own, which tell what it was.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import Any

import numpy as np

from checks.errors import SubjectError
from checks.invariants.contract import other
from checks.types import Arrays
from checks.witness import Trial


class Rehearsal:
    """What a subject gave on the way; made once for a trial: ``trial.shared(Rehearsal)``."""

    def __init__(self, trial: Trial) -> None:
        """Nothing is called before it is looked at."""
        self._trial = trial
        self._inputs = {name: np.array(other(value)) for name, value in trial.case.inputs.items()}
        self._dy = trial.case.dy
        self._saved: Any = None
        self._copies: Arrays = {}
        self._found: Arrays = {}

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
    def later(self) -> Arrays:
        """Gradients of a later backward on the first saved state, by name; none where there are none to be had.

        An object that holds the state of its last forward is not asked.
        """
        with suppress(SubjectError):
            return self._later() if self.given and not self._trial.subject.stateful else {}
        return {}

    def _given(self) -> Arrays:
        case, subject = self._trial.case, self._trial.subject
        subject.run_forward(self._inputs, case.config)
        for name, value in case.inputs.items():
            self._inputs[name][...] = value
        y, self._saved = subject.run_forward(self._inputs, case.config)
        as_given = y.copy()
        gradients = subject.bare_backward(self._dy, self._saved, case.arguments)
        self._copies = {"y": as_given, **{name: value.copy() for name, value in gradients.items()}}
        return {"y": y, **gradients}

    def _later(self) -> Arrays:
        case, subject = self._trial.case, self._trial.subject
        others = {name: other(value) for name, value in case.inputs.items()}
        _, saved = subject.run_forward(others, case.config)
        if self._trial.family.samplewise:
            with suppress(SubjectError):  # a subject may be made for one batch size
                subject.run_forward(one_sample_more(others), case.config)
        for each in (self._saved, saved):
            subject.run_backward(other(case.dy), each, case.arguments)
        self._found = {name: value.copy() for name, value in self.given.items()}
        return subject.run_backward(case.dy, self._saved, case.arguments)


def one_sample_more(arrays: Arrays) -> Arrays:
    """The same arguments with one more sample of x."""
    x = arrays["x"]
    return {**arrays, "x": np.resize(x, (len(x) + 1, *x.shape[1:])).astype(x.dtype)}
