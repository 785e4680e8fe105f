"""A layer kept as it was handed over, before its first call: opened again as a new object, or in a new process."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hypothesis.strategies import SearchStrategy

from checks.adapters.frameworks import framework_of
from checks.adapters.methods import methods_of
from checks.adapters.outlasting import outlasts
from checks.adapters.torch_kinds import COMPILED, function_class, is_module, is_scripted
from checks.adapters.torch_left import copied
from checks.anew import Anew
from checks.computing import cast_around
from checks.examination import Examination
from checks.families.drawn import few_of
from checks.family import Family
from checks.hearing import Here
from checks.isolation import Apart, Isolation
from checks.isolation.anew import in_new_processes
from checks.isolation.parcels import loaded, packed
from checks.opening import opened
from checks.opening_apart import opened_apart, there
from checks.scope.limits import Limits
from checks.scope.probe import unprobed
from checks.strategies.examples import one_strategy
from checks.subject import Subject
from checks.target import Named


@dataclass(frozen=True)
class Question:
    """A layer and what is asked of it; the arguments are those of ``opened``."""

    layer: Any
    like: str
    supports: Mapping[str, Any] | None
    inputs: Any
    device: str = "cpu"

    def opened(self) -> tuple[Examination, Limits]:
        """See ``opened``; its findings are judged once more where the layer can be opened again."""
        anew = self._anew()
        examination, limits = opened(self.layer, self.like, self.supports, self.inputs, self.device)
        examination.anew = anew
        examination.notes += cast_around()
        return examination, limits

    def opened_apart(self, apart: Apart) -> tuple[Examination, Limits]:
        """See ``opened_apart``; the same."""
        anew = self._anew_apart(apart.isolation)
        examination, limits = opened_apart(apart, self.layer, self.like, self.supports, self.inputs, self.device)
        examination.anew = anew
        return examination, limits

    def _anew(self) -> Anew | None:
        """The layer before its first call; None where that costs much, or it keeps nothing between calls."""
        if isinstance(self.layer, Named) or (self._looked_into and outlasts(_kind(self.layer))):
            return self._anew_apart(Isolation())
        if self._looked_into and (methods_of(self.layer) or _plain_module(self.layer)) and not self._loading:
            with suppress(Exception):  # whatever an object says of being copied, or a strategy of being drawn from
                kept = replace(self, layer=_copied(self.layer), inputs=_plain(self.inputs))
                return Anew("with a new object", partial(_new_object, kept))
        return None

    def _anew_apart(self, limits: Isolation) -> Anew | None:
        """The same where it is opened in a process of its own anyway; None where it cannot travel."""
        if self._loading or isinstance(self.layer, Subject):
            return None
        with suppress(Exception):  # as above
            parcel = packed((self.layer, _plain(self.inputs)), "the layer")
            opening = partial(_there, parcel, self.like, self.supports, self.device)
            return in_new_processes("the layer", opening, tuple, limits)
        return None

    @property
    def _looked_into(self) -> bool:
        """Whether it is of no framework, or of PyTorch: of the others nothing that is differentiated keeps anything."""
        return not isinstance(self.layer, Subject) and framework_of(self.layer) in {"", "torch"}

    @property
    def _loading(self) -> bool:
        """Whether another process has started this one: loading the layer may have asked this very question."""
        return multiprocessing.parent_process() is not None


def _plain(inputs: Any) -> Any:
    """Examples that can travel; of a strategy some, as every case spells its own out."""
    inputs = one_strategy(inputs)
    return few_of(inputs) if isinstance(inputs, SearchStrategy) else inputs


def _plain_module(layer: Any) -> bool:
    """Whether it is a module, or a class of them: compiling another copy of one takes too long."""
    return is_module(layer) and not is_scripted(layer) and not hasattr(layer, COMPILED)


def _copied(layer: Any) -> Any:
    return copied(layer) if is_module(layer) and not isinstance(layer, type) else deepcopy(layer)


def _kind(layer: Any) -> Any:
    """What holds a layer's functions: the class of an object, or that of PyTorch's whose ``apply`` it is."""
    if found := function_class(layer):
        return found
    return type(layer) if (methods_of(layer) or is_module(layer)) and not isinstance(layer, type) else layer


@contextmanager
def _new_object(kept: Question) -> Iterator[tuple[Here, Subject, Family]]:
    asked = kept.like, kept.supports, kept.inputs, kept.device
    found, _ = opened(_copied(kept.layer), *asked, probe=unprobed)
    found.subject.start_anew()  # opening it may have taken calls
    if found.subject.forget:
        found.family.forwards = 0
    yield Here(), found.subject, found.family


def _there(
    parcel: bytes, like: str, supports: Mapping[str, Any] | None, device: str, watched: Callable[[Subject], Subject]
) -> tuple[Subject, Family, tuple[Subject, Family]]:
    """Open what was packed; what goes back holds nothing that can be called."""
    layer, inputs = loaded(parcel)
    subject, family, (known, _) = there(layer, like, supports, inputs, device, unprobed, watched)
    subject.start_anew()  # as above
    return subject, family, (known.subject, known.family)
