"""What a layer gave as tensors that lie elsewhere: who writes to one of them later has changed it for its caller."""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import ref

import numpy as np

from checks.equality import identical
from checks.errors import UsageError
from checks.types import Array, carrier


class _Result(NamedTuple):
    """A tensor, the array that stands for it (as long as anybody has that), and the numbers that it was given with."""

    tensor: Any
    array: ref[Array]
    numbers: Array


class Given:
    """The results of a layer's earlier calls, where their arrays do not lie in the memory of its tensors."""

    def __init__(self) -> None:
        self._results = list[_Result]()

    def array(self, tensor: Any) -> Array:
        """A tensor as an array, to which is written what the layer writes to the tensor before ``look``."""
        found = array(tensor)
        self._results.append(_Result(tensor.detach(), ref(found), found.copy()))
        return found

    def look(self) -> None:
        """Write to the arrays of earlier calls what has been written to their tensors since."""
        self._results = [now for result in self._results if (now := _as_it_is(result))]


def _as_it_is(result: _Result) -> _Result | None:
    """A result after its array was brought up to date; none where nobody has that, or its tensor says that it is gone.

    That is what a graph's output says (``mode="reduce-overhead"``) to whoever reads it too late: no number is wrong.
    """
    tensor, held, numbers = result
    if (own := held()) is None:
        return None
    try:
        now = array(tensor)
    except RuntimeError:
        return None
    if identical(now, numbers):
        return result
    np.copyto(own, now)
    return _Result(tensor, held, now)


def array(tensor: Any) -> Array:
    """A tensor as an array; bfloat16 becomes the float32 that carries it, and what is sparse is filled with zeros.

    Raises UsageError for a tensor of shape alone, TypeError for anything else.
    """
    import torch

    if not hasattr(tensor, "is_meta"):
        raise TypeError(f"the layer returned {type(tensor).__name__}; expected a tensor")
    if tensor.is_meta:
        raise UsageError(
            f"a tensor of shape {tuple(tensor.shape)} is on the device 'meta', which keeps no numbers; expected one "
            "with numbers: call layer.to_empty(device='cpu') and let the layer draw its parameters"
        )
    if tensor.layout != torch.strided:  # as the gradient of an embedding may be
        tensor = tensor.to_dense()
    if tensor.dtype == torch.bfloat16:
        return np.asarray(tensor.float().numpy(force=True)).view(carrier("bfloat16"))
    return np.asarray(tensor.numpy(force=True))
