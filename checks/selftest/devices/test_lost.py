"""A kernel that breaks its device breaks every later call too: that is one finding, and no refusal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from checks import Subject, examine, story
from checks.devices import demand_device
from checks.errors import LostDeviceError
from checks.types import Array, Arrays, Config
from reference_impl import relu_backward

#: Entries above which the kernel reads where it may not.
INSIDE = 64


class Device:
    """A device as CUDA has it: after one illegal access each call raises, whatever it asks."""

    broken = False

    def call(self, *, illegal: bool) -> None:
        """Run a kernel."""
        self.broken = self.broken or illegal
        self.synchronize()

    def synchronize(self) -> None:
        """Wait for the device."""
        if self.broken:
            raise RuntimeError("CUDA error: an illegal memory access was encountered\nCompile with more switches")


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Device:
    """A device that CuPy would wait for."""
    found = Device()
    monkeypatch.setitem(sys.modules, "cupy", _cupy(found.synchronize))
    return found


def _cupy(synchronize: Callable[[], Any]) -> SimpleNamespace:
    return SimpleNamespace(cuda=SimpleNamespace(runtime=SimpleNamespace(deviceSynchronize=synchronize)))


def _relu(device: Device) -> Subject:
    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        device.call(illegal=False)
        return arrays["x"] * (arrays["x"] > 0), arrays["x"]

    def backward(dy: Array, x: Any) -> Arrays:
        device.call(illegal=dy.size > INSIDE)
        return {"dx": relu_backward(dy, x > 0)}

    return Subject("relu kernel", forward, backward, device="cuda")


def test_an_illegal_access_is_wrong_on_its_own_case_and_ends_the_run(device: Device) -> None:
    """No plainer case is looked for, since all would fail now, and the reader is told what goes on from here."""
    found = examine(_relu(device), like="relu", budget="5s", corpus=None)
    assert set(found.findings) == {"runs"}
    assert found.findings["runs"].case == found.findings["runs"].shrunk
    told = story(found)
    assert "illegal memory access" in told
    assert "isolate=True" in told
    assert "Compile with more switches" not in told


def test_a_layer_that_says_no_has_lost_nothing(device: Device) -> None:
    """Its error is its own."""
    demand_device(ValueError("no dilation here"))
    device.broken = True
    with pytest.raises(LostDeviceError, match="ValueError: no dilation here: the device answers nothing any more"):
        demand_device(ValueError("no dilation here"))


def test_a_device_that_is_lost_before_the_first_case_is_a_finding_too(device: Device) -> None:
    """Not an error of the one who asks, and not a layer that takes nothing."""
    device.broken = True
    found = examine(_relu(device), like="relu", budget="5s", corpus=None)
    assert set(found.findings) == {"runs"}
    assert found.cases == 1


def test_a_device_that_was_never_there_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has loaded CuPy or numba on a machine without a GPU asks nothing of it."""

    def nowhere() -> None:
        raise RuntimeError("cudaErrorNoDevice: no CUDA-capable device is detected")

    monkeypatch.setitem(sys.modules, "cupy", _cupy(nowhere))
    demand_device(ValueError("no dilation here"))


def test_a_module_that_stands_in_for_cupy_has_no_device_to_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for what it does not have."""
    monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace())
    demand_device(ValueError("no dilation here"))


def test_a_device_that_numba_has_lost_is_lost(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for as CuPy's and PyTorch's are."""
    device.broken = True
    monkeypatch.setitem(sys.modules, "cupy", _cupy(int))
    monkeypatch.setitem(sys.modules, "numba.cuda", SimpleNamespace(synchronize=device.synchronize))
    with pytest.raises(LostDeviceError, match="the device answers nothing any more"):
        demand_device(ValueError("no dilation here"))
