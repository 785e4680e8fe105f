"""The text of a case: its keywords written, and its fields read back."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from checks.counted import count
from checks.errors import CaseError
from checks.nearest import near
from checks.types import Config, Shape, Shapes

_FORM = (
    "expected 'family(x=(1,1,3,3), dy=(1,1,2,2); stride=1, padding=0; "
    'dtype="float64", data="integers", span=3, unit=1, seed=0)\''
)

#: What stands in the third part of a text.
_KINDS = {"dtype": str, "data": str, "span": int, "unit": int, "seed": int}


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
    if not isinstance(text, str):
        raise CaseError(f"{text!r:.80} of {type(text).__name__} is not a case: a text is read; {_FORM}")
    family, _, rest = text.strip().partition("(")
    parts = rest.removesuffix(")").split(";")
    if fault := _fault(text.strip(), len(parts)):
        raise CaseError(f"{text!r} is not a case: {fault}; {_FORM}")
    shapes, config, numbers, *values = (_read(part, text) for part in parts)
    return family, _shapes(shapes, text), config, _numbers(numbers, text), _values(values, shapes, text)


def _fault(text: str, parts: int) -> str:
    """What a text as a whole lacks of the form of a case; empty where it lacks nothing."""
    if "(" not in text:
        return "it has no parentheses"
    if not text.endswith(")"):
        return "it does not end with a parenthesis, as if it were cut off"
    wanted = "shapes; keywords; numbers; and values where some are given"
    return "" if parts in {3, 4} else f"semicolons make {count(parts, 'part')} of it, where 3 or 4 belong: {wanted}"


def _read(part: str, text: str) -> dict[str, Any]:
    """Names and values of a part.

    Raises CaseError that shows what of it cannot be read.
    """
    try:
        call = ast.parse(f"f({part})", mode="eval").body
    except SyntaxError as error:
        raise CaseError(f"{part.strip()!r} in {text!r} cannot be read ({error.msg}); {_FORM}") from error
    words = call.keywords if isinstance(call, ast.Call) and not call.args else []
    if not all(word.arg for word in words) or bool(words) != bool(part.strip()):
        raise CaseError(f"{part.strip()!r} in {text!r} cannot be read; {_FORM}")
    return {str(word.arg): _value(word, text) for word in words}


def _value(word: ast.keyword, text: str) -> Any:
    try:
        return ast.literal_eval(word.value)
    except ValueError as error:
        name = word.value.id if isinstance(word.value, ast.Name) else ""
        quoted = f': a word stands in quotes, {word.arg}="{name}"' if name else ""
        raise CaseError(f"{ast.unparse(word)!r} in {text!r} cannot be read{quoted}; {_FORM}") from error


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
        if name not in _KINDS:
            raise CaseError(
                f"{name}={value!r} in {text!r} is not understood{near(name, _KINDS)}: behind the second semicolon "
                f"stand {', '.join(_KINDS)}; {_FORM}"
            )
        if type(value) is not _KINDS[name]:
            kind = "a word in quotes" if _KINDS[name] is str else "a whole number"
            raise CaseError(f"{name}={value!r} in {text!r} is not understood: it is {kind}; {_FORM}")
    return numbers
