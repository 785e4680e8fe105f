"""Opening a subject of no known family on examples of its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Any

from hypothesis.strategies import SearchStrategy

from checks import exemplified
from checks.adapters.afresh import Afresh
from checks.adapters.at_once import with_backward
from checks.adapters.by_examples import with_framework
from checks.adapters.first_alone import with_first_output
from checks.adapters.held_leaves import SAID, held_leaves
from checks.adapters.instances import instance
from checks.adapters.left_constant import with_numbers
from checks.adapters.one_array import of_one_array
from checks.adapters.one_format import in_one_format
from checks.adapters.rest import with_named_rest
from checks.adapters.tensor_pair import on_tensors
from checks.adapters.torch_lazy import built
from checks.adapters.torch_places import on_the_cpu, place_of
from checks.calling import OfState
from checks.computing import unmoved
from checks.errors import SeveralFormatsError, UsageError
from checks.examination import WITNESSES, Examination
from checks.families.drawn import first_of
from checks.families.narrow import as_in_its_process, in_its_own_format
from checks.invariants.repetition import Repetition
from checks.oracles.golden import GoldenDigests
from checks.patience import Patience
from checks.scope.gives import holding, without
from checks.scope.limits import Limits
from checks.scope.probe import Probe, probed
from checks.strategies.examples import one_strategy
from checks.subject import Subject
from checks.witness import Witness

#: Laws that compare with a second source of the same family, or with what one gave.
SECOND_SOURCES = frozenset({"reference", "textbook", "torch", GoldenDigests.law})

#: Said of a question that tells neither what a subject claims nor what it takes.
NEITHER = (
    "neither like= nor inputs=: say what the subject is like (like='conv2d'), or give examples of its arguments "
    "(inputs=(x, w)), or a Hypothesis strategy of such examples"
)


def opened_on_examples(
    subject: Any, inputs: Any, gives: Any, device: str, watched: Callable[[Subject], Subject], probe: Probe
) -> tuple[Examination, Limits]:
    """An examination that has not seen a case yet; ``gives`` names arguments whose gradients alone the subject gives.

    Raises UsageError where there are no examples, or they are not understood.
    """
    if inputs is None:
        raise UsageError(NEITHER)
    subject, inputs = instance(subject), one_strategy(inputs)
    try:
        return _opened(subject, inputs, gives, device, watched, probe)
    except SeveralFormatsError:
        if isinstance(inputs, SearchStrategy):
            raise
        inputs, said = in_one_format(inputs)
    examination, limits = _opened(subject, inputs, gives, device, watched, probe)
    examination.notes.insert(0, said)
    return examination, limits


def _opened(
    subject: Any, inputs: Any, gives: Any, device: str, watched: Callable[[Subject], Subject], probe: Probe
) -> tuple[Examination, Limits]:
    """The same of an instance, and examples of one format: SeveralFormatsError is raised for others."""
    draws = isinstance(inputs, SearchStrategy)
    subject, inputs = (subject, inputs) if draws else with_named_rest(subject, inputs)
    device = place_of(first_of(inputs) if draws else inputs, device)
    inputs = inputs.map(on_the_cpu) if draws and device != "cpu" else on_the_cpu(inputs)
    subject, of_lazy = built(subject, first_of(inputs) if draws else inputs)
    subject, of_constants = with_numbers(subject, first_of(inputs) if draws else inputs)
    subject, afresh, of_outputs = _counted(subject, first_of(inputs) if draws else inputs)
    subject, inputs, ungiven = holding(subject, inputs, gives) if gives is not None else (subject, inputs, {})
    example = first_of(inputs) if draws else inputs
    held = held_leaves(subject)
    subject, said = unmoved(with_backward, subject, example)
    way = unmoved(on_tensors, with_framework(subject, example), example, device)
    given = exemplified.drawn if draws else exemplified.given
    sheet = without(unmoved(given, way.layer, inputs, way.place, watched), ungiven, gives)
    sheet.unexamined = (*sheet.unexamined, *held)
    start = perf_counter()
    patience = Patience(again=str)  # as long as no call is known
    if probe is probed:  # that may end the process
        sheet = in_its_own_format(as_in_its_process(sheet, way.told(sheet.subject).usual), patience).varied(patience)
    took = perf_counter() - start
    sheet.subject = replace(way.told(sheet.subject), afresh=afresh.again)
    sheet.subject.remarks[:0] = [
        *(*of_lazy, *of_outputs, *of_constants, *of_one_array(example), *said, *way.remarks),
        *([SAID.format(", ".join(held))] if held else []),
    ]
    heard = _heard(sheet.subject)
    opened = Examination(sheet.subject, sheet, heard, notes=list(sheet.subject.remarks), promises=way.promises)
    opened.opening = took
    return opened, Limits(sheet, {})


def _counted(subject: Any, example: Any) -> tuple[Any, Afresh, list[str]]:
    """A layer of which those outputs count that its backward goes back from, as it was before its first call."""
    afresh = Afresh.of(subject)
    found, said = unmoved(with_first_output, subject, example)
    return (subject, afresh, said) if found is subject else (found, Afresh.of(found), said)


def _heard(subject: Subject) -> tuple[Witness, ...]:
    """The witnesses that need no family; of a layer that carries a state along first the one that calls it again.

    What others then find wrong may follow from that alone, and in a short time some are never asked.
    """
    every = (witness for witness in WITNESSES if witness.law not in SECOND_SOURCES)
    carries = any(isinstance(said, OfState) for said in subject.remarks)
    return tuple(sorted(every, key=lambda witness: carries and witness.law != Repetition.law))
