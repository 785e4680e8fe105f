"""Arrays as NumPy's source: their numbers, and how they lie in memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.invariants.layouts import LAYOUTS
from checks.parts import part
from checks.types import Array, Shape

#: Numbers, all alike, that are spelled one by one at most.
MOST_SHOWN = 8

#: Numbers that differ from all others of an array and are written to it one by one, at most; and of how many at least.
MOST_OTHERS, LEAST_ALIKE = 4, 32


def spell(array: Array) -> str:
    """Source of an array of these numbers, in one piece."""
    kind = array.dtype.name
    if not array.size:
        return f"np.zeros({array.shape}, np.{kind})"
    if alike(array):
        return f"np.full({array.shape}, {spelled_number(array.flat[0].item())}, np.{kind})"
    return f"np.array({spelled_number(array.tolist())}, np.{kind})"


def alike(array: Array) -> bool:
    """Whether one number says what so many do, the sign of a zero included."""
    same = array.size > MOST_SHOWN and np.all(array == array.flat[0])
    return bool(same and np.all(np.signbit(array.real) == np.signbit(array.real.flat[0])))


def but_few(array: Array) -> tuple[Array, list[tuple[Shape, object]]]:
    """An array of one number, and the few others of this one with their places; of another kind of array none."""
    flat = array.reshape(-1)
    if array.size >= LEAST_ALIKE:
        first = next((each for each in flat[: MOST_OTHERS + 1] if _count(flat, each) >= array.size - MOST_OTHERS), None)
        if first is not None:
            full = np.full(array.shape, first, array.dtype)
            places = map(tuple, np.argwhere(~_same(array, first)).tolist())
            return full, [(place, array[place].item()) for place in places]
    return array, []


def _count(flat: Array, number: Any) -> int:
    return int(np.count_nonzero(_same(flat, number)))


def _same(array: Array, number: Any) -> Array:
    """Where an array holds this very number, the sign of a zero included."""
    return np.asarray((array == number) & (np.signbit(array.real) == np.signbit(number.real)))


def spelled_number(value: object) -> str:
    """A number, or a list of them, as NumPy's source: what is infinite or none has a name there alone."""
    if isinstance(value, list):
        return f"[{', '.join(map(spelled_number, value))}]"
    if isinstance(value, np.longdouble):
        return f"np.longdouble('{value!s}')"
    return repr(value).replace("nan", "np.nan").replace("inf", "np.inf")


def plain(array: Array) -> bool:
    """Whether an array lies in memory as one does that was just made."""
    return bool(array.flags.c_contiguous and array.flags.writeable and array.flags.aligned and part(array) is None)


def laid_out(array: Array) -> str:
    """Source of an array with the strides of this one, and NaN in all of its memory: a wrong step shows there."""
    if whole := part(array):
        within = f"np.full({whole.memory.size}, np.nan, np.{array.dtype.name})"
        place = f"{whole.first * array.itemsize}, {array.strides}"
        return f"np.ndarray({array.shape}, np.{array.dtype.name}, {within}, {place})"
    if array.flags.c_contiguous and array.flags.aligned:
        return f"np.empty({array.shape}, np.{array.dtype.name})"
    reach = [(size - 1) * stride for size, stride in zip(array.shape, array.strides, strict=True)]
    offset = -sum(each for each in reach if each < 0) + (0 if array.flags.aligned else 1)
    room = sum(map(abs, reach)) + array.itemsize + 1
    buffer = f'bytearray(b"\\xff" * {room})'
    return f"np.ndarray({array.shape}, np.{array.dtype.name}, {buffer}, {offset}, {array.strides})"


#: How one call makes an array lie as a layout of the law has it.
_BY_ONE_CALL = {
    "in Fortran order": "np.asfortranarray({0})",
    "channels last": "np.moveaxis(np.moveaxis({0}, 1, -1).copy(), -1, 1)",
    "first axes exchanged": "{0}.swapaxes(0, 1).copy().swapaxes(0, 1)",
}


def lying(array: Array, constant: str) -> str:
    """Source of an array with the numbers of a constant that lies as this one; empty where no one call makes it."""
    if array.flags.c_contiguous or not array.flags.aligned or part(array):
        return ""
    plainly = np.empty(array.shape, array.dtype)
    calls = (call for layout, call in _BY_ONE_CALL.items() if LAYOUTS[layout](plainly).strides == array.strides)
    return next(calls, "").format(constant)
