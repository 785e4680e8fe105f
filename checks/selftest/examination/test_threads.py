"""On a machine that has other work, PyTorch's threads are held to one while a layer is examined, and that is told."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from checks import examine, story
from checks.threads import SLOWER, Threads
from reference_impl import relu_backward, relu_forward


@dataclass
class Torch:
    """Stands in for PyTorch on a machine on which more than one thread takes this many times as long."""

    slower: float
    threads: int = 4
    calls: int = 0
    float64: Any = None
    nn: Any = field(init=False)

    def __post_init__(self) -> None:
        self.nn = SimpleNamespace(functional=SimpleNamespace(conv2d=self._conv2d))

    def get_num_threads(self) -> int:
        """As PyTorch's."""
        return self.threads

    def set_num_threads(self, threads: int) -> None:
        """As PyTorch's."""
        self.threads = threads

    def zeros(self, shape: Any, dtype: Any) -> Any:
        """Some array."""
        return shape, dtype

    def _conv2d(self, *_: Any) -> None:
        self.calls += 1
        time.sleep(0.002 * (self.slower if self.threads > 1 else 1.0))


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> Torch:
    """A machine that has other work."""
    stands_in = Torch(slower=10 * SLOWER)
    monkeypatch.setitem(sys.modules, "torch", stands_in)
    return stands_in


def test_threads_that_hinder_are_held_to_one_and_given_back(busy: Torch) -> None:
    """Also where the block raises."""
    threads = Threads()
    with threads.unhindered():
        assert busy.threads == 1
    assert busy.threads == 4
    assert "held to one thread: on this busy machine its 4 " in threads.note
    with pytest.raises(ZeroDivisionError), threads.unhindered():
        _ = 1 / 0
    assert busy.threads == 4


def test_threads_that_do_not_hinder_are_left(busy: Torch) -> None:
    """Nothing is said of them."""
    busy.slower, threads = 1.0, Threads()
    with threads.unhindered():
        assert busy.threads == 4
    assert not threads.note


def test_one_look_lasts_a_while(busy: Torch) -> None:
    """To look takes time."""
    threads = Threads()
    with threads.unhindered():
        looked = busy.calls
    with threads.unhindered():
        assert busy.threads == 1
    assert busy.calls == looked


def test_one_thread_is_not_looked_at(busy: Torch) -> None:
    """There is nothing to hold."""
    busy.threads, threads = 1, Threads()
    with threads.unhindered():
        assert not busy.calls


def test_an_examination_leaves_pytorch_as_it_was_and_tells_that_it_was_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real PyTorch, told that it is slow."""
    monkeypatch.setattr("checks.threads.slower", lambda *_: 2 * SLOWER)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        said = story(examine((relu_forward, relu_backward), "relu", budget="1ms"))
        assert torch.get_num_threads() == 2
        assert "note: PyTorch was held to one thread" in said
    finally:
        torch.set_num_threads(before)
