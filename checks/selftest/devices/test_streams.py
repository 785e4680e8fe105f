"""A kernel on a stream of its own that does not wait for its arrays is found; here by a layer that plays one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pytest

from checks import Subject, examine, story
from checks.devices import behind_other_work, on_a_stream_apart, unwritten_is_nan, when_ready
from checks.invariants.repetition import AROUND
from checks.types import Array, Arrays, Config
from reference_impl import relu_backward, relu_forward

#: What a layer is called in.
Around: TypeAlias = Callable[[], AbstractContextManager[None]]


class Gpu:
    """Which work its layer is called behind."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing yet."""
        self.behind: Around | None = None
        noted = [(partial(_noted, self, around), *rest) for around, *rest in AROUND]
        monkeypatch.setattr("checks.invariants.repetition.AROUND", noted)

    def relu(self, early: Around | None, device: str = "cuda") -> Subject:
        """A layer that reads dy before it is there, behind work of one kind."""

        def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            return relu_forward(arrays["x"], **config)

        def backward(dy: Array, saved: Any) -> Arrays:
            return {"dx": relu_backward(np.full_like(dy, np.nan) if early and self.behind == early else dy, saved)}

        return Subject("relu kernel", forward, backward, device=device)


@contextmanager
def _noted(gpu: Gpu, around: Around) -> Iterator[None]:
    gpu.behind = around
    with around():
        yield
    gpu.behind = None


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Gpu:
    """One that knows behind which work it is called."""
    return Gpu(monkeypatch)


@pytest.mark.parametrize(
    ("around", "said"),
    [
        (behind_other_work, "stream.wait_stream(torch.cuda.current_stream()) before it"),
        (unwritten_is_nan, "torch.zeros where torch.empty is added to"),
    ],
)
def test_a_kernel_that_does_not_wait_or_reads_what_nobody_wrote_is_wrong(gpu: Gpu, around: Any, said: str) -> None:
    """Two calls on the same arrays differ; by chance they never did before."""
    found = examine(gpu.relu(around), "relu", budget="1ms")
    assert set(found.findings) == {"repeatable"}
    assert said in story(found)


def test_a_kernel_on_the_default_stream_alone_is_a_hazard(gpu: Gpu) -> None:
    """It is right for all who compute on that one."""
    found = examine(gpu.relu(on_a_stream_apart), "relu", budget="1ms")
    assert not found.wrong
    assert "repeatable" in found.hazards
    assert "at::cuda::getCurrentCUDAStream()" in story(found)


@pytest.mark.parametrize(("early", "device"), [(None, "cuda"), (behind_other_work, "cpu")])
def test_whoever_waits_or_has_no_streams_is_right(gpu: Gpu, early: Around | None, device: str) -> None:
    """On a CPU a call has done its work when it returns."""
    found = examine(gpu.relu(early, device), "relu", budget="1ms")
    assert not found.wrong
    assert "repeatable" not in found.hazards


def test_what_lies_on_a_cpu_is_always_ready() -> None:
    """Nothing is copied for it."""
    torch = pytest.importorskip("torch")
    tensor = torch.ones(3)
    with behind_other_work():
        assert when_ready(tensor) is tensor


def test_memory_holds_nan_until_somebody_writes_there() -> None:
    """And afterwards what it did before."""
    torch = pytest.importorskip("torch")
    with unwritten_is_nan():
        assert torch.empty(3).isnan().all()
    assert not torch.are_deterministic_algorithms_enabled()
