"""The text of a case: its keywords written, and its fields read back."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from checks.errors import CaseError
from checks.types import Config, Shape, Shapes

_FORM = (
    "expected 'family(x=(1,1,3,3), dy=(1,1,2,2); stride=1, padding=0; "
    'dtype="float64", data="integers", span=3, unit=1, seed=0)\''
)


def keywords(pairs: Config) -> str:
    """Names with their values, as ``fields`` reads them."""
    return ", ".join(f"{name}={_literal(value)}" for name, value in pairs.items())


def _literal(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (tuple, list)):
        return "(" + ",".join(map(_literal, value)) + (",)" if len(value) == 1 else ")")
    plain = value.item() if isinstance(value, np.generic) else value
    return repr(plain) if _has_a_literal(plain) else f'"{str(plain).strip("()")}"'


def _has_a_literal(value: object) -> bool:
    """Python has none for NaN, infinities and long doubles; NumPy reads them from their words."""
    return not isinstance(value, np.longdouble) and (
        not isinstance(value, (float, complex)) or bool(np.isfinite(value))
    )


def fields(text: str) -> tuple[str, dict[str, Shape], dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Family, shapes, configuration, numbers and values of a case from its text.

    Raises CaseError that shows the text and the form that was expected. Nothing in the text is executed.
    """
    family, separator, rest = text.strip().partition("(")
    parts = rest.removesuffix(")").split(";")
    if not separator or not rest.endswith(")") or len(parts) not in {3, 4}:
        msg = f"{text!r} is not a case; {_FORM}"
        raise CaseError(msg)
    shapes, config, numbers, *values = (_read(part, text) for part in parts)
    return family, _shapes(shapes, text), config, _numbers(numbers, text), _values(values, shapes, text)


def _read(part: str, text: str) -> dict[str, Any]:
    try:
        call = ast.parse(f"f({part})", mode="eval").body
        words = call.keywords if isinstance(call, ast.Call) and not call.args else [ast.keyword("", call)]
        return {str(word.arg): ast.literal_eval(word.value) for word in words}
    except (SyntaxError, ValueError) as error:
        msg = f"{part.strip()!r} in {text!r} cannot be read; {_FORM}"
        raise CaseError(msg) from error


def _shapes(shapes: dict[str, Any], text: str) -> dict[str, Shape]:
    for name, shape in shapes.items():
        if not isinstance(shape, tuple) or not all(type(size) is int and size >= 0 for size in shape):
            msg = f"{name}={shape!r} in {text!r} is not a shape; expected a tuple of sizes such as {name}=(1,1,3,3)"
            raise CaseError(msg)
    if "x" not in shapes or "dy" not in shapes:
        msg = f"{text!r} names {', '.join(shapes) or 'nothing'}; expected at least x and dy; {_FORM}"
        raise CaseError(msg)
    return shapes


def _values(parts: list[dict[str, Any]], shapes: Shapes, text: str) -> dict[str, Any]:
    values = parts[0] if parts else {}
    for name, value in values.items():
        try:
            found = np.array(value, dtype=complex).shape
        except (TypeError, ValueError):
            found = None
        if found != shapes.get(name):
            raise CaseError(
                f"{name}={value!r} in {text!r} has shape {found}; expected numbers of shape {shapes.get(name)}"
            )
    return values


def _numbers(numbers: dict[str, Any], text: str) -> dict[str, Any]:
    for name, value in numbers.items():
        wanted = str if name in {"dtype", "data"} else int
        if name not in {"dtype", "data", "span", "unit", "seed"} or type(value) is not wanted:
            msg = f"{name}={value!r} in {text!r} is not understood; {_FORM}"
            raise CaseError(msg)
    return numbers
