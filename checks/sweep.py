"""The main job's list of work: a seeded sweep of every family, and the real layers of real networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import prod

from checks.case import Case
from checks.corpus.entry import Counterexample
from checks.corpus.store import Stored
from checks.examination import AT_SIZE, WITNESSES
from checks.families import families, family
from checks.networks import AS_PUBLISHED, REAL_LAYERS, RealLayer
from checks.oracles.golden import GoldenDigests
from checks.witness import Witness

#: Formats in which a real layer is examined, each on integers and on real numbers.
REAL_DTYPES = ("float64", "float32")

#: Layers that hold more numbers are not examined at their published size by default.
MOST_ENTRIES = 4_100_000

#: What a case costs whatever its size, in the same unit as its entries.
_OVERHEAD = 500_000


@dataclass(frozen=True)
class Job:
    """One row of the report: a family's sweep, one real layer, or what a corpus holds for a family.

    ``fault`` says why it lacks cases. ``replays`` are the counterexamples that its cases come from.
    """

    title: str
    family: str
    cases: tuple[Case, ...]
    note: str = ""
    fault: str = ""
    witnesses: tuple[Witness, ...] = WITNESSES
    replays: tuple[Stored[Counterexample], ...] = ()

    @property
    def golden(self) -> bool:
        """Whether its cases are there for their golden digests alone."""
        return all(isinstance(witness, GoldenDigests) for witness in self.witnesses)

    @property
    def first(self) -> bool:
        """Whether it comes from a corpus, which is replayed before everything else."""
        return self.golden or bool(self.replays)

    @property
    def work(self) -> int:
        """About how much there is to compute: entries of every array, as often as a sum meets them."""
        return sum(_work(self.family, case) for case in self.cases)


def jobs(seed: int, count: int) -> Iterator[Job]:
    """The whole default run: sweeps of at least ``count`` cases a family, then every real layer."""
    for name, sheet in families().items():
        yield _job(f"{name} sweep", name, sheet.sweep(seed, count))
    for layer in REAL_LAYERS:
        yield _job(layer.title, layer.family, real_cases(layer, seed), layer.reduced)
    for layer in REAL_LAYERS:
        if layer.reduced != AS_PUBLISHED and (case := full_case(layer, seed)).sizes() <= MOST_ENTRIES:
            yield Job(f"{layer.title}, full size", layer.family, (case,), AS_PUBLISHED, witnesses=AT_SIZE)


def full_case(layer: RealLayer, seed: int) -> Case:
    """One sample of a real layer at its published size, on integers in float32."""
    sheet = family(layer.family)
    shapes = {**layer.shapes, "x": (1, layer.shapes["x"][1], *layer.published)}
    return sheet.case_of(shapes, layer.config, "float32", sheet.kinds[0], seed)


def real_cases(layer: RealLayer, seed: int) -> Iterator[Case]:
    """A real layer in each format, on both kinds of data of its family."""
    sheet = family(layer.family)
    for dtype in REAL_DTYPES:
        for data in islice(sheet.kinds, 2):
            yield sheet.case_of(layer.shapes, layer.config, dtype, data, seed)


def _job(title: str, name: str, cases: Iterator[Case], note: str = "") -> Job:
    """A job of all cases that can be built: the shapes come from the reference's forward, which may be broken."""
    built: list[Case] = []
    try:
        built.extend(cases)
    except Exception as error:  # noqa: BLE001 - whatever a broken forward raises is a finding of the run
        fault = f"case {len(built) + 1} cannot be built: {type(error).__name__}: {error}"
        return Job(title, name, tuple(built), note, fault)
    return Job(title, name, tuple(built), note)


def _work(name: str, case: Case) -> int:
    terms = family(name).roundings(case.shapes, case.config)["y"] + 1
    return _OVERHEAD + terms * prod(case.shapes["dy"]) + case.sizes()
