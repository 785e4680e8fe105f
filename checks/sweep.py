"""The main job's list of work: a seeded sweep of every family, and the real layers of real networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from checks.case import Case
from checks.families import families, family
from checks.networks import REAL_LAYERS, RealLayer

#: Formats in which a real layer is examined, each on integers and on real numbers.
REAL_DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class Job:
    """One row of the report: a family's sweep or one real layer."""

    title: str
    family: str
    cases: tuple[Case, ...]
    note: str = ""


def jobs(seed: int, count: int) -> Iterator[Job]:
    """The whole default run: sweeps of at least ``count`` cases a family, then every real layer."""
    for name, sheet in families().items():
        yield Job(f"{name} sweep", name, tuple(sheet.sweep(seed, count)))
    for layer in REAL_LAYERS:
        yield Job(f"{layer.network} {layer.layer}", layer.family, tuple(real_cases(layer, seed)), layer.reduced)


def real_cases(layer: RealLayer, seed: int) -> Iterator[Case]:
    """A real layer in each format, on both kinds of data of its family."""
    sheet = family(layer.family)
    for dtype in REAL_DTYPES:
        for data in islice(sheet.kinds, 2):
            yield sheet.case_of(layer.shapes, layer.config, dtype, data, seed)
