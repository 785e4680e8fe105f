"""From a question to an examination that has not seen a case yet: the subject understood, its limits known."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checks import exemplified
from checks.adapters import adapt
from checks.adapters.at_once import with_backward
from checks.adapters.by_examples import with_framework
from checks.adapters.callables import name_of
from checks.adapters.instances import instance
from checks.adapters.laid_out import laid_out
from checks.adapters.recognise import framework_of
from checks.adapters.tensor_pair import Handed, on_tensors
from checks.adapters.torch_lazy import built
from checks.asking import demand
from checks.computing import Unmoved
from checks.errors import LostDeviceError, UsageError
from checks.examination import WITNESSES, Examination
from checks.families.drawn import Drawn, first_of
from checks.families.narrow import in_its_own_format
from checks.families.unclaimed import Unclaimed
from checks.family import Family
from checks.isolation import Apart, Isolation, told
from checks.oracles.golden import GoldenDigests
from checks.scope.gives import giving, holding, without
from checks.scope.handed import handed
from checks.scope.hidden import hidden, in_words
from checks.scope.likeness import resolve
from checks.scope.limits import Limits, demand_said, limited
from checks.scope.probe import Remembering, probed, unprobed
from checks.scope.understood import demand_of_examples
from checks.strategies.examples import one_strategy
from checks.subject import Subject
from checks.target import Named
from checks.types import Array, Arrays, Config, Shape
from checks.witness import Trial

#: Laws that compare with a second source of the same family, or with what one gave.
SECOND_SOURCES = frozenset({"reference", "textbook", "torch", GoldenDigests.law})


T = TypeVar("T")

#: Finds limits that a subject shows by raising, beside those that are given.
Probe = Callable[[Subject, Family, Mapping[str, Any]], Mapping[str, Any]]


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings of a layer are not its errors, even where a test run makes them so, and none is shown a thousandfold.

    How the process computes is afterwards what it was.
    """
    with warnings.catch_warnings(), Unmoved({}):
        warnings.simplefilter("ignore")
        yield


#: What may be said of a subject that is no limit of its cases.
_NO_LIMITS = frozenset({"device", "arithmetic", "layout", "gradients"})


def demand_known(like: str, supports: Mapping[str, Any] | None, inputs: Any, isolate: bool | Isolation) -> None:  # noqa: FBT001 - as ``examine`` takes it
    """Look at a question without its subject, which may load a framework.

    Raises UsageError where anything is not understood, or there are neither a family nor examples.
    """
    demand(like=like, supports=supports, isolate=isolate)
    if like:
        _demand_said(resolve(like)[0], supports or {})
    elif inputs is None:
        raise UsageError(_NEITHER)
    else:
        demand_of_examples(supports or {})


def _demand_said(sheet: Family, supports: Mapping[str, Any]) -> None:
    demand_said(sheet, {name: limit for name, limit in supports.items() if name not in _NO_LIMITS})


#: Said of a question that tells neither what a subject claims nor what it takes.
_NEITHER = (
    "neither like= nor inputs=: say what the subject is like (like='conv2d'), or give examples of its arguments "
    "(inputs=(x, w)), or a Hypothesis strategy of such examples"
)


def opened(
    subject: Any,
    like: str,
    supports: Mapping[str, Any] | None,
    inputs: Any,
    device: str = "cpu",
    watched: Callable[[Subject], Subject] = lambda subject: subject,
    probe: Probe = probed,
) -> tuple[Examination, Limits]:
    """An examination that has not seen a case yet, and the limits of its cases.

    ``device`` moves PyTorch's subjects, unless ``supports`` names theirs. ``watched`` is put around the subject before
    its first call, ``probe`` finds out what it takes. Raises UsageError where the question is not understood,
    UnreachableError where the device is not there.
    """
    subject = subject.find() if isinstance(subject, Named) else subject
    takes = dict(supports or {})
    place = takes.pop("device", None) or (device if framework_of(subject) == "torch" else "cpu")
    if not like:
        demand_of_examples(takes)
        return _unclaimed(subject, inputs, takes.get("gradients"), place, watched, probe)
    if inputs is not None:
        raise UsageError("inputs= is for a subject of no known family; with like= the family draws its own")
    sheet, axes = resolve(like)
    _demand_said(sheet, takes)
    within = {**axes, **{name: limit for name, limit in takes.items() if name not in _NO_LIMITS}}
    way = _unmoved(handed, subject, sheet, within, watched) if probe is probed else Handed(subject)
    adapted = way.told(adapt(way.layer, sheet.arguments, device=place))
    adapted = laid_out(adapted, takes.pop("layout")) if "layout" in takes else adapted
    adapted = _rounding(watched(adapted), takes.pop("arithmetic", ""))
    adapted = giving(adapted, sheet, takes.pop("gradients", sheet.arguments))
    known = {name: limit for name, limit in adapted.limits.items() if name != "bias" or "bias" in sheet.arguments}
    given = {**known, **axes, **takes}
    _load_witnesses()
    start, remembering = perf_counter(), Remembering.of(adapted)
    limits = Limits(sheet, {**_probed(probe, remembering, sheet, given), **given})
    with suppress(LostDeviceError):  # as above
        if probe is probed and (inside := hidden(adapted, limits)):
            given |= inside  # knowing this, what it takes can be told from its errors
            limits = Limits(sheet, {**probed(remembering, sheet, given), **given})
            adapted.remarks.extend(in_words(inside))
    examination = Examination(adapted, limited(limits))
    with suppress(LostDeviceError):
        examination.remember(remembering.answers)
    adapted.remarks.extend(way.remarks)
    examination.notes += adapted.remarks
    examination.promises += _without_bias(limits, given)
    examination.opening = perf_counter() - start
    return examination, limits


def _without_bias(limits: Limits, given: Mapping[str, Any]) -> list[str]:
    """A sentence where a layer that has a bias raised when it was given one."""
    has = "bias" in limits.family.arguments and "bias" not in given
    said = "it takes a bias, and raised with one; for one of shape (F, 1) say supports={'layout': {'bias': 'O1'}}"
    return [said] if has and limits.given.get("bias") is False else []


def _load_witnesses() -> None:
    """Load what the witnesses of a family need, once a process: it is no layer's time."""
    with suppress(ImportError):
        import_module("torch")


def _rounding(subject: Subject, arithmetic: str) -> Subject:
    return replace(subject, arithmetic=arithmetic) if arithmetic else subject


def _probed(probe: Probe, subject: Subject, family: Family, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a probe finds; nothing where the subject breaks its device, which its first case will show."""
    try:
        return probe(subject, family, given)
    except LostDeviceError:
        return {}


def _unclaimed(
    subject: Any, inputs: Any, gives: Any, device: str, watched: Callable[[Subject], Subject], probe: Probe
) -> tuple[Examination, Limits]:
    if inputs is None:
        raise UsageError(_NEITHER)
    subject, inputs = instance(subject), one_strategy(inputs)
    draws = isinstance(inputs, SearchStrategy)
    subject, of_lazy = built(subject, first_of(inputs) if draws else inputs)
    subject, inputs, ungiven = holding(subject, inputs, gives) if gives is not None else (subject, inputs, {})
    example = first_of(inputs) if draws else inputs
    subject, said = _unmoved(with_backward, subject, example)
    way = _unmoved(on_tensors, with_framework(subject, example), example)
    given = exemplified.drawn if draws else exemplified.given
    sheet = without(_unmoved(given, way.layer, inputs, device, watched), ungiven, gives)
    sheet = in_its_own_format(sheet).varied() if probe is probed else sheet  # that may end the process
    sheet.subject = way.told(sheet.subject)
    sheet.subject.remarks[:0] = [*of_lazy, *said, *way.remarks]
    heard = tuple(witness for witness in WITNESSES if witness.law not in SECOND_SOURCES)
    return Examination(sheet.subject, sheet, heard, notes=list(sheet.subject.remarks)), Limits(sheet, {})


def _unmoved(step: Callable[..., T], *given: Any) -> T:
    """What a step gives that may call a layer by itself: how the process computes is then what it was."""
    with Unmoved({}):
        return step(*given)


def opened_apart(
    apart: Apart, subject: Any, like: str, supports: Mapping[str, Any] | None, inputs: Any, device: str = "cpu"
) -> tuple[Examination, Limits]:
    """The same in a process of the subject's own; what it takes is not probed where that would end the process.

    A strategy draws inputs here. Raises UsageError where the subject cannot be sent there.
    """
    name = (
        subject.text if isinstance(subject, Named) else name_of(subject[0] if isinstance(subject, tuple) else subject)
    )
    inputs = one_strategy(inputs)
    drawn = _drawn_here(instance(subject), inputs) if isinstance(inputs, SearchStrategy) else None
    sent = inputs if drawn is None else st.just(first_of(inputs))  # few strategies can travel
    ways = (partial(there, subject, like, supports, sent, device, probe) for probe in (probed, unprobed))
    examination, limits = apart.enter(name, *ways)
    if drawn is not None and isinstance(limits.family, Drawn):
        asking = _asking(apart, examination.subject, limits.family)
        limits = replace(limits, family=limits.family.of(asking).drawing(drawn))
    family = limited(limits) if like else limits.family
    return replace(examination, family=family, hearing=apart), limits


def _drawn_here(subject: Any, inputs: SearchStrategy[Any]) -> SearchStrategy[Arrays]:
    return exemplified.named(built(subject, first_of(inputs))[0], inputs)


def _asking(apart: Apart, known: Subject, family: Drawn) -> Subject:
    """What is known of a subject that is elsewhere, with a forward that tells the shape of y alone."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, None]:
        trial = Trial(known, family, family.example(arrays, (), 0))
        return np.zeros(apart.ask(trial, partial(_shape_of_y, config=config))), None

    return replace(known, forward=forward)


def _shape_of_y(trial: Trial, config: Config) -> Shape:
    return tuple(trial.subject.apply(trial.case.inputs, config).shape)


def there(
    subject: Any,
    like: str,
    supports: Mapping[str, Any] | None,
    inputs: Any,
    device: str,
    probe: Probe,
    watched: Callable[[Subject], Subject],
) -> tuple[Subject, Family, tuple[Examination, Limits]]:
    """Open a subject in its own process; what goes back holds nothing that can be called."""
    with quiet():
        examination, limits = opened(subject, like, supports, inputs, device, watched, probe)
    known = told(examination.subject)
    plain = limits.family.of(known) if isinstance(limits.family, Unclaimed) else limits.family
    whole = replace(examination, subject=known, family=plain), replace(limits, family=plain)
    return examination.subject, examination.family, whole
