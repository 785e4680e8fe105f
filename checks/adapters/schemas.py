"""Signatures of what PyTorch compiled, which has none of Python's: its schema names the arguments."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import Any

#: What is said of an argument that takes a tensor: no number, whatever it is called.
TENSOR = "Tensor"


def schema_of(call: Any) -> Any:
    """The schema of a method that ``torch.jit`` made, or of an overload; None of anything else."""
    found = getattr(call, "schema", None) or getattr(call, "_schema", None)
    return found if hasattr(found, "arguments") else None


def of_schema(schema: Any) -> Signature:
    """The signature that a schema tells, without the object that a method is of."""
    return Signature([_parameter(each) for each in schema.arguments if each.name != "self" or _is_tensor(each)])


def _is_tensor(item: Any) -> bool:
    """An operator may call its first array so."""
    return "Tensor" in str(item.type)


def _parameter(item: Any) -> Parameter:
    kind = Parameter.KEYWORD_ONLY if item.kwarg_only else Parameter.POSITIONAL_OR_KEYWORD
    default = item.default_value if item.has_default_value() else Parameter.empty
    return Parameter(item.name, kind, default=default, annotation=TENSOR if _is_tensor(item) else Parameter.empty)
