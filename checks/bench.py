"""The reference layers' time beside PyTorch's: forward and every gradient of each real layer, equal threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import geometric_mean, median
from time import perf_counter
from typing import Any

from checks import pool
from checks.case import Case
from checks.errors import UsageError
from checks.families import family
from checks.networks import RealLayer

#: Formats that are timed.
DTYPES = ("float64", "float32")

#: Largest geometric mean of the ratios of convolutions that is aimed at, by format.
GOALS = {"float64": 1.3, "float32": 2.0}

#: Rounds are added until one layer in one format has taken this many seconds ...
LONG_ENOUGH = 0.3
#: ... but no fewer than this many rounds are timed.
FEWEST_ROUNDS = 5


@dataclass(frozen=True)
class Timing:
    """Median seconds of one layer in one format: the reference's and PyTorch's."""

    title: str
    family: str
    dtype: str
    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        """How many times PyTorch's time the reference takes."""
        return self.ours / self.theirs


def measure(layers: Sequence[RealLayer], threads: int) -> Iterator[Timing]:
    """Time each layer in each format, one after another, in one process with this many threads for both sides.

    Raises UsageError where a layer cannot be timed, PyTorch missing for example.
    """
    for _, timings in pool.run(time_layer, layers, 1, threads):
        if isinstance(timings, pool.Died):
            raise UsageError(f"the measurement stopped: {timings.why}; expected both sides to run")
        yield from timings


def time_layer(layer: RealLayer) -> list[Timing]:
    """One timing for each format."""
    timings = []
    for dtype in DTYPES:
        case = family(layer.family).case_of(layer.shapes, layer.config, dtype, family(layer.family).kinds[-1], seed=0)
        ours, theirs = _medians((_ours(case), _theirs(case)))
        timings.append(Timing(layer.title, layer.family, dtype, ours, theirs))
    return timings


def means(timings: Sequence[Timing], families: Sequence[str]) -> dict[str, float]:
    """Geometric mean of the ratios of these families, by format; a format without timings is left out."""
    ratios = {dtype: [t.ratio for t in timings if (t.dtype, t.family in families) == (dtype, True)] for dtype in DTYPES}
    return {dtype: geometric_mean(found) for dtype, found in ratios.items() if found}


def _ours(case: Case) -> Callable[[], object]:
    subject, arrays, dy = family(case.family).reference, case.inputs, case.dy

    def once() -> object:
        _, saved = subject.forward(arrays, case.config)
        return subject.backward(dy, saved)

    return once


def _theirs(case: Case) -> Callable[[], object]:
    import torch  # noqa: PLC0415 - only a measurement needs it

    sheet = family(case.family)
    tensors: dict[str, Any] = {name: torch.tensor(array, requires_grad=True) for name, array in case.inputs.items()}
    dy = torch.tensor(case.dy)

    def once() -> object:
        return torch.autograd.grad(sheet.torch_twin(torch, tensors, case.config), list(tensors.values()), dy)

    return once


def _medians(sides: tuple[Callable[[], object], ...]) -> list[float]:
    """Median seconds of each side, timed in turns so that a slow moment hits all of them; the first round warms up."""
    rounds: list[list[float]] = []
    for side in sides:
        side()
    start = perf_counter()
    while len(rounds) < FEWEST_ROUNDS or perf_counter() - start < LONG_ENOUGH:
        rounds.append([_seconds(side) for side in sides])
    return [median(times) for times in zip(*rounds, strict=True)]


def _seconds(once: Callable[[], object]) -> float:
    start = perf_counter()
    once()
    return perf_counter() - start
