"""A known mistake: a prediction of the wrong gradients, computed from the case; and how it is planted in a layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from checks.case import Case
from checks.errors import SubjectError
from checks.family import Family
from checks.mistakes.bring_out import anywhere
from checks.subject import Subject
from checks.types import Array, Arrays, Config, gradient_of

#: Laws that see any wrong number in a gradient.
SECOND_SOURCES = ("reference", "textbook", "torch")
ORACLES = (*SECOND_SOURCES, "finite differences", "adjoint")


@dataclass(frozen=True)
class Evidence:
    """What a prediction is computed from: a right layer and the arrays and keywords of a case."""

    subject: Subject
    arrays: Arrays
    config: Config
    dy: Array

    @cached_property
    def right(self) -> Arrays:
        """The right gradients, by name."""
        return self.subject.pull(self.arrays, self.config, self.dy).gradients

    @property
    def x(self) -> Array:
        """The input (N, C, *spatial)."""
        return self.arrays["x"]

    @property
    def axes(self) -> int:
        """Number of spatial axes."""
        return self.x.ndim - 2


#: Where the gradients of each family are derived, and words with which every derivation begins.
PAGES = {
    "conv": "reference_impl/convolution.py, conv_backward",
    "max_pool": "reference_impl/pooling.py, max_pool_backward",
    "avg_pool": "reference_impl/pooling.py, avg_pool_backward",
    "relu": "reference_impl/activation.py, relu_backward",
}
BEGINNING = "for a loss L with dy = dL/dy"

#: Computes the gradients that a mistake changes, by name; leaves out those that it does not touch.
Predict = Callable[[Evidence], Arrays]


@dataclass(frozen=True)
class Mistake:
    """A wrong backward pass that people have written.

    ``families`` are those that can make it, with their variants; where none is named, every family with one of the
    ``gradients``. ``does`` completes the sentence "a backward that ...". ``where`` points to the derivation that it
    breaks: file, function, and words that stand there. ``caught_by`` names laws that must catch it. ``brought_out``
    turns a case into one that can show the mistake, where cases as they are swept cannot.
    """

    name: str
    families: tuple[str, ...]
    gradients: tuple[str, ...]
    does: str
    where: str
    predict: Predict
    caught_by: tuple[str, ...] = ORACLES
    brought_out: Callable[[Case], Case] = anywhere

    def concerns(self, family: Family) -> bool:
        """Whether layers of a family can make this mistake."""
        named = not self.families or bool(set(self.families) & set(family.lineage))
        return named and not set(self.gradients).isdisjoint(map(gradient_of, family.arguments))

    def where_for(self, family: Family) -> str:
        """Where the derivation that it breaks stands for layers of a family, which may be another than ``where``."""
        page = next((PAGES[name] for name in family.lineage if name in PAGES), "")
        return self.where if self.families or self.where.startswith(page) else f"{page}, {BEGINNING}"

    def gradients_of(self, evidence: Evidence) -> Arrays:
        """The wrong gradients of a case, by name, in the dtype of the right ones; the right ones are left out.

        Empty where the mistake asks for a layer that does not exist: then it cannot be made on this case.
        """
        try:
            with np.errstate(all="ignore"):
                changed = self.predict(evidence)
        except SubjectError:
            return {}
        right = evidence.right
        return {name: np.asarray(value).astype(right[name].dtype) for name, value in changed.items() if name in right}


def planted(mistake: Mistake, subject: Subject) -> Subject:
    """The subject with this mistake in its backward; its forward is untouched."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, tuple[Arrays, Config]]:
        kept = {name: value.copy() for name, value in arrays.items()}
        return subject.forward(arrays, config)[0], (kept, config)

    def backward(dy: Array, saved: tuple[Arrays, Config]) -> Arrays:
        evidence = Evidence(subject, *saved, dy.copy())
        return {**evidence.right, **mistake.gradients_of(evidence)}

    return Subject(f"{subject.name}, planted: {mistake.name}", forward, backward)
