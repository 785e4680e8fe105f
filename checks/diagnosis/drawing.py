"""Random numbers that a layer draws while it is recorded: a script begins with the same seeds."""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from checks.generators import listening, seed_of
from checks.types import Arrays

#: How a script seeds NumPy's, Python's and PyTorch's own generators.
NUMPYS, PYTHONS, TORCHS = "np.random.seed({})", "random.seed({})", "torch.manual_seed({})"


def _numpys() -> Any:
    return pickle.dumps(np.random.get_state(legacy=False))  # noqa: NPY002 - the very generator that layers draw from


def _torchs() -> Any:
    torch = sys.modules.get("torch")
    return torch and torch.get_rng_state().tolist()


_STATES: dict[str, Callable[[], Any]] = {NUMPYS: _numpys, PYTHONS: random.getstate, TORCHS: _torchs}


@contextmanager
def drawn() -> Iterator[list[str]]:
    """The generators, by how a script seeds them, that have moved by the end of the block."""
    before, found = {name: state() for name, state in _STATES.items()}, list[str]()
    yield found
    found += [name for name, state in _STATES.items() if state() != before[name]]


@contextmanager
def drawn_by_forward(arrays: Arrays, device: str) -> Iterator[list[str]]:
    """Lines that seed what a forward on these arrays has drawn from by the end of the block, as it was seeded here."""
    lines, seed = list[str](), seed_of(arrays)
    with listening() as heard, drawn() as moved:
        yield lines
    left = [state for name, state in heard if name == "PyTorch's"]
    begun = [_seeded(seed, place) for place in dict.fromkeys(("cpu", device))] if left else []
    moved += [TORCHS] if left[-len(begun) :] != begun else []
    lines += [name.format(seed) for name in moved]


def _seeded(seed: int, device: str) -> Any:
    return sys.modules["torch"].Generator(device).manual_seed(seed).get_state().tolist()
