"""What is saved belongs to its own forward alone, and stays usable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import partial

import numpy as np

from checks.claim import Claim, Severity, unable
from checks.errors import SubjectError, UsageError
from checks.invariants.contract import Contract, in_short, unbroken
from checks.invariants.other_numbers import changed, moved, other, twin
from checks.invariants.rehearsal import OTHER_FORMATS, Rehearsal, one_sample_more
from checks.invariants.reordered import reordered
from checks.invariants.resettled import resettled
from checks.invariants.second_backward import cause, copy_of
from checks.subject import Subject
from checks.types import Arrays
from checks.witness import Trial

TWICE = "second backward on one saved state"
ANOTHER = "backward after forward and backward of another object of the class"
LARGER = "forward and backward after those of one sample more on the same object"
EARLIER = "backward after other calls of the same object: a new one is right"
LAST = "backward of the case's first forward once more, after every call since"
UNLIKE = "forward and backward of an object whose first forward was in "
FIRST = (
    "the same case where forward and backward of another example came first of all: what the layer keeps of the first "
    "one that it is given changes what it gives for others; keep what follows from the arguments of one call alone"
)
IN_ORDER = FIRST.replace("another example", "the same numbers in another order")
UPDATED = "the arrays of earlier calls, written to in between as training does"

#: One of so many cases is asked whether numbers, or the format, of a layer's first forward matter; another, whether the
#: order of its numbers does; a third, whether it finds an array again that an earlier backward has seen.
EVERY = 4


class SavedState(Contract):
    """Backward after other forwards; twice on one saved; on arrays used before; between calls of another object."""

    law = "saved state"

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Two to four claims for each gradient, and one for y.

        An object that holds one forward's state says so (``stateful``): to call it in another order is a hazard, as is
        a second backward that is refused, and one by a graph that its framework may use up (``used_up``).
        """
        yield from in_short(trial, partial(self._later, trial), partial(self._one_by_one, trial))
        yield from in_short(trial, partial(self._in_place, trial), partial(self._updated, trial))
        larger = list(self._after_larger(trial))
        yield from larger
        if trial.subject.sibling is not None and all(map(unbroken, larger)):
            yield from self._beside(trial, trial.subject.sibling)
        yield from self._at_last(trial)
        if trial.case.seed % EVERY == 0:
            yield from self._after_another_example(trial)
            yield from self._after_another_format(trial)
        elif trial.case.seed % EVERY == EVERY // 2:
            yield from reordered(self.law, trial)
        elif trial.case.seed % EVERY == EVERY - 1:
            yield from self._updated(trial)

    def _after_another_example(self, trial: Trial) -> Iterator[Claim]:
        """A layer that begins with other numbers of the same shapes: of another size too, or its own in another order.

        It may keep but their size, or find an array again by its sum. Nothing where it does not take them, blind where
        nobody can make it begin again.
        """
        if (afresh := trial.subject.afresh) is None:
            return
        turned = {name: twin(value) for name, value in trial.case.inputs.items()}
        for first, why in ((moved(changed(trial)), FIRST), (turned, IN_ORDER)):
            try:
                beginning = afresh()
            except SubjectError as error:
                yield unable(self.law, "y", trial.got.y.size, str(error))
                return
            yield from self._begun(trial, beginning, first, why)

    def _begun(self, trial: Trial, beginning: AbstractContextManager[None], first: Arrays, why: str) -> Iterator[Claim]:
        case, subject = trial.case, trial.subject
        with suppress(SubjectError, UsageError):
            with beginning:
                if subject.builds:
                    subject.start_anew()
                subject.pull(first, case.config, other(case.dy))
                got = subject.vjp(case).named()
            yield from self.same(trial, got, why)

    def _after_another_format(self, trial: Trial) -> Iterator[Claim]:
        """An object that begins in another format, as far as it takes one: what it keeps may be of that for good."""
        case, form = trial.case, OTHER_FORMATS.get(trial.case.dtype)
        if not form or not trial.subject.stateful or trial.subject.forget is None:
            return
        trial.subject.start_anew()
        try:
            narrow = {name: value.astype(form) for name, value in case.inputs.items()}
            trial.subject.pull(narrow, case.config, case.dy.astype(form))
        except (SubjectError, UsageError):
            return
        try:
            got = trial.subject.vjp(case).named()
        except SubjectError as error:
            yield self.refused(trial, error, "hazard")
        else:
            yield from self.same(trial, got, f"{UNLIKE}{form}")
        finally:
            trial.subject.start_anew()

    def _at_last(self, trial: Trial) -> Iterator[Claim]:
        """What the case's first forward saved, after whatever was called since."""
        subject = trial.subject
        if subject.stateful or subject.used_up or not trial.first.results or not trial.sparing:
            return
        with suppress(SubjectError):  # some refuse a second backward
            got = subject.run_backward(trial.case.dy, trial.first.saved, trial.case.arguments)
            yield from self.same(trial, got, LAST)

    def _beside(self, trial: Trial, sibling: Subject) -> Iterator[Claim]:
        """Between a forward and its backward, both of another object of the class: what each keeps is its own."""
        claims = list(self.same(trial, _with_another(trial, sibling), ANOTHER))
        if trial.sparing and not all(map(unbroken, claims)) and trial.subject.forget is not None:
            for each in (trial.subject, sibling):
                each.start_anew()  # earlier calls of these very objects may be to blame
            if all(map(unbroken, self.same(trial, _with_another(trial, sibling), ANOTHER))):
                claims = [replace(claim, why=claim.why.replace(ANOTHER, EARLIER)) for claim in claims]
        yield from claims

    def _after_larger(self, trial: Trial) -> Iterator[Claim]:
        """An object that keeps room for its largest batch may find there what that has left."""
        case, subject = trial.case, trial.subject
        if not (subject.stateful and trial.family.samplewise) or trial.slow:
            return
        larger = one_sample_more(case.inputs)  # what its own numbers leave is seldom 0
        with suppress(SubjectError):  # it may be made for one batch size
            y, saved = subject.run_forward(larger, case.config)
            subject.run_backward(np.resize(case.held_dy, y.shape), saved, case.arguments)
            yield from self.same(trial, subject.vjp(case).named(), LARGER)

    def _later(self, trial: Trial) -> Iterator[Claim]:
        for each in trial.shared(Rehearsal).later:
            yield from self.same(trial, each, f"{TWICE}, after calls on other data, of another batch size and format")

    def _in_place(self, trial: Trial) -> Iterator[Claim]:
        yield from self.same(trial, trial.shared(Rehearsal).kept, UPDATED)

    def _one_by_one(self, trial: Trial) -> Iterator[Claim]:
        yield from self._interleaved(trial, "hazard" if trial.subject.stateful else "wrong")
        yield from self._twice(trial)

    def _interleaved(self, trial: Trial, severity: Severity) -> Iterator[Claim]:
        """One forward in between, which a layer may take for the first, and another that it cannot."""
        between = [("a forward of other data", [changed(trial)])]
        if trial.family.samplewise:
            both = [changed(trial), one_sample_more(changed(trial))]
            between.append(("forwards of other data and of another batch size", both))
        for what, arrays in between:
            yield from self._after(trial, what, arrays, severity)

    def _after(self, trial: Trial, what: str, between: Iterable[Arrays], severity: Severity) -> Iterator[Claim]:
        case, run = trial.case, trial.subject.run_forward
        _, saved = run(case.inputs, case.config)
        for arrays in between:
            with suppress(SubjectError):  # a subject may be made for one batch size
                run(arrays, case.config)
        try:
            got = trial.subject.run_backward(case.dy, saved, case.arguments)
        except SubjectError as error:
            yield self.refused(trial, error, severity)
        else:
            yield from self.same(trial, got, f"backward after {what}", severity)

    def _twice(self, trial: Trial) -> Iterator[Claim]:
        case = trial.case
        _, saved = trial.subject.run_forward(case.inputs, case.config)
        kept = copy_of(saved)
        trial.subject.run_backward(other(case.dy), saved, case.arguments)
        try:
            second = trial.subject.run_backward(case.dy, saved, case.arguments)
        except SubjectError as error:
            yield self.refused(trial, error, "hazard")
        else:
            severity: Severity = "hazard" if trial.subject.used_up else "wrong"
            yield from self.same(trial, second, f"{TWICE}{cause(trial, second, kept)}", severity)

    def _updated(self, trial: Trial) -> Iterator[Claim]:
        """The very arrays of earlier calls with other numbers in them: nothing may be found again by the array."""
        case = trial.case
        held = changed(trial)
        _, before = trial.subject.run_forward(held, case.config)
        trial.subject.run_backward(other(case.dy), before, case.arguments)
        for name, value in case.inputs.items():
            held[name][...] = value
        y, saved = trial.subject.run_forward(held, case.config)
        got = {"y": y.copy(), **trial.subject.run_backward(case.dy, saved, case.arguments)}
        yield from self.same(trial, got, UPDATED)


def _with_another(trial: Trial, sibling: Subject) -> Arrays:
    """Gradients of the case where another object of the class goes forward and back before its backward."""
    case = trial.case
    _, saved = trial.subject.run_forward(case.inputs, case.config)
    _work(trial, sibling)
    return trial.subject.run_backward(case.dy, saved, case.arguments)


def _work(trial: Trial, sibling: Subject) -> None:
    """Forward and backward of another object; in every second case of one with other settings, where there is any."""
    case = trial.case
    if case.seed % 2 and not trial.slow and (resettled_case := trial.shared(resettled)) is not None:
        with suppress(SubjectError, UsageError):
            sibling.vjp(resettled_case)
            return
    sibling.pull(changed(trial), case.config, other(case.dy))
