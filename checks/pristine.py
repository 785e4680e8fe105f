"""A layer kept as it was handed over, before its first call: opened again as a new object, or in a new process."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checks.adapters.methods import methods_of
from checks.adapters.outlasting import outlasts
from checks.adapters.recognise import framework_of
from checks.anew import Anew
from checks.case import Case
from checks.families.drawn import first_of
from checks.family import Family
from checks.isolation import Apart, Isolation
from checks.isolation.parcels import loaded, packed
from checks.opening import opened, there
from checks.scope.probe import unprobed
from checks.strategies.examples import one_strategy
from checks.subject import Subject
from checks.target import Named
from checks.witness import Trial

T = TypeVar("T")

#: Limits of a process that answers one question.
LIMITS = Isolation(seconds=10.0, opening=30.0)


@dataclass(frozen=True)
class Asked:
    """What was asked about a layer, beside the layer itself and its examples."""

    like: str
    supports: Mapping[str, Any] | None


@dataclass(frozen=True)
class NewObject(Anew):
    """Opens a copy of an object or of a class that keeps everything in its objects."""

    layer: Any
    inputs: Any
    asked: Asked

    where: ClassVar[str] = "with a new object"

    def ask(self, case: Case, arithmetic: str, question: Callable[[Trial], T]) -> T:
        """See ``Anew``."""
        layer = deepcopy(self.layer)
        found, _ = opened(layer, self.asked.like, self.asked.supports, self.inputs, probe=unprobed)
        return question(Trial(replace(found.subject, arithmetic=arithmetic), found.family, case))


@dataclass(frozen=True)
class NewProcess(Anew):
    """Opens the layer, as it was packed, in a process of its own."""

    parcel: bytes
    name: str
    asked: Asked

    where: ClassVar[str] = "in a new process"

    def ask(self, case: Case, arithmetic: str, question: Callable[[Trial], T]) -> T:
        """See ``Anew``; raises SubjectError also where the process ends."""
        with Apart(LIMITS) as apart:
            subject, family = apart.enter(self.name, partial(_there, self.parcel, self.asked))
            return apart.ask(Trial(replace(subject, arithmetic=arithmetic), family, case), question)


def pristine(layer: Any, like: str, supports: Mapping[str, Any] | None, inputs: Any, apart: bool) -> Anew | None:  # noqa: FBT001 - as ``examine`` was asked
    """What can be opened again as it is now; None where that costs much, or the layer keeps nothing between calls.

    ``apart``: it is opened in a process of its own anyway.
    """
    if multiprocessing.parent_process() is not None or isinstance(layer, Subject):
        return None  # loading its module may have asked this very question
    asked, own = Asked(like, supports), not framework_of(layer)
    try:
        if apart or isinstance(layer, Named) or (own and outlasts(_kind(layer))):
            return NewProcess(packed((layer, _plain(inputs)), "the layer"), "the layer", asked)
        return NewObject(deepcopy(layer), _plain(inputs), asked) if own and methods_of(layer) else None
    except Exception:  # noqa: BLE001 - whatever an object says of being copied, or a strategy of being drawn from
        return None


def _plain(inputs: Any) -> Any:
    """Examples that can travel; of a strategy the first, as every case spells its own out."""
    inputs = one_strategy(inputs)
    return st.just(first_of(inputs)) if isinstance(inputs, SearchStrategy) else inputs


def _kind(layer: Any) -> Any:
    """What holds a layer's functions: its class where it is an object."""
    return type(layer) if methods_of(layer) and not isinstance(layer, type) else layer


def _there(
    parcel: bytes, asked: Asked, watched: Callable[[Subject], Subject]
) -> tuple[Subject, Family, tuple[Subject, Family]]:
    """Open what was packed; what goes back holds nothing that can be called."""
    layer, inputs = loaded(parcel)
    subject, family, (known, _) = there(layer, asked.like, asked.supports, inputs, "cpu", unprobed, watched)
    return subject, family, (known.subject, known.family)
