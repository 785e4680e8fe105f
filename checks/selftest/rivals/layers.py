"""The layers that every checker is tried on: ours with a mistake planted, and right ones that look unusual."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from checks.adapters import adapt
from checks.families import family
from checks.mistakes.plants import plants
from checks.selftest.contracts.right_layers import RIGHT
from checks.selftest.rivals.checkers import TYPICAL
from checks.subject import Subject


@dataclass(frozen=True)
class Layer:
    """One layer of a family, right or wrong; ``make`` gives a fresh one."""

    title: str
    family: str
    wrong: bool
    make: Callable[[], Subject]


def layers() -> Iterator[Layer]:
    """Every planted mistake in every family that has typical cases; every right layer."""
    for name in TYPICAL:
        for plant in plants(family(name)):
            wrong = not plant.dangers  # a hazard is right today
            yield Layer(f"{name}: {plant.name}", name, wrong=wrong, make=partial(plant.make, family(name).reference))
    for index, (name, subject) in enumerate(RIGHT):
        yield Layer(f"{name}: right {index}, {subject.name}", name, wrong=False, make=partial(_given, subject))
    for name in TYPICAL:
        yield Layer(f"{name}: PyTorch's own", name, wrong=False, make=partial(_torch, name))


def _given(subject: Subject) -> Subject:
    return subject


def _torch(name: str) -> Subject:
    import torch

    function = torch.nn.functional.relu if name == "relu" else getattr(torch.nn.functional, f"{name}2d")
    return adapt(function, family(name).arguments, framework="torch")
