"""PyTorch's threads, on a machine that has other work: they wait for one another, and a small call takes ages.

Two threads on two busy cores make a convolution of a few hundred numbers 300 times slower: each waits, turning, for the
other to be given a core. One thread is as good for cases of this size, and is what they get where that is measured.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

#: Seconds between two looks at threads that were not held, and after those that were.
LOOK_EVERY, HELD_FOR = 1.0, 5.0

#: Calls of a small convolution that are timed, and how much slower more threads must make them to be held.
CALLS, SLOWER = 10, 8.0

#: Stands for none having looked yet.
_NEVER = float("-inf")


@dataclass
class Threads:
    """Looks now and then whether PyTorch's threads hinder it; ``note`` says so once they were held to one."""

    note: str = ""
    _slower: float = 0.0
    _looked: float = _NEVER

    @contextmanager
    def unhindered(self) -> Iterator[None]:
        """Hold PyTorch to one thread for the length of the block where more of them make it slower."""
        torch = sys.modules.get("torch")
        before: int = torch.get_num_threads() if torch else 1
        if before == 1 or not self._hinder(torch, before):
            yield
            return
        torch.set_num_threads(1)  # type: ignore[union-attr] # there are threads of it
        try:
            yield
        finally:
            torch.set_num_threads(before)  # type: ignore[union-attr]

    def _hinder(self, torch: Any, threads: int) -> bool:
        """Whether so many threads make a small convolution slower, as far as the last look goes."""
        if time.monotonic() - self._looked > (HELD_FOR if self._slower > SLOWER else LOOK_EVERY):
            self._slower = slower(torch, threads)
            self._looked = time.monotonic()
        if self._slower > SLOWER and not self.note:
            self.note = (
                f"PyTorch was held to one thread: on this busy machine its {threads} took more than "
                f"{SLOWER:g} times as long over a small convolution"
            )
        return self._slower > SLOWER


def slower(torch: Any, threads: int) -> float:
    """How many times longer a small convolution takes with so many threads than with one, or a little over ``SLOWER``.

    PyTorch has as many threads afterwards as it had.
    """
    x, weight = torch.zeros((4, 4, 12, 12), dtype=torch.float64), torch.zeros((4, 4, 3, 3), dtype=torch.float64)

    def timed(count: int, limit: float) -> float:
        torch.set_num_threads(count)
        return _seconds(lambda: torch.nn.functional.conv2d(x, weight), limit)

    before = torch.get_num_threads()
    try:
        alone = timed(1, float("inf"))
        return timed(threads, 2 * SLOWER * alone) / alone
    finally:
        torch.set_num_threads(before)


def _seconds(call: Callable[[], Any], limit: float) -> float:
    """Seconds for ``CALLS`` calls after a first one; fewer calls where those so far took longer than the limit."""
    call()
    start = time.perf_counter()
    for _ in range(CALLS):
        call()
        if time.perf_counter() - start > limit:
            break
    return time.perf_counter() - start
