"""Shapes that are not exactly what they must be: in words, and mended where axes of length 1 alone are in the way."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from checks.types import Array, Arrays, Shape, gradient_of


def misshapen(gradients: Arrays, arrays: Arrays, moved: Collection[str]) -> tuple[str, str]:
    """Sentences about the first gradient whose shape is not that of its argument, and the first that does no harm.

    That is one of an argument among ``moved`` to which it broadcasts. Empty where all are as they must be.
    """
    shapes = [(name, gradients[gradient_of(name)].shape, value.shape) for name, value in arrays.items()]
    if not (others := [each for each in shapes if each[1] != each[2]]):
        return "", ""
    harmless = {name for name, got, want in others if name in moved and moves(got, want)}
    wrong = (unlike(gradient_of(name), got, want) for name, got, want in others if name not in harmless)
    said = next(wrong, "")
    return said and said + _exchanged(shapes), next((_stretched(*each) for each in others if each[0] in harmless), "")


def _exchanged(shapes: Sequence[tuple[str, Shape, Shape]]) -> str:
    """What is to be said where these gradients have the shapes of all arguments, each of its own, in another order."""
    every = sorted(want for _, _, want in shapes)
    if sorted(got for _, got, _ in shapes) != every:
        return ""
    owners = {want: " or ".join(name for name, _, other in shapes if other == want) for want in every}
    came = ", ".join(owners[got] for _, got, _ in shapes)
    wanted = ", ".join(gradient_of(name) for name, *_ in shapes)
    return f"; they have the shapes of {came}, in this order: give them as {wanted}, or by name"


def unlike(of: str, got: Shape, want: Shape) -> str:
    """What is wrong with a shape."""
    fits = all(1 in pair or len({*pair}) == 1 for pair in zip(got[::-1], want[::-1], strict=False))
    in_the_way = f"; {of}.reshape{want} is, and its numbers are judged so" if _long(got) == _long(want) else ""
    return _other(of, got, want) + (f": one that broadcasts to it is not enough{in_the_way}" if fits else "")


def moves(got: Shape, want: Shape) -> bool:
    """Whether ``w -= rate * dw`` works for a dw that lacks axes of length 1 alone, and leaves the shape of w."""
    alike = all(length in {1, other} for length, other in zip(got[::-1], want[::-1], strict=False))
    return _long(got) == _long(want) and len(got) <= len(want) and alike


def _stretched(name: str, got: Shape, want: Shape) -> str:
    of = gradient_of(name)
    works = f"{name} -= rate * {of} broadcasts it, and an optimizer that needs it in the shape of {name} fails"
    return f"{_other(of, got, want)}: {works}"


def _other(of: str, got: Shape, want: Shape) -> str:
    return f"{of} has shape {got}; expected exactly {want}"


def mended(gradients: Arrays, arrays: Arrays) -> Arrays | None:
    """The same numbers in the shapes of their arguments; None where more than axes of length 1 is in the way."""
    wanted = {of: value.shape for of, value in by_gradient(arrays).items()}
    found = {of: in_shape(value, wanted.get(of, value.shape)) for of, value in gradients.items()}
    return found if all(found[of].shape == shape for of, shape in wanted.items()) else None


def in_shape(array: Array, shape: Shape) -> Array:
    """An array in a shape of other axes of length 1; as it is where more than these are in the way."""
    if array.shape == shape:
        return array
    return array.reshape(shape) if _long(array.shape) == _long(shape) else array


def by_gradient(arrays: Arrays) -> Arrays:
    """Arguments by the names of their gradients."""
    return {gradient_of(name): value for name, value in arrays.items()}


def in_order(gradients: Arrays, arrays: Arrays) -> list[tuple[str, ...]]:
    """Of which arguments these gradients may be: those by whose names they came, unless others have their shapes.

    They may stand in order without the first ones, or without the last.
    """
    named, shapes = tuple(gradients), [np.shape(value) for value in gradients.values()]
    pairs = [(name, value.shape) for name, value in arrays.items()]
    last = _matched(shapes[::-1], pairs[::-1])[::-1]
    found = dict.fromkeys([named, last, _matched(shapes, pairs)])
    fitting = [names for names in found if [arrays[name].shape for name in names if name in arrays] == shapes]
    return fitting or [named]


def _matched(shapes: Sequence[Shape], pairs: Sequence[tuple[str, Shape]]) -> tuple[str, ...]:
    """The first arguments, in order, that have these shapes, one for each as far as there are any."""
    rest, found = iter(pairs), list[str]()
    for shape in shapes:
        found += next(([name] for name, there in rest if there == shape), [])
    return tuple(found)


def _long(shape: Shape) -> Shape:
    return tuple(length for length in shape if length != 1)
