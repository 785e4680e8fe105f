"""What every PyTorch subject shares: arrays become tensors, autograd goes back, gradients become arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from checks.adapters.outputs import First, Outputs
from checks.adapters.torch_compiling import compiling
from checks.adapters.torch_crashes import crash
from checks.adapters.torch_derivatives import derivatives
from checks.adapters.torch_surroundings import Around, Noting, inside
from checks.generators import left, seed_of
from checks.subject import Subject
from checks.types import Array, Arrays, Config, carrier, gradient_of

#: Seed of PyTorch's generators while a module is built.
SEED = 0


@dataclass(frozen=True)
class Format:
    """Where tensors live and in what format: empty is the format of the arrays; ``bfloat16`` has no NumPy format.

    ``outputs`` says which of a layer's count.
    """

    dtype: str = ""
    device: str = "cpu"
    outputs: Outputs = field(default_factory=First)

    def limits(self) -> dict[str, Any]:
        """The cases that can be given in this format."""
        return {"dtype": self.dtype} if self.dtype else {}

    @cached_property
    def shares(self) -> bool:
        """Whether tensors lie in the memory of the arrays that they are made of."""
        return self.device == "cpu" and not self.dtype

    def tensor(self, array: Array) -> Any:
        """A tensor on the same memory where that is possible, so that a layer that writes to its arguments is seen."""
        import torch

        plain = array if array.flags.writeable and min(array.strides, default=0) >= 0 else array.copy()
        tensor = torch.from_numpy(plain)
        if self.shares:
            return tensor
        return tensor.to(device=self.device, dtype=getattr(torch, self._of(array)))

    def _of(self, array: Array) -> str:
        """The format of a tensor: what is wider than a carrier stays so, for derivatives of the same layer."""
        own = str(array.dtype)
        return self.dtype if self.dtype and own == str(carrier(self.dtype)) else own

    def bring_back(self, tensor: Any, given: Array) -> None:
        """Write to ``given`` what a layer has written to its copy elsewhere, so that such a layer is seen too."""
        if self.shares or not given.flags.writeable:
            return
        import torch

        before, now = self.tensor(given), tensor.detach()
        if torch.equal(before, now):  # no NaN among them
            return
        if not torch.equal(before.nan_to_num(), now.nan_to_num()) or not torch.equal(before.isnan(), now.isnan()):
            np.copyto(given, array(now))


def array(tensor: Any) -> Array:
    """A tensor as an array; bfloat16 becomes the float32 that carries it, and what is sparse is filled with zeros."""
    import torch

    if tensor.layout != torch.strided:  # as the gradient of an embedding may be
        tensor = tensor.to_dense()
    found: Array = (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy(force=True)
    return found


#: A layer on tensors, by the names of its arguments.
Layer = Callable[[Mapping[str, Any], Config], Any]


def torch_subject(name: str, layer: Layer, limits: Config, fmt: Format, seeds: Iterator[int] | None = None) -> Subject:
    """Subject from a layer on tensors, which autograd differentiates for all of its arguments or for some.

    Each forward finds PyTorch's generator at the next of ``seeds``, at that of the shapes unless they are given.
    """

    def seed(arrays: Arrays) -> int:
        return seed_of(arrays) if seeds is None else next(seeds)

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        import torch

        with torch.enable_grad():
            return _run(layer, fmt, arrays, config, frozenset(arrays), seed(arrays))

    def some(arrays: Arrays, config: Config, dy: Array, wanted: frozenset[str]) -> Arrays:
        import torch

        with torch.enable_grad():
            return _pull(dy, _run(layer, fmt, arrays, config, wanted, seed(arrays))[1])

    def inference(arrays: Arrays, config: Config) -> Array:
        import torch

        with torch.no_grad():
            return _run(layer, fmt, arrays, config, frozenset(), seed(arrays))[0]

    found = Subject(name, forward, _pull, limits, device=fmt.device, remarks=fmt.outputs.remarks)
    return replace(found, some=some, inference=inference, crash=crash if fmt.device == "cpu" else None)


def _run(
    layer: Layer, fmt: Format, arrays: Arrays, config: Config, wanted: frozenset[str], seed: int
) -> tuple[Array, tuple[Any, dict[str, Any], Format, list[Around]]]:
    """Y, and the output's graph with the leaves of which a gradient is wanted, and what surrounded the forward."""
    leaves = {name: fmt.tensor(value).requires_grad_(name in wanted) for name, value in arrays.items()}
    with Seeded(fmt.device, seed), compiling(), Noting() as around:
        try:
            y = fmt.outputs.joined(layer(leaves, config), _one, leaves.values())
        except RuntimeError as error:
            _add_remedy(error)
            raise
    if not fmt.shares:
        for name, value in arrays.items():
            fmt.bring_back(leaves[name], value)
    return array(y), (y, {name: leaf for name, leaf in leaves.items() if name in wanted}, fmt, around)


def _one(outputs: list[Any]) -> Any:
    """Several tensors in one."""
    import torch

    return torch.cat([each.reshape(-1) for each in outputs])


def _add_remedy(error: RuntimeError) -> None:
    """Say what to do where a layer writes to what it is derived by, or takes NumPy's arrays."""
    if "a leaf Variable that requires grad" in str(error):
        error.add_note("a layer that works in place gets a copy: examine(lambda x: layer(x.clone()), ...)")
    if "Can't call numpy() on Tensor" in str(error):
        error.add_note("a NumPy function is examined with its backward: examine((forward, backward), ...)")


def spared(layer: Layer) -> Layer:
    """A layer that says that it writes to its inputs, on copies: autograd lets nobody write to what it derives by."""

    def on_copies(leaves: Mapping[str, Any], config: Config) -> Any:
        return layer({name: leaf.clone() for name, leaf in leaves.items()}, config)

    return on_copies


class Seeded:
    """A device's generator at ``seed``, and afterwards where it was."""

    def __init__(self, device: str, seed: int) -> None:
        """Nothing is seeded before it is entered."""
        import torch

        # Seeding every device that there might be takes longer than a small layer.
        own: Any = torch.default_generator if device == "cpu" else getattr(torch, device.partition(":")[0])
        self._now, self._put_back = (
            (own.get_state, own.set_state) if device == "cpu" else (own.get_rng_state, own.set_rng_state)
        )
        self._own, self._seed = own, seed

    def __enter__(self) -> None:
        """Keep the state and begin at the seed."""
        self._state = self._now()
        self._own.manual_seed(self._seed)

    def __exit__(self, *_: object) -> None:
        """Tell how the generator was left, and put it back."""
        left("PyTorch's", lambda: self._now().tolist())
        self._put_back(self._state)


def _pull(dy: Array, saved: Any) -> Arrays:
    """Gradients by autograd; an argument that the output does not depend on has gradient zero.

    The graph is kept, so that a second backward is possible.
    """
    import torch

    y, leaves, fmt, around = saved
    upstream = fmt.tensor(dy)
    if not y.requires_grad:
        return {gradient_of(name): np.zeros(leaf.shape, array(leaf).dtype) for name, leaf in leaves.items()}
    with compiling():
        # A layer that answers in another format than its arguments' has its dy in that one; the law dtype says so.
        shaped = upstream if upstream.dtype == y.dtype else upstream.to(y.dtype)
        found = inside(around, partial(derivatives, y, list(leaves.values()), shaped, fmt.outputs))
    fmt.bring_back(upstream, dy)
    return {
        gradient_of(name): array(torch.zeros_like(leaf) if value is None else value)
        for (name, leaf), value in zip(leaves.items(), found, strict=True)
    }
