"""A PyTorch layer as source: arrays become leaves, it is called as its adapter calls it, and autograd goes back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from checks.adapters.sources import variable
from checks.adapters.torch_tensors import BFLOAT16, Format
from checks.subject import Subject
from checks.types import Arrays, Config, gradient_of

#: A tensor in the memory of an array, as source; PyTorch has none that goes backwards.
HERE = "torch.from_numpy(array if min(array.strides, default=0) >= 0 else array.copy())"

#: Several tensors in one, as source of a list of them.
_ONE = "torch.cat([each.reshape(-1) for each in {}])"


def tensor_source(fmt: Format) -> Iterator[str]:
    """Lines that define ``tensor(array)``, whose entries lie as the array's do."""
    to = ".bfloat16()" if fmt.dtype == BFLOAT16 else f".to(torch.{fmt.dtype})" if fmt.dtype else ""
    to += f'.to("{fmt.device}")' if fmt.device != "cpu" else ""
    yield "def tensor(array):"
    if fmt.shares:
        yield f"    return {HERE}\n\n"
        return
    yield f"    here = {HERE}"
    yield "    memory = here.as_strided((here.untyped_storage().nbytes() // here.itemsize,), (1,))"
    yield f"    return memory{to}.as_strided(here.shape, here.stride())\n\n"


def back(fmt: Format) -> str:
    """What brings a tensor to where, and into what, NumPy can take it, as source."""
    return (".cpu()" if fmt.device != "cpu" else "") + (".float()" if fmt.dtype == BFLOAT16 else "")


@dataclass(frozen=True)
class Called:
    """The lines that import and build a layer for a case, those before a call, and the call that gives y."""

    built: Iterable[str]
    call: str
    before: Iterable[str] = ()


#: How a layer is called with arrays under which names, for a case; raises UnscriptedError where nobody can say it.
Calling: TypeAlias = Callable[[Mapping[str, str], Arrays, Config], Called]


def shown(subject: Subject, called: Calling, fmt: Format) -> Subject:
    """A subject of which one can say how it is called."""
    source = TorchSource(called, fmt)
    return replace(subject, preamble=source, preamble_of_some=source.asked_for)


@dataclass(frozen=True)
class TorchSource:
    """Source of a layer on tensors in a format; ``wanted`` are the arguments that need a gradient, None: all."""

    called: Calling
    fmt: Format
    wanted: frozenset[str] | None = None

    def asked_for(self, wanted: frozenset[str]) -> TorchSource:
        """The same where these arguments alone need a gradient."""
        return replace(self, wanted=wanted)

    def __call__(self, arrays: Arrays, config: Config) -> str:
        """Lines that define ``forward(...) -> (y, (y, leaves))`` and ``backward(dy, saved) -> gradients``.

        Raises UnscriptedError where nobody can write them.
        """
        if (fmt := self.fmt.carrying(arrays.values())) is not self.fmt:
            return replace(self, fmt=fmt)(arrays, config)
        names = {name: variable(name) for name in arrays}
        found = self.called(names, arrays, config)
        return "\n".join(
            [
                "import torch",
                *found.built,
                *tensor_source(self.fmt),
                *self._forward(found, names.values(), [names[name] for name in self._leaves(arrays)]),
                *self._backward(self._leaves(arrays)),
            ]
        )

    def _leaves(self, arguments: Iterable[str]) -> list[str]:
        return [name for name in arguments if self.wanted is None or name in self.wanted]

    def _forward(self, found: Called, names: Collection[str], leaves: Collection[str]) -> Iterator[str]:
        each, y = ", ".join(names), "answer" if "y" in names else "y"
        picked = self.fmt.outputs.source(y, _ONE)
        all_need = ".requires_grad_()" if len(leaves) == len(names) else ""
        many, one = f"(tensor(each){all_need} for each in ({each}))", f"tensor({each}){all_need}"
        yield f"def forward({each}):"
        yield f"    {each} = {many if ',' in each else one}"
        yield from (f"    {leaf}.requires_grad_()" for leaf in leaves if not all_need)
        yield from (f"    {line}" for line in found.before)
        yield f"    {y} = {found.call}"
        yield from [f"    {y} = {picked}"] * (picked != y)
        yield f"    return {y}.detach(){self._back}.numpy(), ({y}, [{', '.join(leaves)}])\n\n"

    def _backward(self, arguments: Iterable[str]) -> Iterator[str]:
        names = ", ".join(f'"{gradient_of(name)}"' for name in arguments)
        yield "def backward(dy, saved):"
        yield "    y, leaves = saved"
        yield "    found = [torch.zeros_like(each) for each in leaves]"
        yield "    if y.requires_grad:"
        yield from self._derived()
        yield f"    return dict(zip([{names}], [each{self._back}.numpy() for each in found]))\n\n"

    def _derived(self) -> Iterator[str]:
        """Lines that ask for gradients, or that go back as training does and read them where they are added up."""
        if not self.fmt.outputs.added_up:
            asked = "y, leaves, tensor(dy).to(y.dtype), retain_graph=True, materialize_grads=True"
            yield f"        found = torch.autograd.grad({asked})"
            return
        yield "        for each in leaves:"
        yield "            each.grad = None"
        yield "        y.backward(tensor(dy).to(y.dtype), retain_graph=True)"
        yield "        found = [torch.zeros_like(each) if each.grad is None else each.grad for each in leaves]"

    @property
    def _back(self) -> str:
        return back(self.fmt)
