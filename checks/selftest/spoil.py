"""A right layer made wrong in one stated way, and small cases to show it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from checks.case import Case
from checks.claim import Verdict
from checks.families import family
from checks.judge import verdicts
from checks.subject import Subject
from checks.types import Arrays, Config, Shapes
from checks.witness import Trial, Witness

SHAPES: dict[str, Shapes] = {
    "conv": {"x": (2, 3, 5, 4), "weight": (4, 3, 3, 2), "bias": (4,)},
    "max_pool": {"x": (2, 3, 5, 4)},
    "avg_pool": {"x": (2, 3, 5, 4)},
    "relu": {"x": (2, 3, 5, 4)},
}
CONFIGS: dict[str, Config] = {
    "conv": {"stride": 2, "padding": 1},
    "max_pool": {"kernel_size": 2},
    "avg_pool": {"kernel_size": 2},
    "relu": {},
}
NAMES = tuple(SHAPES)


def case_of(name: str, dtype: str = "float64", kind: int = 0, seed: int = 0) -> Case:
    """A small case of a family: 120 entries in x, a few windows; ``kind`` counts the family's kinds of data."""
    sheet = family(name)
    return sheet.case_of(SHAPES[name], CONFIGS[name], dtype, sheet.kinds[kind], seed)


def spoiled(name: str, change: Callable[[Arrays], Any]) -> Subject:
    """The reference layer of a family with ``change`` applied to its gradients."""
    right = family(name).reference
    return replace(right, backward=lambda dy, saved: change(dict(right.backward(dy, saved))))


def of_dy(name: str, change: Callable[[Any], Any]) -> Subject:
    """The reference layer of a family with ``change`` applied to the upstream gradient first."""
    right = family(name).reference
    return replace(right, backward=lambda dy, saved: right.backward(change(dy), saved))


def heard(witness: Witness, subject: Subject, case: Case) -> list[Verdict]:
    """What one witness says of a subject on a case."""
    return verdicts(witness, Trial(subject, family(case.family), case))


def faults(witness: Witness, subject: Subject, case: Case) -> set[str]:
    """Names of the quantities about which one witness complains."""
    return {verdict.of for verdict in heard(witness, subject, case) if verdict.status == "wrong"}
