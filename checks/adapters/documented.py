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


def documented(call: Callable[..., Any]) -> inspect.Signature | None:
    """Signature as documented, such as ``conv2d(input, weight, bias=None, stride=1) -> Tensor``; None if there is none.

    A default that is not a literal is kept as its text; what only a keyword sets may always be left out.
    """
    lines = (line for line in (getattr(call, "__doc__", None) or "").splitlines() if line.strip())
    head = next(lines, "").partition("->")[0].strip()
    try:
        tree = ast.parse(f"def {_QUALIFIED.sub('', head)}: ...").body[0]
    except SyntaxError:
        return None
    return inspect.Signature(_parameters(tree.args)) if isinstance(tree, ast.FunctionDef) else None


def _parameters(arguments: ast.arguments) -> list[Parameter]:
    plain = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    found = [
        Parameter(name.arg, Parameter.POSITIONAL_OR_KEYWORD, default=_default(value))
        for name, value in zip(plain, [*missing, *arguments.defaults], strict=True)
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
