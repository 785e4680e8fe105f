"""Frameworks whose tensors a layer may be written on by hand; none is imported to find out."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from copy import copy, deepcopy
from functools import partial
from typing import Any, NamedTuple, Self

import numpy as np

from checks.adapters.fields import fields_of, has_fields, refilled
from checks.adapters.jax_function import compiled_soon, from_jax, in_jax
from checks.adapters.jax_modes import KEPT, in_usual, is_wide, mode, usual
from checks.adapters.torch_planes import no_one_dnn, of_convolution
from checks.adapters.torch_preamble import back, tensor_source
from checks.adapters.torch_tensors import BFLOAT16, Format
from checks.types import Array, Arrays, format_name


class Source(NamedTuple):
    """What stands in a script for a layer that takes tensors."""

    loading: str
    kind: str
    tensor: str
    array: str
    copied: str
    space: str


class Tensors(ABC):
    """The tensors of one framework; ``framework`` is the name under which it is loaded, ``called`` what they are."""

    framework: str
    called: str
    #: Where they lie.
    device: str = "cpu"
    #: Formats that NumPy lacks and they have.
    carried: tuple[str, ...] = ()

    def __init__(self) -> None:
        """Nothing is to be said of them yet."""
        self.remarks: list[str] = []

    def apart(self) -> Self:
        """The same for one layer, of whose calls alone its remarks tell."""
        own = copy(self)
        own.remarks = []
        return own

    @abstractmethod
    def source(self, arrays: Arrays) -> Source:
        """What stands for them in a script that calls a layer on these."""

    @abstractmethod
    def are(self, value: Any) -> bool:
        """Whether this is one of them."""

    @abstractmethod
    def tensor(self, array: Array) -> Any:
        """A tensor of these numbers."""

    @abstractmethod
    def array(self, tensor: Any) -> Array:
        """The numbers of a tensor."""

    def settle(self, given: Any, handed: Any) -> None:  # noqa: B027 - they share their memory unless somebody says so
        """After a call: what a layer has written to tensors stands in the arrays of which they were made."""

    @abstractmethod
    def calling(self, given: Any) -> AbstractContextManager[object]:
        """What a layer is called in with these, and tensors are made in, so that they keep their format."""

    @property
    def usual(self) -> str:
        """The format in which wider ones are computed, too, in the user's process; empty where each is kept."""
        return ""

    @property
    def loaded(self) -> bool:
        """Whether anybody has loaded the framework: whoever writes such a layer has."""
        return self.framework in sys.modules

    def among(self, examples: Mapping[str, Any]) -> bool:
        """Whether any example is one of them, or holds one."""
        return any(self.are(leaf) for value in examples.values() for leaf in leaves(value))

    def tensors(self, value: Any) -> Any:
        """A structure with a tensor in place of each array; anything else as it is."""
        return self.tensor(value) if isinstance(value, np.ndarray) else each(self.tensors, value)

    def handed(self, arrays: Any) -> Iterator[Any]:
        """A structure of copies as tensors; and as those that the user's process makes of it, where it makes others."""
        yield self._made(arrays)

    def _made(self, arrays: Any) -> Any:
        with self.calling(arrays):
            return self.tensors(deepcopy(arrays))

    def arrays(self, value: Any) -> Any:
        """The numbers of tensors, in whatever they stand."""
        return self.array(value) if self.are(value) else each(self.arrays, value)


class _Torch(Tensors):
    """PyTorch's; a tensor lies in the memory of its array where PyTorch takes that, elsewhere as its array does."""

    framework, carried = "torch", (BFLOAT16,)

    def __init__(self, device: str = "cpu") -> None:
        super().__init__()
        self.device, self._format = device, Format(device=device)
        self.called = "tensors" if device == "cpu" else f"tensors on {device}"

    def source(self, arrays: Arrays) -> Source:
        fmt = self._format.carrying(arrays.values())
        if fmt.shares:
            return _IN_MEMORY
        loading = "\n".join(["import torch\n\n", *tensor_source(fmt)]).rstrip()
        return _IN_MEMORY._replace(
            loading=loading, tensor="tensor", array=f"lambda each: each.detach(){back(fmt)}.numpy()"
        )

    def are(self, value: Any) -> bool:
        return isinstance(value, sys.modules["torch"].Tensor)

    def tensor(self, array: Array) -> Any:
        return self._format.carrying([array]).tensor(array)

    def array(self, tensor: Any) -> Array:
        return self._format.array(tensor)

    def settle(self, given: Any, handed: Any) -> None:
        for array, tensor in zip(leaves(given), leaves(handed), strict=True):
            if isinstance(array, np.ndarray):
                self._format.carrying([array]).settle([tensor], [array])

    def calling(self, given: Any) -> AbstractContextManager[object]:
        arrays = list(_arrays_in(given))
        if self.device != "cpu" or not self._format.carrying(arrays).dtype:
            return nullcontext()
        said = of_convolution(arrays)
        self.remarks.extend([said] if said and said not in self.remarks else [])
        return no_one_dnn()


#: What a script says of tensors in the memory of arrays.
_IN_MEMORY = Source(
    "import torch",
    "torch.Tensor",
    "lambda each: torch.from_numpy(each if min(each.strides, default=0) >= 0 else each.copy())",
    "lambda each: each.detach().numpy()",
    ".clone()",
    "torch",
)


class _Jax(Tensors):
    """JAX's, which nobody can write to, in memory of their own."""

    framework, called, carried = "jax", "JAX arrays", (BFLOAT16,)

    def source(self, arrays: Arrays) -> Source:
        loading = f"import jax\n\n{KEPT}" if is_wide(arrays.values()) else "import jax"
        narrow = any(format_name(value.dtype) == BFLOAT16 for value in arrays.values())
        tensor, array = _JAX_IN_BFLOAT16 if narrow else ("jax.numpy.array", "np.asarray")
        return Source(loading, "jax.Array", tensor, array, ".copy()", "jax.numpy")

    def are(self, value: Any) -> bool:
        is_key = str(getattr(value, "dtype", "")).startswith("key<")  # of a generator, which NumPy lacks
        return isinstance(value, sys.modules["jax"].Array) and not is_key

    def tensor(self, array: Array) -> Any:
        return in_jax(array)

    def array(self, tensor: Any) -> Array:
        return from_jax(tensor)

    def calling(self, given: Any) -> AbstractContextManager[object]:
        both = ExitStack()
        both.enter_context(mode(wide=is_wide(_leaves_and_fields(given))))
        both.enter_context(compiled_soon())
        return both

    @property
    def usual(self) -> str:
        return usual()

    def handed(self, arrays: Any) -> Iterator[Any]:
        yield self._made(arrays)
        if self.usual:
            yield self._made(within(in_usual, arrays))


#: A tensor of an array, and an array of a tensor, as source in bfloat16.
_JAX_IN_BFLOAT16 = ('lambda each: jax.numpy.array(each, "bfloat16")', "lambda each: np.asarray(each, np.float32)")

#: Each of them.
KINDS: tuple[Tensors, ...] = (_Torch(), _Jax())


def kinds_on(device: str) -> tuple[Tensors, ...]:
    """Those that may be meant by a layer that computes on this device: on another than the CPU PyTorch's alone."""
    return KINDS if device == "cpu" else (_Torch(device),)


def each(change: Any, value: Any) -> Any:
    """A structure of what ``change`` makes of each thing in it; what is none as it is."""
    if isinstance(value, Mapping):
        return {name: change(one) for name, one in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(change, value))
    return type(value)(map(change, value)) if isinstance(value, (tuple, list)) else value


def within(change: Callable[[Any], Any], value: Any) -> Any:
    """A structure of what ``change`` makes of each leaf, in things with fields too, which no object may hold."""
    if has_fields(value):
        return refilled(value, {name: within(change, one) for name, one in fields_of(value).items()})
    changed = each(partial(within, change), value)
    return change(value) if changed is value else changed


def leaves(value: Any) -> Iterator[Any]:
    """Everything in dictionaries, tuples and lists of a value that is none of these."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, (tuple, list)) else None
    if inner is None:
        yield value
        return
    for one in inner:
        yield from leaves(one)


def _arrays_in(value: Any) -> Iterator[Array]:
    return (leaf for leaf in _leaves_and_fields(value) if isinstance(leaf, np.ndarray))


def _leaves_and_fields(value: Any) -> Iterator[Any]:
    """The same, and everything in things with fields."""
    for leaf in leaves(value):
        yield from _leaves_and_fields(list(fields_of(leaf).values())) if has_fields(leaf) else (leaf,)
