"""The script of a layer that misreads how its arrays lie lays them out by one call, as anybody would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checks import examine, story
from checks.selftest.diagnosis import by_itself

pytestmark = pytest.mark.usefixtures("plainest")

#: A max pooling that reads dy in the order of its memory, and one that reads it in the order of its axes.
PAIRS = """
from reference_impl import max_pool_backward, max_pool_forward


def forward(x, kernel_size, stride=None):
    return max_pool_forward(x, kernel_size=kernel_size, stride=stride)


def in_order_of_memory(dy, saved):
    return max_pool_backward(dy.ravel("K").reshape(dy.shape), saved)


def in_order_of_axes(dy, saved):
    return max_pool_backward(dy.ravel("C").reshape(dy.shape), saved)
"""

#: Cases whose dy comes in Fortran order, channels last, and with its first axes exchanged.
CASE = 'max_pool(x=(2,3,4,6), dy=(2,3,2,3); kernel_size=2, stride=2; dtype="float64", data="distinct", seed={})'


@pytest.mark.parametrize(
    ("seed", "call"), [(7, "np.asfortranarray(dy)"), (18, "np.moveaxis(np.moveaxis(dy"), (6, "dy.swapaxes(0, 1)")]
)
def test_one_call_lays_an_array_out(seed: int, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found in the wide look or by the law, the same case shows it again; the right layer shows nothing."""
    module = by_itself.written(PAIRS, tmp_path, monkeypatch)
    asked: dict[str, Any] = {"like": "max_pool2d", "laws": ["layout"], "cases": [CASE.format(seed)]}
    found = examine((module.forward, module.in_order_of_memory), **asked).findings["layout"]
    assert call in found.script
    by_itself.demand_the_worst_printed(found, tmp_path)
    assert not examine((module.forward, module.in_order_of_axes), **asked).wrong


#: A ReLU on tensors that reads dy or x from the beginning of the memory in which it lies.
OFFSETS = """
import torch


class Relu(torch.autograd.Function):
    reads = "dy"

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @classmethod
    def backward(cls, ctx, dy):
        (x,) = ctx.saved_tensors
        dy, x = cls.read(dy, "dy"), cls.read(x, "x")
        return dy * (x > 0)

    @classmethod
    def read(cls, tensor, name):
        return tensor.as_strided(tensor.shape, tensor.stride(), 0) if cls.reads == name else tensor


class OfX(Relu):
    reads = "x"


class Right(Relu):
    reads = ""
"""

#: Cases whose dy begins in the middle of its memory, dense or as a slice along the channels; whose x does, dense or in
#: a larger array.
PARTS = 'relu(x=(2,3,4), dy=(2,3,4); at_zero=0.0; dtype="float64", data="distinct", seed={})'


@pytest.mark.parametrize(("name", "seed"), [("Relu", 20), ("Relu", 12), ("OfX", 24), ("OfX", 36)])
def test_a_tensor_that_is_a_part_of_another_is_one_in_the_script(
    name: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever forgets ``storage_offset`` meets it, and the right layer shows nothing."""
    module = by_itself.written(OFFSETS, tmp_path, monkeypatch)
    asked: dict[str, Any] = {"like": "relu", "laws": ["layout"], "cases": [PARTS.format(seed)]}
    found = examine(getattr(module, name), **asked).findings["layout"]
    by_itself.demand_the_worst_printed(found, tmp_path)
    assert not examine(module.Right, **asked).wrong


def test_a_script_ends_at_the_call_that_raises_on_what_cannot_be_written() -> None:
    """A print behind it would never be reached; the finding is the backward's, not that of y."""

    def backward(dy: Any, x: Any) -> Any:
        dy[x <= 0] = 0
        return dy

    found = examine((lambda x: (x.clip(0), x), backward), "relu", laws=["layout"], budget="1ms")
    last = found.findings["layout"].script.splitlines()[-1]
    assert last.startswith("gradients2 = backward(handed_dy, saved2)  # raises ValueError: assignment destination is ")
    assert "WRONG  backward of relu" in story(found)
