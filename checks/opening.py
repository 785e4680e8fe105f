"""From a question to an examination that has not seen a case yet: the subject understood, its limits known."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from time import perf_counter
from typing import Any

from checks.adapters import adapt
from checks.adapters.afresh import Afresh
from checks.adapters.at_defaults import about_own_defaults
from checks.adapters.counted import counted
from checks.adapters.derivatives import of_pointwise
from checks.adapters.laid_out import as_built, laid_out
from checks.adapters.one_layer import one_layer
from checks.adapters.own_formats import about_own_format
from checks.adapters.tensor_pair import Handed, shown_by, ways
from checks.adapters.torch_places import own_place
from checks.asking import demand
from checks.computing import Unmoved, ordinary, unmoved
from checks.errors import LostDeviceError, UsageError
from checks.examination import Examination
from checks.family import Family
from checks.isolation import Isolation
from checks.opening_of_examples import NEITHER, opened_on_examples
from checks.scope.allowed import demand_said
from checks.scope.carried_formats import demand_carried, in_carried_formats
from checks.scope.gives import giving
from checks.scope.grouped_inside import grouped_inside
from checks.scope.grouped_inside import in_words as of_groups
from checks.scope.handed import handed, of_family
from checks.scope.held_keywords import holds
from checks.scope.hidden import hidden, in_words
from checks.scope.likeness import resolve
from checks.scope.limits import Limits, limited
from checks.scope.number_for_each import number_for_each
from checks.scope.other_orders import about_order
from checks.scope.own_width import in_its_own_width
from checks.scope.probe import Probe, Remembering, probed, unprobed
from checks.scope.understood import demand_of_examples
from checks.scope.ungrouped import ungrouped
from checks.scope.worded import worded
from checks.subject import Subject
from checks.target import Named
from checks.tolerance import demand_tolerance, told


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings of a layer are not its errors, even where a test run makes them so, and none is shown a thousandfold.

    NumPy and PyTorch compute as in a fresh process: no gradients are off, no underflow raises. Afterwards they compute
    as the caller has set them.
    """
    with warnings.catch_warnings(), Unmoved({}), ordinary():
        warnings.simplefilter("ignore")
        yield


#: What may be said of a subject that is no limit of its cases.
_NO_LIMITS = frozenset({"device", "arithmetic", "layout", "gradients", "tolerance"})


def demand_known(like: str, supports: Mapping[str, Any] | None, inputs: Any, isolate: bool | Isolation) -> None:  # noqa: FBT001 - as ``examine`` takes it
    """Look at a question without its subject, which may load a framework.

    Raises UsageError where anything is not understood, or there are neither a family nor examples.
    """
    demand(like=like, supports=supports, isolate=isolate)
    if like:
        _demand_said(*resolve(like), supports or {})
    elif inputs is None:
        raise UsageError(NEITHER)
    else:
        demand_of_examples(supports or {})


def _demand_said(sheet: Family, axes: Mapping[str, Any], supports: Mapping[str, Any]) -> None:
    """Look at what is said of a layer's cases, before the layer itself is looked at.

    Raises UsageError where a limit is not understood, or no case keeps all of them.
    """
    said = {name: limit for name, limit in supports.items() if name not in _NO_LIMITS}
    demand_said(sheet, said)
    if said:
        Limits(sheet, {**axes, **said}).demand_some()


def _demand_no_inputs(inputs: Any) -> None:
    if inputs is not None:
        raise UsageError("inputs= is for a subject of no known family; with like= the family draws its own")


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
    takes = dict(supports or {})
    demand_tolerance(takes.get("tolerance", 0))
    if like:  # before the layer is looked at
        _demand_said(*resolve(like), takes)
    subject = one_layer(subject.find() if isinstance(subject, Named) else subject)
    place = _place(subject, takes, device)
    takes.pop("device", None)
    if not like:
        return _on_examples(subject, inputs, takes, place, watched, probe)
    _demand_no_inputs(inputs)
    sheet, axes = resolve(like)
    subject, said = of_pointwise(subject) if sheet.pointwise else (subject, [])
    afresh = Afresh.of(subject)
    within = {**axes, **{name: limit for name, limit in takes.items() if name not in _NO_LIMITS}}
    way = unmoved(handed, subject, sheet, within, watched, place) if probe is probed else ways(subject, place)[0]
    adapted = replace(_understood(way, sheet, takes, watched), afresh=afresh.again)
    start = _load_witnesses()
    remembering, limits, given = _asked(adapted, sheet, within, takes, probe)
    silent, made = probe is probed and not remembering.answers, partial(_counting, way, sheet, takes, watched)
    if silent and (other := number_for_each(adapted, sheet, within, made)) is not adapted:
        adapted = replace(other, afresh=afresh.again)
        remembering, limits, given = _asked(adapted, sheet, within, takes, probe)
    examination = Examination(adapted, limited(limits))
    with suppress(LostDeviceError):  # its first case will show it
        examination.remember(remembering.answers)
    own = [*said, *about_own_format(subject, takes.get("dtype")), *about_own_defaults(adapted)]
    adapted.remarks.extend([*way.remarks, *own, *told(adapted.tolerance)])
    examination.notes += adapted.remarks
    examination.promises += [*way.promises, *_promised(adapted, remembering, limits, given, probe)]
    examination.opening = perf_counter() - start
    return examination, limits


def _asked(
    adapted: Subject, sheet: Family, within: Mapping[str, Any], takes: Mapping[str, Any], probe: Probe
) -> tuple[Remembering, Limits, Mapping[str, Any]]:
    """The subject with its answers, the limits of its cases, and those that are given or hidden inside of it."""
    known, remembering = of_family(adapted.limits, sheet), Remembering.of(adapted)
    limits, given = _limits(adapted, remembering, sheet, {**known, **within, **holds(known, takes)}, probe)
    return remembering, in_carried_formats(in_its_own_width(limits, remembering, given), remembering), given


def _counting(
    way: Handed,
    sheet: Family,
    said: Mapping[str, Any],
    watched: Callable[[Subject], Subject],
    words: tuple[str, ...],
    count: int,
) -> Subject:
    """The same subject as ``_understood``, where it is handed ``count`` numbers for each of some keywords."""
    return _understood(replace(way, layer=counted(way.layer, sheet.arguments, words, count)), sheet, said, watched)


def _promised(
    adapted: Subject, remembering: Remembering, limits: Limits, given: Mapping[str, Any], probe: Probe
) -> Iterator[str]:
    """What was said of a subject and is not so, and what is to be said of it instead."""
    yield from _without_bias(limits, given)
    if probe is probed:
        yield from ungrouped(adapted, limits)
        yield from about_order(adapted, limits, remembering.answers)


def _place(subject: Any, takes: Mapping[str, Any], device: str) -> str:
    """Where a subject computes: where it is said to, or lies itself, or else on the ``device`` that is asked for."""
    place = str(takes.get("device") or (device if shown_by(subject) == "torch" else "cpu"))
    return own_place(subject) if place == "cpu" and "device" not in takes else place


def _on_examples(
    subject: Any,
    inputs: Any,
    takes: Mapping[str, Any],
    place: str,
    watched: Callable[[Subject], Subject],
    probe: Probe,
) -> tuple[Examination, Limits]:
    """An examination of a subject like no family."""
    demand_of_examples(takes)
    examination, limits = opened_on_examples(subject, inputs, takes.get("gradients"), place, watched, probe)
    examination.subject = _tolerating(examination.subject, takes)
    examination.notes += told(examination.subject.tolerance)
    return examination, limits


def _understood(way: Handed, sheet: Family, said: Mapping[str, Any], watched: Callable[[Subject], Subject]) -> Subject:
    """The subject as its owner means it: where it computes, in which layout, how it rounds, what it gives.

    Raises UsageError where a function has no parameter for the weight of its family, or nobody can hand it a format.
    """
    adapted = way.told(adapt(way.layer, sheet.arguments, device=way.place))
    if adapted.unplaced and "weight" in sheet.arguments:
        raise UsageError(adapted.unplaced)
    demand_carried(adapted, said.get("dtype"))
    layout = as_built(adapted, said.get("layout"))
    adapted = adapted if layout is None else laid_out(adapted, layout)
    adapted = _tolerating(_rounding(watched(adapted), said.get("arithmetic", "")), said)
    return giving(adapted, sheet, said.get("gradients", sheet.arguments))


def _limits(
    adapted: Subject, remembering: Subject, sheet: Family, given: Mapping[str, Any], probe: Probe
) -> tuple[Limits, Mapping[str, Any]]:
    """The limits that are given and those that calls show; and the given ones with those that are hidden in errors."""
    if probe is probed and (groups := grouped_inside(adapted, sheet, given)):
        given = {**given, **groups}
        adapted.remarks.extend(of_groups(groups))
    words = worded if probe is probed else unprobed
    given = {**given, **words(adapted, sheet, given)}
    limits = Limits(sheet, {**given, **_probed(probe, remembering, sheet, given)})
    limits = Limits(sheet, {**limits.given, **words(adapted, sheet, limits.given)})  # if it took no plain case before
    with suppress(LostDeviceError):  # its first case will show it
        if probe is probed and (inside := hidden(adapted, limits)):
            given = {**given, **inside}  # knowing this, what it takes can be told from its errors
            limits = Limits(sheet, {**given, **probed(remembering, sheet, given)})
            adapted.remarks.extend(in_words(inside))
    return limits, given


def _without_bias(limits: Limits, given: Mapping[str, Any]) -> list[str]:
    """A sentence where a layer that has a bias raised when it was given one."""
    has = "bias" in limits.family.arguments and "bias" not in given
    said = "it takes a bias, and raised with one; for one of shape (F, 1) say supports={'layout': {'bias': 'O1'}}"
    return [said] if has and limits.given.get("bias") is False else []


def _load_witnesses() -> float:
    """Load what the witnesses of a family need, once a process: it is no layer's time, which begins then."""
    with suppress(ImportError):
        import_module("torch")
    return perf_counter()


def _rounding(subject: Subject, arithmetic: str) -> Subject:
    return replace(subject, arithmetic=arithmetic) if arithmetic else subject


def _tolerating(subject: Subject, said: Mapping[str, Any]) -> Subject:
    return replace(subject, tolerance=demand_tolerance(said.get("tolerance", 0)))


def _probed(probe: Probe, subject: Subject, family: Family, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a probe finds; nothing where the subject breaks its device, which its first case will show."""
    try:
        return probe(subject, family, given)
    except LostDeviceError:
        return {}
