"""Arrays that are too long to be listed in a script, as the rule that makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import product
from math import prod
from typing import Any
from zlib import crc32

import numpy as np

from checks.case import Case
from checks.data import spread_scale
from checks.diagnosis.arrays import spelled_number
from checks.invariants.other_numbers import MOST_AT_ENDS
from checks.types import Array

#: Entries that are set one by one at most.
MOST_SET = 12

#: How ``checks.data`` draws an array, as source.
_DRAWN = (
    "{rng}.integers({low}, {high}, {shape})",
    "{rng}.standard_normal({shape})",
    "{rng}.permutation({around}).reshape({shape})",
    "(lambda rng: (rng.uniform(-0.2, 0.2, {shape}) + rng.permutation({around}).reshape({shape})) * {scale})({rng})",
    "(lambda rng: rng.choice([-1, 1], {shape}) * (rng.random({shape}) * {span} < 1))({rng})",
)

#: In which orders it puts them (``checks.patterns``).
_ORDERS = (
    "{}",
    "np.maximum({}, 0)",
    "np.sort({}, axis=None).reshape({shape})",
    "np.where({} == 0, 1, np.abs({}))",
    "-np.where({} == 0, 1, np.abs({}))",
    "np.repeat({}.reshape(-1, {plane})[:, :1], {plane}, 1).reshape({shape})",
)

#: What laws make of an array.
_CHANGES = (
    "{}",
    "-np.flip({})",
    "1 - np.flip({})",
    "-{}",
    "2 * {}",
    "np.resize({}, {shape})",
    "(lambda flat: np.r_[flat[:{ends}], flat[{ends}:{rest}][::-1], flat[{rest}:]].reshape({shape}))({}.ravel())",
)


def ruled(argument: str, numbers: Array, earlier: Mapping[str, Array], case: Case) -> tuple[str, str]:
    """Source that makes these numbers, bit for bit, without listing them; two empty words where no rule is known.

    The second word is what is done to that array, whatever its name. ``earlier`` holds the arrays that the script has
    made already, by name.
    """
    if not numbers.size or numbers.dtype.kind not in "fiu":
        return "", ""
    own = _first(_drawn(argument, case), case.array(argument), {}) if argument in case.shapes else ""
    if own and _same(own, numbers, {}):
        return own, ""
    ends = min(numbers.size // 3, MOST_AT_ENDS)
    words = {"shape": numbers.shape, "ends": ends, "rest": numbers.size - ends}
    made = (change.format(source, **words) for change, source in product(_CHANGES, [*filter(None, [own]), *earlier]))
    text = _first([*_counted(numbers), *made], numbers, earlier)
    return (text, "") if text else _set(numbers)


def _first(texts: Iterable[str], numbers: Array, earlier: Mapping[str, Array]) -> str:
    """The first of these sources that makes these very numbers, in their format; empty where none does."""
    whole = (f"np.asarray({text}, np.{numbers.dtype.name})" for text in texts)
    return next((text for text in whole if _same(text, numbers, earlier)), "")


def _counted(numbers: Array) -> Iterator[str]:
    """As they are counted, in steps of one size."""
    first, last = numbers.flat[0].item(), numbers.flat[-1].item()
    if np.isfinite(last - first) and numbers.size > 1:
        step = (last - first) / (numbers.size - 1)
        yield f"({first} + {step} * np.arange({numbers.size})).reshape({numbers.shape})"


def _drawn(argument: str, case: Case) -> Iterator[str]:
    """As a case may have drawn an array of its own."""
    shape, size = case.shapes[argument], prod(case.shapes[argument])
    words = {
        "rng": f"np.random.default_rng([{case.seed}, {crc32(argument.encode())}])",
        "low": -case.span,
        "high": case.span + 1,
        "span": case.span,
        "around": f"np.r_[{-(size // 2)}:0, 1:{size - size // 2 + 1}]",
        "scale": spread_scale(size),
        "shape": shape,
        "plane": prod(shape[2:]),
    }
    for order, drawn, unit in product(_ORDERS, _DRAWN, sorted({1, case.unit})):
        text = drawn.format(**words)
        yield f"{unit} * " * (unit != 1) + order.format(text, text, **words)


def _same(text: str, numbers: Array, earlier: Mapping[str, Array]) -> bool:
    """Whether source makes these very numbers."""
    made: Any = None
    with suppress(ValueError, TypeError, OverflowError), np.errstate(all="ignore"):
        made = eval(text, {"np": np, **earlier})  # noqa: S307 - source of ours: what the reader's Python makes of it
    return made is not None and made.shape == numbers.shape and made.tobytes() == numbers.tobytes()


def _set(numbers: Array) -> tuple[str, str]:
    """All alike but for a few entries, the signs of zeros included."""
    flat = numbers.ravel()
    as_bytes = flat.view(f"S{flat.itemsize}")
    _, first, which, many = np.unique(as_bytes, return_index=True, return_inverse=True, return_counts=True)
    others = np.flatnonzero(which.ravel() != np.argmax(many))
    if len(others) > MOST_SET:
        return "", ""
    base = flat[first[np.argmax(many)]].item()
    then = f".flat[{others.tolist()}] = {spelled_number(flat[others].tolist())}" if len(others) else ""
    return f"np.full({numbers.shape}, {spelled_number(base)}, np.{numbers.dtype.name})", then
