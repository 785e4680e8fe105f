"""HIPS autograd: a convolution of its own, and layers from NumPy operations, each with a hand-written product."""

from __future__ import annotations

from typing import Any

from checks import examine, verify
from checks.selftest.wild.packages import theirs

np = theirs("autograd.numpy", "autograd")
signal = theirs("autograd.scipy.signal", "autograd")
theirs("scipy")


def conv(x: Any, weight: Any) -> Any:
    """A convolution turns the kernel around, so a layer, which does not, turns it around once more."""
    turned = weight[:, :, ::-1, ::-1]
    return signal.convolve(x, turned, axes=((2, 3), (2, 3)), dot_axes=((1,), (1,)), mode="valid")


def cells(x: Any, kernel_size: int) -> Any:
    """Windows side by side, as two more axes."""
    batch, channels, height, width = x.shape
    blocks = (batch, channels, height // kernel_size, kernel_size, width // kernel_size, kernel_size)
    return x.reshape(blocks)


#: Reshaping takes one number for both axes, and whole windows alone.
WHOLE = {"square": True, "remainder": 0}


def test_the_convolution_of_hips_autograd_is_right() -> None:
    """It has no stride, padding, dilation, groups or bias, as its signature says; squares go through it."""
    assert verify(conv, "conv2d", supports={"square_input": True, "square": True}, budget="1s").compared


def test_its_convolution_that_calls_itself_without_end_is_found() -> None:
    """A discovery: where dy has as many numbers as the kernel, and is longer along one axis alone."""
    case = "conv(x=(2,2,11,3), weight=(2,2,3,3), dy=(2,2,9,1); stride=1, padding=0, dilation=1, groups=1; seed=0)"
    found = examine(conv, "conv2d", cases=[case]).findings["runs"]
    assert "RecursionError" in found.verdict.why


def test_pooling_by_reshaping_is_right() -> None:
    """Maximum and mean over the cells of a window."""
    assert verify(
        lambda x, kernel_size: np.max(cells(x, kernel_size), (3, 5)), "max_pool2d", supports=WHOLE, budget="1s"
    ).compared
    assert verify(
        lambda x, kernel_size: np.mean(cells(x, kernel_size), (3, 5)), "avg_pool2d", supports=WHOLE, budget="1s"
    ).compared


def test_the_maximum_shares_the_gradient_of_a_tie() -> None:
    """One half at 0 is a valid subgradient and not PyTorch's: a hazard, until at_zero says that it is meant."""

    def relu(x: Any) -> Any:
        return np.maximum(x, 0.0)

    found = examine(relu, "relu", budget="1s")
    assert ("convention" in found.hazards, found.wrong) == (True, False)
    assert "convention" not in verify(relu, "relu", supports={"at_zero": 0.5}, budget="1s").hazards
