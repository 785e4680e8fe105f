"""The same call gives the same answer: nothing is left over from the last one, and nothing is left to chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np

from checks.bounds import anything
from checks.calling import OfState
from checks.claim import Claim, Severity
from checks.devices import behind_other_work, on_a_stream_apart, unwritten_is_nan
from checks.equality import identical
from checks.invariants.contract import Contract
from checks.invariants.rehearsal import Rehearsal
from checks.invariants.tossed import TOSSED, Tossed
from checks.slip import slip
from checks.types import Arrays
from checks.witness import Trial

#: Calls that are tried, and products that they may add up together, so that a slow layer is not called for seconds.
MOST_CALLS = 20
MOST_PRODUCTS = 10_000

#: Said of a layer whose gradient is a sum over its calls, and that nobody can ask to begin at zero.
GROWS = (
    "accumulates: the second answer is the first plus the first, so that the gradient grows with each call; write = "
    "where it has +=, or give the layer a method zero_grad(), which is called before each backward"
)

#: Said of a layer whose output is another at each call.
DRAWS = (
    ": y differs from call to call: if the layer draws random numbers, hand it the same generator each time: "
    "examine(lambda x: layer(x, rng=np.random.default_rng(0)), ...); NumPy's, Python's and PyTorch's own generators "
    "begin at one seed in each forward; if its backward moves what it keeps, that is another layer each time"
)
#: The same of an object that claims nothing: nobody else knows whether it is meant to keep what it keeps.
CARRIES = (
    "; if it carries a state along on purpose, a method reset_state() that brings it back is called before each forward"
)

#: The device whose kernels are put into streams, as its frameworks call it.
STREAMS = "cuda"

#: Said of a layer that computes something else where its arrays are not ready when it is called.
EARLY = (
    "two calls on the same arrays, the second while the GPU has other work before them: a kernel on a stream of the "
    "layer's own does not wait for what it reads: stream.wait_stream(torch.cuda.current_stream()) before it, and "
    "torch.cuda.current_stream().wait_stream(stream) after it"
)

#: Said of a layer that computes something else where memory holds NaN until somebody writes there.
UNWRITTEN = (
    "two calls on the same arrays, the second with NaN in all memory that nobody has written: an entry is read, or "
    "given, that no thread has written; torch.zeros where torch.empty is added to, and as many blocks as there are "
    "entries, rounded up"
)

#: Said of one that does so on another stream than the usual one.
APART = (
    "two calls on the same arrays, the second on another stream, which has other work first: a kernel is launched on "
    "the default stream whatever is current; at::cuda::getCurrentCUDAStream() or torch.cuda.current_stream() is meant"
)


#: In what such a layer is called once more, and how bad it is if that matters.
AROUND: tuple[tuple[Callable[[], AbstractContextManager[None]], str, Severity], ...] = (
    (behind_other_work, EARLY, "wrong"),
    (unwritten_is_nan, UNWRITTEN, "wrong"),
    (on_a_stream_apart, APART, "hazard"),
)


class Repetition(Contract):
    """Forward and backward once more, up to ``MOST_CALLS`` times where they are small."""

    law = "repeatable"

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Wrong where the answers lie further apart than rounding can drive them, a hazard where they differ at all.

        A layer that sums in another order at each call (atomic additions, a thread pool) is not wrong, but nobody can
        reproduce what it does.
        """
        again = _first_that_differs(trial)
        yield from self._grown(trial)
        yield from self._early(trial)
        off = not identical(again["y"], trial.got.y) and np.any(
            np.abs(again["y"].astype(trial.wide) - trial.wide_y) > 2 * trial.bound("y")
        )
        yield from self.same(trial, again, f"two calls on the same arrays{_another_y(trial) if off else ''}")
        for of, value in again.items():
            first = trial.got.named()[of]
            if anything(trial.bound(of)) or anything(slip(trial, of, value, first)):
                tossed = np.any(trial.shared(Tossed).excused(of, value, first, 2 * trial.bound(of)))
                why = TOSSED if tossed else "two calls on the same arrays agree bit for bit"
                yield Claim(self.law, of, value, first, np.zeros(value.shape), why, severity="hazard")

    def _early(self, trial: Trial) -> Iterator[Claim]:
        """The same call on a busy device, and on one whose memory is empty: what does not look gives something else."""
        if trial.subject.device.partition(":")[0] != STREAMS:
            return
        for around, why, severity in AROUND:
            with around():
                again = trial.subject.vjp(trial.case).named()
            yield from self.same(trial, again, why, severity)

    def _grown(self, trial: Trial) -> Iterator[Claim]:
        """What an object adds to what it gave before, where nobody sets it to zero in between."""
        if trial.subject.untouched is None:  # nothing is set to zero for it: two calls differ
            return
        first = trial.subject.vjp(trial.case).gradients
        for of, value in trial.subject.untouched.vjp(trial.case).gradients.items():
            if np.any(first[of]) and np.all(np.abs(value - 2 * first[of]) <= 4 * trial.bound(of)):
                yield Claim(self.law, of, value, first[of], 2 * trial.bound(of), GROWS)


class FirstCalls(Repetition):
    """A call by which it was found out what the layer takes, once more: what a first call leaves behind shows here."""

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Wrong where the answers lie further apart than rounding can drive them."""
        again = trial.subject.vjp(trial.case).named()
        yield from self.same(trial, again, "one of the layer's first calls, and a later one on the same arrays")


def _first_that_differs(trial: Trial) -> Arrays:
    """What the first call that gave something else gave; the last call where none did."""
    first, again = trial.got.named(), trial.shared(Rehearsal).kept
    fresh = not again or _differ(again, first)
    for _ in range(calls(trial) - 1 + fresh):
        again = trial.subject.vjp(trial.case).named()
        if _differ(again, first):
            break
    return again


def _another_y(trial: Trial) -> str:
    """What is said of a layer whose y is another one: what it carries along, where that is known."""
    if carried := next((each for each in trial.subject.remarks if isinstance(each, OfState)), ""):
        return f": {carried}"
    methods_are_called = trial.subject.untouched is not None
    return f"{DRAWS}{CARRIES * (methods_are_called and trial.family.smooth)}"


def calls(trial: Trial) -> int:
    """How often a layer is called again: as often as its size allows, the same on every machine."""
    products = trial.case.sizes() + trial.roundings["y"] * trial.case.held_dy.size
    return min(max(MOST_PRODUCTS // max(products, 1), 1), MOST_CALLS)


def _differ(these: Arrays, those: Arrays) -> bool:
    return not all(identical(value, those[of]) for of, value in these.items())
