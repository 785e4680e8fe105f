"""The right layers of a soak: the references and PyTorch's own, in every format."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from checks.adapters import adapt
from checks.errors import UsageError
from checks.examination import Examination
from checks.families import families
from checks.opening import opened
from checks.scope.likeness import resolve
from checks.subject import Subject

#: NumPy has no bfloat16: the reference layers are soaked in the half precision that it has.
REFERENCE_DTYPES = ("float64", "float32", "float16")
TORCH_DTYPES = ("float64", "float32", "bfloat16")

#: PyTorch's own layers, by what they are like.
TORCH = {f"{name}{axes}d": f"{name}{axes}d" for name in ("conv", "max_pool", "avg_pool") for axes in (1, 2, 3)}


@dataclass(frozen=True)
class Row:
    """One right layer in one format; ``function`` is PyTorch's, empty for the reference."""

    like: str
    dtype: str
    function: str = ""

    @property
    def title(self) -> str:
        """What it is called in the table and in the state."""
        return f"{f'torch {self.function}' if self.function else f'reference {self.like}'}, {self.dtype}"


def rows(text: str = "") -> list[Row]:
    """Every right layer in every format whose title contains ``text``, capitals aside.

    Raises UsageError where there is none.
    """
    references = [Row(name, dtype) for name in families() for dtype in REFERENCE_DTYPES]
    functions = {**TORCH, "relu": "relu"}
    theirs = [Row(like, dtype, name) for name, like in functions.items() for dtype in TORCH_DTYPES]
    found = [row for row in references + theirs if text.lower() in row.title.lower()]
    if not found:
        raise UsageError(f"--only {text!r} stands in no title; expected a part of one such as {references[0].title!r}")
    return found


@cache
def opened_row(row: Row) -> tuple[Examination, Any]:
    """An examination of the row's layer and the family of its cases."""
    examination, _ = opened(_subject(row), row.like, {"dtype": row.dtype}, None)
    return examination, examination.family


def _subject(row: Row) -> Subject:
    sheet, _ = resolve(row.like)
    if not row.function:
        return sheet.reference
    import torch  # noqa: PLC0415 - only its own layers need it

    function = getattr(torch.nn.functional, row.function)
    return replace(adapt(function, sheet.arguments, framework="torch"), name=row.title)
