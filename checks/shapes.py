"""Shapes that are not exactly what they must be: in words, and mended where axes of length 1 alone are in the way."""

from __future__ import annotations

from checks.types import Array, Arrays, Shape, gradient_of


def misshapen(gradients: Arrays, arrays: Arrays) -> str:
    """A sentence about the first gradient whose shape is not that of its argument; empty where all are."""
    for of, value in by_gradient(arrays).items():
        if gradients[of].shape != value.shape:
            return unlike(of, gradients[of].shape, value.shape)
    return ""


def unlike(of: str, got: Shape, want: Shape) -> str:
    """What is wrong with a shape."""
    return f"{of} has shape {got}; expected exactly {want}: one that broadcasts to it is not enough"


def mended(gradients: Arrays, arrays: Arrays) -> Arrays | None:
    """The same numbers in the shapes of their arguments; None where more than axes of length 1 is in the way."""
    wanted = {of: value.shape for of, value in by_gradient(arrays).items()}
    found = {of: in_shape(value, wanted.get(of, value.shape)) for of, value in gradients.items()}
    return found if all(found[of].shape == shape for of, shape in wanted.items()) else None


def in_shape(array: Array, shape: Shape) -> Array:
    """An array in a shape of other axes of length 1; as it is where more than these are in the way."""
    return array.reshape(shape) if _long(array.shape) == _long(shape) else array


def by_gradient(arrays: Arrays) -> Arrays:
    """Arguments by the names of their gradients."""
    return {gradient_of(name): value for name, value in arrays.items()}


def _long(shape: Shape) -> Shape:
    return tuple(length for length in shape if length != 1)
