"""A kernel on a stream of its own that does not wait for its arrays is found; here by a layer that plays one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import Subject, examine, story
from checks.devices import behind_other_work, on_a_stream_apart, when_ready
from checks.types import Array, Arrays, Config
from reference_impl import relu_backward, relu_forward


class Gpu:
    """Which work its layer is called behind."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing yet."""
        self.behind = ""
        for name, before in (("behind_other_work", behind_other_work), ("on_a_stream_apart", on_a_stream_apart)):
            monkeypatch.setattr(f"checks.invariants.repetition.{name}", lambda n=name, b=before: _Noted(self, n, b()))

    def relu(self, early: str, device: str = "cuda") -> Subject:
        """A layer that reads dy before it is there, behind work of one kind."""

        def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            return relu_forward(arrays["x"], **config)

        def backward(dy: Array, saved: Any) -> Arrays:
            return {"dx": relu_backward(np.full_like(dy, np.nan) if self.behind == early else dy, saved)}

        return Subject("relu kernel", forward, backward, device=device)


class _Noted:
    def __init__(self, gpu: Gpu, name: str, inner: Any) -> None:
        self.gpu, self.name, self.inner = gpu, name, inner

    def __enter__(self) -> None:
        self.gpu.behind = self.name
        self.inner.__enter__()

    def __exit__(self, *given: object) -> None:
        self.gpu.behind = ""
        self.inner.__exit__(*given)


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Gpu:
    """One that knows behind which work it is called."""
    return Gpu(monkeypatch)


def test_a_kernel_that_does_not_wait_is_wrong(gpu: Gpu) -> None:
    """Two calls on the same arrays differ: training never gives them time to be ready."""
    found = examine(gpu.relu("behind_other_work"), "relu", budget="1ms")
    assert set(found.findings) == {"repeatable"}
    assert "stream.wait_stream(torch.cuda.current_stream()) before it" in story(found)


def test_a_kernel_on_the_default_stream_alone_is_a_hazard(gpu: Gpu) -> None:
    """It is right for all who compute on that one."""
    found = examine(gpu.relu("on_a_stream_apart"), "relu", budget="1ms")
    assert not found.wrong
    assert "repeatable" in found.hazards
    assert "at::cuda::getCurrentCUDAStream()" in story(found)


@pytest.mark.parametrize(("early", "device"), [("never", "cuda"), ("behind_other_work", "cpu")])
def test_whoever_waits_or_has_no_streams_is_right(gpu: Gpu, early: str, device: str) -> None:
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
