"""Examples in bfloat16, which NumPy lacks: float32 arrays carry them, and the layer gets tensors of bfloat16."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.frameworks import FRAMEWORKS, framework_of
from checks.adapters.given import by_argument
from checks.adapters.methods import ahead_of
from checks.adapters.tensor_state import formats_handed
from checks.adapters.torch_tensors import BFLOAT16
from checks.errors import SeveralFormatsError, UsageError
from checks.types import carrier

#: Frameworks that have the format, and that whose own derivatives are asked for in it.
HAVING, DERIVING = ("torch", "jax"), "torch"


def carried(obj: Any, inputs: Any) -> Any:
    """The examples of a layer, those in bfloat16 in arrays that carry it.

    Raises UsageError where other formats stand beside bfloat16, or the layer is handed NumPy's arrays.
    """
    given = by_argument(obj, inputs)
    narrow = [name for name, value in given.items() if named_format(value) == BFLOAT16]
    if not narrow:
        return inputs
    own = name_of(obj[0] if isinstance(obj, (tuple, list)) else obj)
    owner = framework_of(obj) or _owner(given[narrow[0]])
    if wide := [name for name, value in given.items() if named_format(value).startswith("float")]:
        raise SeveralFormatsError(
            f"inputs of bfloat16 ({', '.join(narrow)}) and of {named_format(given[wide[0]])} ({', '.join(wide)}); "
            "expected arrays of one format"
        )
    if owner not in HAVING:
        raise UsageError(
            f"inputs: {narrow[0]} is of bfloat16, which NumPy lacks, and {own} is handed NumPy's arrays; expected a "
            f"layer of PyTorch's or JAX's, or examples in float32 or float16, such as {narrow[0]}.astype('float32')"
        )
    handed = BFLOAT16 in formats_handed(ahead_of(obj))
    if owner == DERIVING and framework_of(obj) != DERIVING and not handed:
        raise UsageError(
            f"inputs: {narrow[0]} is of bfloat16, which NumPy lacks, and {own} does not show that it is "
            f"PyTorch's; expected adapt(layer, ({', '.join(map(repr, given))},), framework='torch', dtype='bfloat16') "
            f"and examples in float32, such as {narrow[0]}.float()"
        )
    return {name: _wide(value) if name in narrow else value for name, value in given.items()}


def _owner(value: Any) -> str:
    """The framework whose an example is; empty of NumPy's own arrays."""
    return FRAMEWORKS.get(type(value).__module__.partition(".")[0], "")


def named_format(value: Any) -> str:
    """The name of an array's format, without its framework's; empty of what has none."""
    return str(getattr(value, "dtype", "")).removeprefix("torch.")


def _wide(value: Any) -> Any:
    """Its numbers in the array that carries them."""
    found = value.detach().float().cpu().numpy() if hasattr(value, "detach") else np.asarray(value, np.float32)
    return found.view(carrier(BFLOAT16))
