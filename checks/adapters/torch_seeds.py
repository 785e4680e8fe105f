"""PyTorch's generators of random numbers, at a seed for as long as a layer is called."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from checks.generators import heard, left

#: Seed of PyTorch's generators while a module is built.
SEED = 0


class _Generator(NamedTuple):
    """One of PyTorch's: how its state is read, put back, and begun anew."""

    now: Any
    put_back: Any
    begin: Any

    def numbers(self) -> list[int]:
        """Its state."""
        found: list[int] = self.now().tolist()
        return found


@cache
def _generators(device: str) -> tuple[_Generator, ...]:
    """The CPU's and that of a device: to seed every one that there might be takes longer than a small layer."""
    import torch

    own = torch.default_generator
    cpu = _Generator(own.get_state, own.set_state, own.manual_seed)
    if (kind := device.partition(":")[0]) == "cpu":
        return (cpu,)
    there = getattr(torch, kind)
    return cpu, _Generator(there.get_rng_state, there.set_rng_state, there.manual_seed)


class Seeded:
    """The CPU's generator, and that of a device, at ``seed``, and afterwards where they were."""

    def __init__(self, device: str, seed: int) -> None:
        """Nothing is seeded before it is entered."""
        self._all, self._seed = _generators(device), seed

    def __enter__(self) -> None:
        """Keep the states and begin at the seed."""
        self._states = [one.now() for one in self._all]
        for one in self._all:
            one.begin(self._seed)

    def __exit__(self, *_: object) -> None:
        """Tell how the generators were left, and put them back."""
        if heard():
            for one in self._all:
                left("PyTorch's", one.numbers)
        for one, state in zip(self._all, self._states, strict=True):
            one.put_back(state)
