"""Names for arrays that come with a subject of no known family: its own words for its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from checks.adapters.callables import name_of, signature_of
from checks.adapters.foreign import Foreign
from checks.adapters.methods import methods_of
from checks.adapters.recognise import ARGUMENTS, framework_of
from checks.adapters.signature import NOT_DATA
from checks.errors import UsageError
from checks.subject import Subject
from checks.types import Array, Arrays


def named_inputs(obj: Any, inputs: Mapping[str, Any] | Sequence[Any] | Array) -> Arrays:
    """Examples as arrays by the names that the forward gives them; a module's parameters come along.

    Raises UsageError where there are more examples than names, or one is not of floating point.
    """
    given = inputs if isinstance(inputs, Mapping) else dict(zip(_names(obj, inputs), _each(inputs), strict=False))
    arrays = {name: np.asarray(value) for name, value in given.items()}
    for name, array in arrays.items():
        if array.dtype.kind != "f":
            raise UsageError(
                f"inputs: {name} is of {array.dtype}; expected floating point, since gradients are what is examined; "
                "give the others with functools.partial or a lambda"
            )
    return arrays | _parameters(obj)


def _each(inputs: Any) -> list[Any]:
    return list(inputs) if isinstance(inputs, (tuple, list)) else [inputs]


def _names(obj: Any, inputs: Any) -> list[str]:
    names = list(ARGUMENTS) if isinstance(obj, Subject) else _parameter_names(obj)
    count = len(_each(inputs))
    if count > len(names):
        raise UsageError(
            f"inputs has {count} arrays and {name_of(obj)} takes {', '.join(names) or 'nothing'}; expected at most "
            f"{len(names)}, or a dictionary with the names of the arguments"
        )
    return names


def _parameter_names(obj: Any) -> list[str]:
    plain = obj.function if isinstance(obj, Foreign) else obj
    methods = methods_of(plain)
    own = methods.ahead(plain) if methods else getattr(plain, "forward", plain)
    forward = plain[0] if isinstance(plain, (tuple, list)) else own
    hidden = frozenset() if forward is plain else NOT_DATA
    parameters = signature_of(forward, "function", ("x",)).parameters.values()
    return [p.name for p in parameters if p.name not in hidden and p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD}]


def _parameters(obj: Any) -> Arrays:
    if framework_of(obj) != "torch" or not hasattr(obj, "named_parameters"):
        return {}
    from checks.adapters.torch_module import parameters_of

    return parameters_of(obj)
