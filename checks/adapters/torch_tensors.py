"""What every PyTorch subject shares: arrays become tensors, autograd goes back, gradients become arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from checks.adapters.outputs import First, Outputs
from checks.adapters.torch_compiling import as_compiled
from checks.adapters.torch_crashes import crash
from checks.adapters.torch_derivatives import derivatives
from checks.adapters.torch_given import Given, array
from checks.adapters.torch_memory import apart
from checks.adapters.torch_planes import safely
from checks.adapters.torch_seeds import Seeded
from checks.adapters.torch_surroundings import Around, Noting, inside
from checks.devices import when_ready
from checks.generators import seed_of
from checks.parts import Part, part
from checks.saved import Counting
from checks.subject import Subject
from checks.types import Array, Arrays, Config, carrier, carries, gradient_of

T = TypeVar("T")

#: The format that NumPy lacks.
BFLOAT16 = "bfloat16"


@dataclass(frozen=True)
class Format:
    """Where tensors live and in what format: empty is the format of the arrays, or what they carry (``carrying``).

    ``outputs`` says which of a layer's count.
    """

    dtype: str = ""
    device: str = "cpu"
    outputs: Outputs = field(default_factory=First)
    given: Given = field(default_factory=Given, repr=False, compare=False)

    def carrying(self, arrays: Iterable[Array]) -> Format:
        """This one, or bfloat16 where it is that of the arrays and some of these carry that."""
        return self._narrow if not self.dtype and any(carries(each.dtype) for each in arrays) else self

    @cached_property
    def _narrow(self) -> Format:
        return replace(self, dtype=BFLOAT16)

    def limits(self) -> dict[str, Any]:
        """The cases that can be given in this format."""
        return {"dtype": self.dtype} if self.dtype else {}

    @cached_property
    def shares(self) -> bool:
        """Whether tensors lie in the memory of the arrays that they are made of."""
        return self.device == "cpu" and not self.dtype

    def tensor(self, array: Array) -> Any:
        """A tensor on the same memory where that is possible, so that a layer that writes to its arguments is seen.

        Elsewhere its entries lie as those of the array do: an upstream gradient of stride 0 is what a sum hands on.
        """
        import torch

        if self.shares and array.flags.writeable and (array.base is None or _begins_forward(array)):
            return torch.from_numpy(array)
        plain = array if (steps := _steps(array)) else array.copy()
        steps = steps or _steps(plain)
        whole, first = self._whole(plain, steps)
        memory = torch.from_numpy(whole)
        there = memory if self.shares else memory.to(device=self.device, dtype=getattr(torch, self._of(array)))
        return when_ready(there).as_strided(plain.shape, steps, first)

    def _whole(self, array: Array, steps: list[int]) -> Part:
        """What a tensor is a part of, as its array is: in the same memory, or in a copy of it."""
        whole = part(array)
        if whole is None:
            return Part(_memory(array, steps), 0)
        return whole if self.shares and array.flags.writeable else Part(whole.memory.copy(), whole.first)

    def _of(self, array: Array) -> str:
        """The format of a tensor: what is wider than a carrier stays so, for derivatives of the same layer."""
        return self.dtype if self.dtype and array.dtype == carrier(self.dtype) else str(array.dtype)

    @cached_property
    def array(self) -> Callable[[Any], Array]:
        """What makes an array of a result."""
        return array if self.shares else self.given.array

    def settle(self, tensors: Iterable[Any], arrays: Iterable[Array]) -> None:
        """After a call: what the layer has written to tensors elsewhere stands in the arrays that stand for them."""
        if not self.shares:
            self.given.look()
            for tensor, value in zip(tensors, arrays, strict=True):
                self._bring_back(tensor, value)

    def _bring_back(self, tensor: Any, given: Array) -> None:
        """Write to ``given`` what a layer has written to its copy elsewhere, so that such a layer is seen too."""
        if not given.flags.writeable:
            return
        import torch

        before, now = self.tensor(given), tensor.detach()
        if torch.equal(before, now):  # no NaN among them
            return
        if not torch.equal(before.nan_to_num(), now.nan_to_num()) or not torch.equal(before.isnan(), now.isnan()):
            np.copyto(given, array(now))


def _begins_forward(array: Array) -> bool:
    """Whether an array that is a view lies from the beginning of its memory on, as all do that have their own."""
    return min(array.strides, default=0) >= 0 and not part(array)


def _steps(array: Array) -> list[int]:
    """The strides of an array in entries; none where PyTorch has no such: backwards, or between two entries."""
    steps = [divmod(step, array.itemsize) for step in array.strides]
    return [step for step, _ in steps] if not any(step < 0 or rest for step, rest in steps) else []


def _memory(array: Array, steps: list[int]) -> Array:
    """A copy of the memory from an array's first entry to its last."""
    last = sum([(size - 1) * step for size, step in zip(array.shape, steps, strict=True)])
    entries = last + 1 if array.size else 0
    return np.lib.stride_tricks.as_strided(array, (entries,), (array.itemsize,)).copy()


#: Outputs each of which is used alone in one call.
MOST_OUTPUTS = 4

#: A layer on tensors, by the names of its arguments.
Layer = Callable[[Mapping[str, Any], Config], Any]


def torch_subject(name: str, layer: Layer, limits: Config, fmt: Format, seeds: Iterator[int] | None = None) -> Subject:
    """Subject from a layer on tensors, which autograd differentiates for all of its arguments or for some.

    Each forward finds PyTorch's generator at the next of ``seeds``, at that of the shapes unless they are given.
    """

    def seed(arrays: Arrays) -> int:
        return seed_of(arrays) if seeds is None else next(seeds)

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        return _with_grad(_run, layer, fmt, arrays, config, frozenset(arrays), seed(arrays))

    def some(arrays: Arrays, config: Config, dy: Array, wanted: frozenset[str]) -> Arrays:
        return _with_grad(lambda: _pull(dy, _run(layer, fmt, arrays, config, wanted, seed(arrays))[1]))

    def inference(arrays: Arrays, config: Config) -> Array:
        import torch

        with torch.no_grad():
            return _run(layer, fmt, arrays, config, frozenset(), seed(arrays))[0]

    def of_outputs(arrays: Arrays, config: Config, dy: Array, first: int) -> dict[int, tuple[Arrays, Arrays]]:
        graph = forward(arrays, config)[1]
        return dict(islice(_pull_each(dy, graph, first), MOST_OUTPUTS))

    carried = () if fmt.dtype else (BFLOAT16,)
    found = Subject(name, forward, _pull, limits, device=fmt.device, carried=carried, remarks=fmt.outputs.remarks)
    found = replace(found, some=some, of_outputs=of_outputs, inference=inference)
    return replace(found, crash=crash if fmt.device == "cpu" else None)


def _with_grad(step: Callable[..., T], *given: Any) -> T:
    """What a step gives in PyTorch's grad mode: where that is on already, its own context takes several times as long.

    It is on afterwards, too, whatever a layer has set.
    """
    import torch

    if not torch.is_grad_enabled():
        with torch.enable_grad():
            return step(*given)
    try:
        return step(*given)
    finally:
        if not torch.is_grad_enabled():
            torch.set_grad_enabled(True)


@dataclass(eq=False)
class _Graph(Counting):
    """The output with its graph, the leaves of which a gradient is wanted, and what surrounded the forward.

    ``outputs`` are those of which y was made, where they are several.
    """

    y: Any
    leaves: Mapping[str, Any]
    fmt: Format
    around: Sequence[Around]
    outputs: Sequence[Any] = ()

    def tell_written(self, names: frozenset[str]) -> None:
        """See ``Counting``: PyTorch counts what PyTorch writes."""
        from torch.autograd.graph import increment_version

        increment_version([each for name, each in {"y": self.y, **self.leaves}.items() if name in names])


def _run(
    layer: Layer, fmt: Format, arrays: Arrays, config: Config, wanted: frozenset[str], seed: int
) -> tuple[Array, _Graph]:
    """Y, and what a backward needs."""
    fmt = fmt.carrying(arrays.values())
    leaves = {name: fmt.tensor(value).requires_grad_(name in wanted) for name, value in arrays.items()}
    outputs = list[Any]()

    def join(each: list[Any]) -> Any:
        outputs.extend(each)
        return _one(each)

    call = partial(layer, leaves, config)
    if fmt.device == "cpu":
        call = partial(safely, call, arrays, fmt.outputs.remarks)
    with Seeded(fmt.device, seed), Noting() as around:
        try:
            y = fmt.outputs.joined(as_compiled(call), join, leaves.values())
        except RuntimeError as error:
            _add_remedy(error)
            raise
    if not fmt.shares:
        fmt.settle(leaves.values(), arrays.values())
    asked = {name: leaves[name] for name in leaves if name in wanted}
    return fmt.array(y), _Graph(y, asked, fmt, around, outputs)


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


def _pull(dy: Array, graph: _Graph) -> Arrays:
    """Gradients by autograd; an argument that the output does not depend on has gradient zero.

    The graph is kept, so that a second backward is possible.
    """
    import torch

    y, leaves, fmt = graph.y, graph.leaves, graph.fmt
    upstream = fmt.tensor(dy)
    if not y.requires_grad:
        return {gradient_of(name): np.zeros(leaf.shape, array(leaf).dtype) for name, leaf in leaves.items()}
    # A layer that answers in another format than its arguments' has its dy in that one; the law dtype says so.
    shaped = upstream if upstream.dtype == y.dtype else upstream.to(y.dtype)
    found = as_compiled(inside, graph.around, partial(derivatives, y, list(leaves.values()), shaped, fmt.outputs))
    if not fmt.shares:
        fmt.settle([upstream], [dy])
    return {
        gradient_of(name): fmt.array(torch.zeros_like(leaf) if value is None else value)
        for (name, leaf), value in zip(leaves.items(), apart(y, found, upstream), strict=True)
    }


def _pull_each(dy: Array, graph: _Graph, first: int) -> Iterator[tuple[int, tuple[Arrays, Arrays]]]:
    """See ``Layer.of_outputs``; what an output is not derived by nobody uses."""
    ends = np.cumsum([0, *(each.numel() for each in graph.outputs)])
    places = [place for place, each in enumerate(graph.outputs) if each.requires_grad]
    for place in (*places[first % len(places) :], *places[: first % len(places)]) if places else ():
        alone, here = graph.outputs[place], slice(ends[place], ends[place + 1])
        beside = np.zeros_like(dy)
        beside[here] = dy[here]
        yield place, (_pull(dy[here].reshape(alone.shape), replace(graph, y=alone)), _pull(beside, graph))
