"""A layer is examined where it computes: as ``supports`` says, or where its owner has put it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from checks import examine, story
from checks.adapters import adapt
from checks.adapters.torch_given import Given
from checks.adapters.torch_places import on_the_cpu, own_place, place_of
from checks.errors import UsageError
from checks.opening import opened

#: A device like any other to PyTorch, and there on every machine.
THERE = {"device": "cpu:0"}


def _forward(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    assert isinstance(x, torch.Tensor)
    return torch.relu(x), x


def _backward(dy: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return dy * (x > 0)


def _doubled(dy: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return dy * (x > 0) * (2 if dy.numel() > len("NCHW") else 1)


class _Object:
    """ReLU that keeps its mask."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """And nothing else."""
        self.mask = x > 0
        return torch.where(self.mask, x, torch.zeros_like(x))

    def backward(self, dy: torch.Tensor) -> torch.Tensor:
        """By the mask."""
        return torch.where(self.mask, dy, torch.zeros_like(dy))


class _WritesX(_Object):
    """The same on its own argument."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Clip x itself."""
        y = super().forward(x)
        x.clamp_(min=0)
        return y


class _HandsOutABuffer(_Object):
    """The same whose gradients all lie in one place."""

    def __init__(self) -> None:
        self.held = SimpleNamespace(buffers={})

    def backward(self, dy: torch.Tensor) -> torch.Tensor:
        """Right until the next call."""
        own = self.held.buffers.setdefault((dy.shape, dy.dtype), torch.empty(dy.shape, dtype=dy.dtype))
        return torch.mul(dy, self.mask, out=own)


@pytest.mark.long
@pytest.mark.parametrize("layer", [(_forward, _backward), _Object, _Object()])
def test_what_is_written_by_hand_is_handed_tensors_on_its_device(layer: Any) -> None:
    """A kernel's forward and backward are such a pair."""
    found = examine(layer, "relu", supports=THERE, budget="1ms")
    assert not found.wrong
    assert found.subject.device == "cpu:0"
    assert "the layer's forward and backward are handed tensors on cpu:0" in found.notes


@pytest.mark.long
@pytest.mark.parametrize("inputs", [(torch.ones(3, 4),), (np.ones((3, 4)),), st.just({"x": torch.ones(3, 4)})])
def test_so_it_is_on_examples(inputs: Any) -> None:
    """Of tensors, of arrays, and of those that are drawn."""
    right = examine((_forward, _backward), inputs=inputs, supports=THERE, budget="1ms")
    assert not right.wrong
    assert right.subject.device == "cpu:0"
    assert examine((_forward, _doubled), inputs=inputs, supports=THERE, budget="1ms").wrong


@pytest.mark.long
@pytest.mark.parametrize(
    ("layer", "law"),
    [((_forward, _doubled), "adjoint"), (_WritesX(), "arguments unchanged"), (_HandsOutABuffer(), "results kept")],
)
def test_its_mistakes_are_found_there(layer: Any, law: str) -> None:
    """Those too that show in memory alone."""
    assert law in examine(layer, "relu", supports=THERE, budget="1ms").findings


@pytest.mark.usefixtures("plainest")
def test_its_script_says_where(tmp_path: Any) -> None:
    """And puts the entries of a tensor where those of its array lie."""
    told = story(examine((_forward, _doubled), "relu", supports=THERE, budget="1ms", laws=["reference"]))
    assert 'memory.to("cpu:0").as_strided(here.shape, here.stride())' in told


def test_integers_are_held_where_the_layer_computes() -> None:
    """The indices of an embedding lie beside its weight."""
    held = examine(torch.nn.Embedding(9, 4), inputs=(torch.tensor([[1, 2], [3, 3]]),), supports=THERE, budget="1ms")
    assert not held.wrong


def test_a_module_and_examples_say_where_they_are() -> None:
    """On a GPU they are of no use to a layer elsewhere; on meta nothing has numbers."""
    assert own_place(torch.nn.Conv2d(1, 1, 1)) == "cpu"
    assert own_place(torch.nn.Conv2d(1, 1, 1, device="meta")) == "cpu"
    assert own_place(torch.nn.Conv2d) == "cpu"
    examples = {"x": torch.ones(2), "others": [np.ones(2), 3]}
    assert place_of(examples, "cpu") == "cpu"
    assert on_the_cpu(examples) is examples


def test_a_device_of_a_whole_run_is_that_of_pairs_on_tensors_too() -> None:
    """As ``--gradproof-device`` says it."""
    examination, _ = opened((_forward, _backward), "relu", None, None, "cpu:0")
    assert examination.subject.device == "cpu:0"


def test_what_a_graph_has_overwritten_says_so_itself() -> None:
    """Its tensor raises for whoever reads it too late; a call that comes after it is not to."""
    given, tensor = Given(), torch.ones(3)
    array = given.array(tensor)
    given._results = [result._replace(tensor=_Overwritten()) for result in given._results]
    given.look()
    assert array.tolist() == [1, 1, 1]
    assert not given._results


class _Overwritten:
    layout, dtype, is_meta = torch.strided, torch.float32, False

    def numpy(self, *, force: bool) -> Any:  # noqa: ARG002 - as PyTorch calls it
        """As PyTorch says it."""
        raise RuntimeError("accessing tensor output of CUDAGraphs that has been overwritten by a subsequent run")


@pytest.mark.long
def test_a_device_may_be_given_as_pytorch_gives_it() -> None:
    """An object of its own, not a word."""
    found = examine(torch.nn.ReLU(), "relu", supports={"device": torch.device("cpu:0")}, budget="1ms")
    assert not found.wrong
    assert found.subject.device == "cpu:0"


def test_a_kernel_that_takes_no_tensor_of_the_cpu_is_told_what_to_say() -> None:
    """Whoever examines it has forgotten the device."""

    class Kernel(torch.autograd.Function):
        """As Triton says it."""

        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            """Right."""
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            """Launch it."""
            pointer = dict[str, Any]()
            return pointer["Pointer argument (at 0) cannot be accessed from Triton (cpu tensor?)"]

    assert "says so: supports={'device': 'cuda'}" in story(examine(Kernel, "relu", budget="1ms"))


def test_jax_itself_says_where_it_computes() -> None:
    """On a GPU its convolutions cut their operands as PyTorch's do."""
    jax = pytest.importorskip("jax")
    assert adapt(jax.nn.relu, ("x",)).device == jax.default_backend()
    with pytest.raises(UsageError, match="JAX knows itself where it computes"):
        examine(jax.nn.relu, "relu", supports={"device": "gpu"})
