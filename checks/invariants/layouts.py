"""Ways to lay the same numbers out in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from checks.types import Array, Arrays


def _fortran(array: Array) -> Array:
    return np.asarray(array, order="F")  # asfortranarray gives an array without axes one


def _reversed(array: Array) -> Array:
    return np.flip(np.flip(array).copy())


def _inside(array: Array) -> Array:
    """In the middle of a larger array of NaN, so that reading over the edge shows."""
    larger = np.full([size + 3 for size in array.shape], np.nan, array.dtype)
    inner: tuple[Any, ...] = tuple(slice(1, size + 1) for size in array.shape)
    view = larger[(*inner, ...)]  # a view also where there are no axes
    view[...] = array
    return view


def _slice(array: Array) -> Array:
    """Some channels of an array of more than twice as many: only the step from one sample to the next tells."""
    if not array.ndim:
        return array
    axis = min(1, array.ndim - 1)
    size = array.shape[axis]
    larger = np.full((*array.shape[:axis], 2 * size + 1, *array.shape[axis + 1 :]), np.nan, array.dtype)
    view = larger[(slice(None),) * axis + (slice(1, size + 1),)]
    view[...] = array
    return view


def _end(array: Array) -> Array:
    """All but the first row of a longer array, which lies as a new one does: only its beginning is elsewhere."""
    if not array.ndim:
        return array
    view = np.full((array.shape[0] + 1, *array.shape[1:]), np.nan, array.dtype)[1:]
    view[...] = array
    return view


def _every_other(array: Array) -> Array:
    if not array.ndim:
        return array
    larger = np.full((*array.shape[:-1], 2 * array.shape[-1]), np.nan, array.dtype)
    larger[..., ::2] = array
    return larger[..., ::2]


def _channels_last(array: Array) -> Array:
    if array.ndim <= 1:
        return array
    space = range(2, array.ndim)
    return array.transpose(0, *space, 1).copy().transpose(0, array.ndim - 1, *range(1, array.ndim - 1))


def _transposed(array: Array) -> Array:
    return array.swapaxes(-1, -2).copy().swapaxes(-1, -2) if array.ndim > 1 else array


def _exchanged(array: Array) -> Array:
    """As products of kernels and columns come: (O, N, *output), seen as (N, O, *output)."""
    return array.swapaxes(0, 1).copy().swapaxes(0, 1) if array.ndim > 1 else array


def _read_only(array: Array) -> Array:
    view = array.copy()
    view.flags.writeable = False
    return view


def _protected(layout: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """A layout whose arrays nobody may write to, though what they are views of may be written to."""

    def lay_out(array: Array) -> Array:
        view = np.asarray(layout(array)).view()  # of an array without axes some layouts make a number
        view.flags.writeable = False
        return view

    return lay_out


def _unaligned(array: Array) -> Array:
    view = np.zeros(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    view[...] = array
    return view


def _all_repeated(arrays: Arrays) -> Arrays:
    held = {name: np.broadcast_to(value[:1] if value.ndim else value, value.shape) for name, value in arrays.items()}
    return {**held, "dy": np.broadcast_to(arrays["dy"].reshape(-1)[:1].reshape(()), arrays["dy"].shape)}


def _over_samples(arrays: Arrays) -> Arrays:
    dy = arrays["dy"]
    return {**arrays, "dy": np.broadcast_to(dy[:1] if dy.ndim else dy, dy.shape)}


def _over_space(arrays: Arrays) -> Arrays:
    dy = arrays["dy"]
    first = (slice(None),) * 2 + (slice(1),) * (dy.ndim - 2)
    return {**arrays, "dy": np.broadcast_to(dy[first] if dy.ndim > 1 else dy, dy.shape)}


#: Arrays that hold one number for many entries, as means and sums hand them on.
REPEATED: Mapping[str, Callable[[Arrays], Arrays]] = {
    "all arrays": _all_repeated,
    "dy, one sample for all,": _over_samples,
    "dy, one number for a plane,": _over_space,
}

_STRIDED: Mapping[str, Callable[[Array], Array]] = {
    "in Fortran order": _fortran,
    "with negative strides": _reversed,
    "in a larger array": _inside,
    "a slice along the channels": _slice,
    "the end of a longer array": _end,
    "every other entry": _every_other,
    "channels last": _channels_last,
    "transposed": _transposed,
    "first axes exchanged": _exchanged,
}

_ALONE: Mapping[str, Callable[[Array], Array]] = {**_STRIDED, "read-only": _read_only, "unaligned": _unaligned}

_TOGETHER = {f"{name} and read-only": _protected(layout) for name, layout in _STRIDED.items()}

#: Ways to lay an array out: other strides or flags, equal numbers.
LAYOUTS: Mapping[str, Callable[[Array], Array]] = {**_ALONE, **_TOGETHER}

#: The names of these, and of none, which is chosen once in four times; up to which random number each is. One that is
#: two at once comes more rarely.
ANY = (*LAYOUTS, "")
_WEIGHTS = np.array([3] * len(_ALONE) + [1] * len(_TOGETHER))
UP_TO = np.cumsum([*0.75 * _WEIGHTS / _WEIGHTS.sum(), 0.25])

#: One case of so many gets the usual layouts; two seeds in a row are the two formats of many cases.
EVERY, IN_A_ROW = 3, 2

#: Those that are asked for there in any case, by turns: networks hand on channels last, and layers have paths of their
#: own for it, with what is left of channels after blocks of 4, 8 or 16; a concatenation hands back a part of its dy,
#: and ``big[1:]`` is as dense as any array.
USUAL: tuple[Mapping[str, str], ...] = (
    {"x": "the end of a longer array", "dy": "in Fortran order"},
    {"x": "channels last", "dy": "channels last"},
    {"dy": "a slice along the channels"},
    {"x": "first axes exchanged", "dy": "first axes exchanged"},
)


def usual(seed: int, names: tuple[str, ...]) -> dict[str, str]:
    """A layout for each array, some of which are the usual ones; empty where it is no such case's turn."""
    if seed // IN_A_ROW % EVERY:
        return {}
    return {
        **choice(np.random.default_rng([seed, 7]), names),
        **USUAL[(seed + seed // (IN_A_ROW * EVERY)) % len(USUAL)],
    }


def choice(rng: np.random.Generator, names: tuple[str, ...]) -> dict[str, str]:
    """A layout for each array; one in some is left as it is, but never all."""
    chosen = {name: ANY[UP_TO.searchsorted(rng.random(), side="right")] for name in names}
    return {name: layout for name, layout in chosen.items() if layout} or {names[0]: str(rng.choice(tuple(LAYOUTS)))}


def first_choice(seed: int, names: tuple[str, ...]) -> dict[str, str]:
    """The layouts that a case of a family is first asked in."""
    return usual(seed, names) or choice(np.random.default_rng([seed, 7]), names)


def laid_out(arrays: Arrays, names: Mapping[str, str]) -> Arrays:
    """These arrays, each in the layout that is named for it, if one is."""
    return {name: LAYOUTS[names[name]](value) if name in names else value for name, value in arrays.items()}
