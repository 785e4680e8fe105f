"""Signatures of built-in functions, read from the first line of their documentation; nothing is executed."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from inspect import Parameter
from typing import Any

#: Modules before a name, as in ``linalg.inv(A)``.
_QUALIFIED = re.compile(r"^(\w+\.)+")

#: What may be left out, as in ``tanh(x[, signature])``; inside it there is no other.
_OPTIONAL = re.compile(r"\[\s*,[^\[\]]*\]")


def documented(call: Callable[..., Any]) -> inspect.Signature | None:
    """Signature as documented, such as ``conv2d(input, weight, bias=None, stride=1) -> Tensor``; None if there is none.

    A default that is not a literal is kept as its text; what only a keyword sets may always be left out, and what
    stands in brackets is.
    """
    lines = (line for line in (getattr(call, "__doc__", None) or "").splitlines() if line.strip())
    head = next(lines, "").partition("->")[0].strip()
    while (shorter := _OPTIONAL.sub("", head)) != head:
        head = shorter
    try:
        tree = ast.parse(f"def {_QUALIFIED.sub('', head)}: ...").body[0]
    except SyntaxError:
        return None
    return inspect.Signature(_parameters(tree.args)) if isinstance(tree, ast.FunctionDef) else None


def _parameters(arguments: ast.arguments) -> list[Parameter]:
    plain = [
        *((name, Parameter.POSITIONAL_ONLY) for name in arguments.posonlyargs),
        *((name, Parameter.POSITIONAL_OR_KEYWORD) for name in arguments.args),
    ]
    missing: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    found = [
        Parameter(name.arg, kind, default=_default(value))
        for (name, kind), value in zip(plain, [*missing, *arguments.defaults], strict=True)
    ]
    keyword = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return found + [
        Parameter(name.arg, Parameter.KEYWORD_ONLY, default=value and _default(value)) for name, value in keyword
    ]


def _default(value: ast.expr | None) -> Any:
    if value is None:
        return Parameter.empty
    try:
        return ast.literal_eval(value)
    except ValueError:
        return ast.unparse(value)
