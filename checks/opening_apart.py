"""Opening a subject in a process of its own: what it takes is probed there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from hypothesis.strategies import SearchStrategy

from checks import exemplified
from checks.adapters.instances import instance
from checks.adapters.torch_lazy import built
from checks.begun import called
from checks.examination import Examination
from checks.families.drawn import Drawing, Drawn, few_of, first_of
from checks.families.unclaimed import Unclaimed
from checks.family import Family
from checks.isolation import Apart, told
from checks.opening import opened, quiet
from checks.scope.limits import Limits, limited
from checks.scope.probe import Probe, probed, unprobed
from checks.strategies.examples import one_strategy
from checks.subject import Subject
from checks.types import Array, Arrays, Config, Shape
from checks.witness import Trial


def opened_apart(
    apart: Apart, subject: Any, like: str, supports: Mapping[str, Any] | None, inputs: Any, device: str = "cpu"
) -> tuple[Examination, Limits]:
    """An examination that has not seen a case yet, in a process of the subject's own.

    What it takes is not probed where that would end the process. A strategy draws inputs here. Raises UsageError where
    the subject cannot be sent there.
    """
    inputs = one_strategy(inputs)
    strategy = inputs if isinstance(inputs, SearchStrategy) else None
    sent = inputs if strategy is None else few_of(strategy)
    ways = (partial(there, subject, like, supports, sent, device, probe) for probe in (probed, unprobed))
    examination, limits = apart.enter(called(subject), *ways)
    if strategy is not None and isinstance(limits.family, Drawn):
        asking = _asking(apart, examination.subject, limits.family)
        drawn = _drawn_here(instance(subject), strategy, limits.family)
        limits = replace(limits, family=limits.family.of(asking).drawing(drawn))
    family = limited(limits) if like else limits.family
    return replace(examination, family=family, hearing=apart), limits


def _drawn_here(subject: Any, inputs: SearchStrategy[Any], family: Drawn) -> SearchStrategy[Drawing]:
    return exemplified.named(built(subject, first_of(inputs))[0], inputs, family)


def _asking(apart: Apart, known: Subject, family: Drawn) -> Subject:
    """What is known of a subject that is elsewhere, with a forward that tells the shape of y alone."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, None]:
        trial = Trial(known, family, family.example(arrays, (), 0, config))
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
