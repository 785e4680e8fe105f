"""From a question to an examination that has not seen a case yet: the subject understood, its limits known."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any

from hypothesis.strategies import SearchStrategy

from checks.adapters import adapt
from checks.adapters.callables import name_of
from checks.adapters.given import named_inputs
from checks.adapters.recognise import framework_of
from checks.errors import LostDeviceError, UsageError
from checks.examination import WITNESSES, Examination
from checks.families.drawn import Drawn, first_of
from checks.families.unclaimed import Unclaimed
from checks.family import Family
from checks.isolation import Apart, told
from checks.oracles.golden import GoldenDigests
from checks.scope.likeness import resolve
from checks.scope.limits import Limits, limited
from checks.scope.probe import Remembering, probed, unprobed
from checks.subject import Subject
from checks.target import Named

#: Laws that compare with a second source of the same family, or with what one gave.
SECOND_SOURCES = frozenset({"reference", "textbook", "torch", GoldenDigests.law})


#: Finds limits that a subject shows by raising, beside those that are given.
Probe = Callable[[Subject, Family, Mapping[str, Any]], Mapping[str, Any]]


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings of a layer are not its errors, even where a test run makes them so, and none is shown a thousandfold."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


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
        return _unclaimed(subject, inputs, place, watched)
    if inputs is not None:
        raise UsageError("inputs= is for a subject of no known family; with like= the family draws its own")
    sheet, axes = resolve(like)
    adapted = _rounding(watched(adapt(subject, sheet.arguments, device=place)), takes.pop("arithmetic", ""))
    known = {name: limit for name, limit in adapted.limits.items() if name != "bias" or "bias" in sheet.arguments}
    given = {**known, **axes, **takes}
    remembering = Remembering.of(adapted)
    limits = Limits(sheet, {**_probed(probe, remembering, sheet, given), **given})
    examination = Examination(adapted, limited(limits))
    with suppress(LostDeviceError):  # as above
        examination.remember(remembering.answers)
    return examination, limits


def _rounding(subject: Subject, arithmetic: str) -> Subject:
    return replace(subject, arithmetic=arithmetic) if arithmetic else subject


def _probed(probe: Probe, subject: Subject, family: Family, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a probe finds; nothing where the subject breaks its device, which its first case will show."""
    try:
        return probe(subject, family, given)
    except LostDeviceError:
        return {}


def _unclaimed(
    subject: Any, inputs: Any, device: str, watched: Callable[[Subject], Subject]
) -> tuple[Examination, Limits]:
    if inputs is None:
        raise UsageError(
            "neither like= nor inputs=: say what the subject is like (like='conv2d'), or give examples of its "
            "arguments (inputs=(x, w)), or a Hypothesis strategy of such examples"
        )
    draws = isinstance(inputs, SearchStrategy)
    sheet = _drawn(subject, inputs, device) if draws else _given(subject, inputs, device, watched)
    without = tuple(witness for witness in WITNESSES if witness.law not in SECOND_SOURCES)
    return Examination(sheet.subject, sheet, without), Limits(sheet, {})


def _given(subject: Any, inputs: Any, device: str, watched: Callable[[Subject], Subject]) -> Unclaimed:
    arrays = named_inputs(subject, inputs)
    return Unclaimed(watched(adapt(subject, tuple(arrays), device=device)), arrays)


def _drawn(subject: Any, inputs: SearchStrategy[Any], device: str) -> Drawn:
    examples = inputs.map(partial(named_inputs, subject))
    return Drawn(adapt(subject, tuple(first_of(examples)), device=device), examples)


def opened_apart(
    apart: Apart, subject: Any, like: str, supports: Mapping[str, Any] | None, inputs: Any
) -> tuple[Examination, Limits]:
    """The same in a process of the subject's own; what it takes is not probed where that would end the process.

    Raises UsageError where inputs are drawn by a strategy: an example's shapes are known only there.
    """
    if isinstance(inputs, SearchStrategy):
        raise UsageError(
            f"isolate=True with inputs={inputs!r:.60}: expected examples, not a strategy; examine each example by "
            "itself (inputs=example), or leave isolate out"
        )
    name = (
        subject.text if isinstance(subject, Named) else name_of(subject[0] if isinstance(subject, tuple) else subject)
    )
    ways = (partial(_there, subject, like, supports, inputs, probe) for probe in (probed, unprobed))
    examination, limits = apart.enter(name, *ways)
    family = limited(limits) if like else limits.family
    return replace(examination, family=family, hearing=apart), limits


def _there(
    subject: Any,
    like: str,
    supports: Mapping[str, Any] | None,
    inputs: Any,
    probe: Probe,
    watched: Callable[[Subject], Subject],
) -> tuple[Subject, Family, tuple[Examination, Limits]]:
    """Open a subject in its own process; what goes back holds nothing that can be called."""
    with quiet():
        examination, limits = opened(subject, like, supports, inputs, watched=watched, probe=probe)
    known = told(examination.subject)
    plain = limits.family.of(known) if isinstance(limits.family, Unclaimed) else limits.family
    whole = replace(examination, subject=known, family=plain), replace(limits, family=plain)
    return examination.subject, examination.family, whole
