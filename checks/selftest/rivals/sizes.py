"""Times at several sizes: every law beside gradcheck; the exact adjoint at the size that a layer runs at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from itertools import product
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, TypeVar

from checks import pool
from checks.case import Case
from checks.errors import SubjectError
from checks.examination import WITNESSES, Examination
from checks.families import family
from checks.judge import verdicts
from checks.opening import opened
from checks.oracles.adjoint import Adjoint
from checks.scope.likeness import resolve
from checks.subject import Subject
from checks.types import Config, Shape
from checks.witness import Trial

T = TypeVar("T")

#: Convolutions with 8 kernels of 3x3, by the shape of x.
SMALL = ((1, 4, 8, 8), (2, 8, 16, 16))

#: An input at the size of production, and layers on it: PyTorch's name and ours, the weight, the settings.
PRODUCTION = (8, 64, 56, 56)
_WINDOW: Config = {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": False}
LAYERS: Mapping[str, tuple[str, str, Shape, Config]] = {
    "64 kernels of 3x3": ("conv2d", "conv2d", (64, 64, 3, 3), {"padding": 1}),
    "64 kernels of 1x1": ("conv2d", "conv2d", (64, 64, 1, 1), {"padding": 0}),
    "a kernel of 3x3 for each channel": ("conv2d", "conv2d", (64, 1, 3, 3), {"padding": 1, "groups": 64}),
    "max pooling of 3x3": ("max_pool2d", "max_pool2d", (), {**_WINDOW, "dilation": 1}),
    "average pooling of 3x3": (
        "avg_pool2d",
        "avg_pool2d",
        (),
        {**_WINDOW, "count_include_pad": True, "divisor_override": None},
    ),
    "ReLU": ("relu", "relu", (), {"at_zero": 0.0}),
}
DTYPES = ("float32", "float64")

ROUNDS = 5

#: Seconds that one side runs on end before it is the other's turn; one that takes longer runs once.
TURN = 0.2


def sizes() -> Iterator[str]:
    """A line for each measurement, medians of several rounds taken in turns."""
    for shape in SMALL:
        ours, theirs = _in_fresh_process(beside_gradcheck, shape)
        yield (
            f"conv2d of {shape}, 8 kernels of 3x3, float64: every law {ours:.3f} s, gradcheck slow {theirs:.3f} s: "
            f"1/{theirs / ours:.0f} of its time"
        )
    for layer, dtype in product(LAYERS, DTYPES):
        (plain, plain_memory), (ours, memory) = (
            _in_fresh_process(work, (task, layer, dtype)) for task in ("plain", "adjoint")
        )
        yield (
            f"{PRODUCTION}, {layer}, {dtype}: exact adjoint {1e3 * ours:.0f} ms and {memory:.0f} MiB, one forward and "
            f"backward {1e3 * plain:.0f} ms and {plain_memory:.0f} MiB: {ours / plain:.1f} times its time, "
            f"{memory / plain_memory:.1f} times its memory"
        )


def work(task: tuple[str, str, str]) -> tuple[float, float]:
    """Median seconds, and MiB by which the process grew, of one forward and backward or of its verification."""
    what, layer, dtype = task
    subject, case = _production(layer, dtype)
    arrays, dy = case.inputs, case.dy

    def once() -> None:
        if what == "plain":
            _, saved = subject.forward(arrays, case.config)
            subject.backward(dy, saved)
        else:
            found = verdicts(Adjoint(), Trial(subject, family(case.family), case))
            assert all(verdict.status == "right" for verdict in found)

    grown = _grown(once)
    (seconds,) = _in_turns(once)
    return seconds, grown


def beside_gradcheck(shape: tuple[int, ...]) -> tuple[float, float]:
    """Median seconds of every law, and of gradcheck, on one convolution."""
    ours, theirs = _in_turns(lambda: _every_law(shape), lambda: _gradcheck(shape))
    return ours, theirs


def _in_fresh_process(work: Callable[[T], tuple[float, float]], task: T) -> tuple[float, float]:
    ((_, found),) = pool.run(work, [task], 1)
    if isinstance(found, pool.Died):
        raise SubjectError(found.why)
    return found


def _in_turns(*sides: Callable[[], Any]) -> list[float]:
    """Median seconds of each side, in turns; the first round warms up."""
    rounds = [[_seconds(side) for side in sides] for _ in range(ROUNDS + 1)]
    return [median(times) for times in zip(*rounds[1:], strict=True)]


def _seconds(side: Callable[[], Any]) -> float:
    """Of one run: the mean of as many as a turn takes, so that what ran before them matters little."""
    start, runs = perf_counter(), 0
    while not runs or perf_counter() - start < TURN:
        side()
        runs += 1
    return (perf_counter() - start) / runs


def _every_law(shape: tuple[int, ...]) -> None:
    weight = (8, shape[1], 3, 3)
    config = {"stride": 1, "padding": 1, "dilation": 1, "groups": 1}
    case = family("conv").case_of({"x": shape, "weight": weight, "bias": (8,)}, config, "float64", "normal", 1)
    trial = Trial(_conv2d().subject, _conv2d().family, case)
    for witness in WITNESSES:
        assert all(verdict.status != "wrong" for verdict in verdicts(witness, trial))


def _gradcheck(shape: tuple[int, ...]) -> None:
    import torch

    x, weight, bias = (
        torch.randn(each, dtype=torch.float64, requires_grad=True) for each in (shape, (8, shape[1], 3, 3), (8,))
    )
    assert torch.autograd.gradcheck(partial(torch.nn.functional.conv2d, padding=1), (x, weight, bias))


@cache
def _conv2d() -> Examination:
    return _opened("conv2d", "conv2d")


def _opened(name: str, like: str) -> Examination:
    import torch

    return opened(getattr(torch.nn.functional, name), like, None, None)[0]


def _production(layer: str, dtype: str) -> tuple[Subject, Case]:
    name, like, weight, config = LAYERS[layer]
    sheet, _ = resolve(like)
    shapes = {"x": PRODUCTION, **({"weight": weight} if weight else {})}
    return _opened(name, like).subject, sheet.case_of(shapes, config, dtype, sheet.kinds[0], 1)


def _memory(field: str) -> float:
    """MiB of this process as Linux counts them: VmRSS now, VmHWM at its peak since the last reset."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def _grown(once: Callable[[], Any]) -> float:
    """MiB by which a process grows at most while something runs."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _memory("VmRSS")
    once()
    return _memory("VmHWM") - before
