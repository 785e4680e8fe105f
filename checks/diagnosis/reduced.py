"""Softmax and norms, which take sums along axes: gradients that leave out a mean, or sum something else, or elsewhere.

With h = (x - mean) / deviation along some axes, d = dy times the scale and mean(.) along the same axes, the gradient of
a norm is dx = (d - mean(d) - h mean(d h)) / deviation (Ioffe and Szegedy 2015, section 3; without mean(d) where nothing
is centred), that of a scale the sum of dy h; that of a softmax p is dx = p (dy - sum(dy p)), of its logarithm
dy - p sum(dy). A sentence is said only where the right gradient is just this and the wrong one just that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np

from checks.diagnosis.alike import SAME, several
from checks.diagnosis.examples import Derived
from checks.types import Array, Shape
from checks.witness import Trial

#: What is added to a variance, as layers have it.
EPSILONS = (1e-5, 0.0, 1e-6, 1e-8, 1e-12, 1e-3)

#: A formula of a gradient that must be so, and of wrong ones by what is said of them.
Formula = tuple[Array, Iterable[tuple[str, Array]]]

LEFT_OUT = "{of} is that of a norm along {axes} in which {what} is left out of (d - mean(d) - h mean(d h)) / deviation"
UNCENTRED = "{of} is that of a norm along {axes} in which {what} is left out of (d - h mean(d h)) / deviation"
OF_X = "{of} is the sum of dy times {argument} itself, where {argument} as it is normalized along {axes} belongs"
ELSEWHERE = "{of} sums {what} along {wrong}, where it must be summed along {right}"


@dataclass(frozen=True, eq=False)
class Norm:
    """Numbers as they are normalized along some axes: of all, or of axes 1 on, whose first is in so many ``groups``."""

    axes: Shape
    h: Array
    deviation: Array
    centred: bool
    groups: int = 1

    def mean(self, values: Array) -> Array:
        """Along the same axes."""
        return _mean(values, self.axes, self.groups)

    @property
    def where(self) -> str:
        """Its axes in words."""
        return _words(self.axes) + f" in {self.groups} groups" * (self.groups > 1)


def _mean(values: Array, axes: Shape, groups: int) -> Array:
    """Along axes, in the shape that broadcasts to that of the values; in groups, of each of them."""
    if groups == 1:
        return np.asarray(values.mean(axes, keepdims=True))
    samples, channels, *_ = values.shape
    means = values.reshape(samples, groups, -1).mean(2).repeat(channels // groups, 1)
    return np.asarray(means.reshape(samples, channels, *(1,) * (values.ndim - 2)))


def told(trial: Trial, of: str, found: Derived) -> Iterator[str]:
    """The first formula that gives every derived element of a wrong gradient, and its right one, in a sentence."""
    got, want = (np.reshape(each, -1) for each in (found.difference.got, found.difference.want))
    if np.iscomplexobj(trial.case.dy) or not several(want):
        return
    with np.errstate(all="ignore"):
        for right, wrongs in _formulas(trial, of):
            if _equal(right, want, found):
                yield from [words for words, wrong in wrongs if _equal(wrong, got, found)][:1]
                return


def _equal(values: Array, numbers: Array, found: Derived) -> bool:
    here = np.array([values[place] for place in found.places])
    slack = SAME**2 * np.max(np.abs(numbers)) + np.reshape(found.difference.bound, -1)
    return bool(np.all(np.abs(here - numbers) <= slack))


def _formulas(trial: Trial, of: str) -> Iterator[Formula]:
    value, dy = trial.wide_inputs[of[1:]], trial.wide_dy
    if value.shape == dy.shape:
        yield from _of_softmax(trial.got.y, dy, of)
        for scale in _scales(trial, of):
            yield from (_of_norm(norm, dy * scale, of) for norm in _norms(value))
    yield from _of_parameter(trial, of, value.shape)


def _of_softmax(y: Array, dy: Array, of: str) -> Iterator[Formula]:
    if y.shape != dy.shape:
        return
    for p, total, what in ((y, dy * y, "dy * y"), (np.exp(y), dy, "dy")):
        factor = dy if what == "dy" else p * dy
        by_axes = {axes: factor - p * total.sum(axes, keepdims=True) for axes in _subsets(y.ndim)}
        yield from _elsewhere(by_axes, of, what)


def _elsewhere(by_axes: dict[Shape, Array], of: str, what: str) -> Iterator[Formula]:
    """The formula of each of some axes, and what is said of those of the others."""
    for axes, right in by_axes.items():
        said = partial(ELSEWHERE.format, of=of, what=what, right=_words(axes))
        yield right, [(said(wrong=_words(other)), wrong) for other, wrong in by_axes.items() if other != axes]


def _of_norm(norm: Norm, d: Array, of: str) -> Formula:
    mean, along = (norm.mean(d) if norm.centred else np.zeros(())), norm.h * norm.mean(d * norm.h)
    left = {"mean(d)": d - along, "h mean(d h)": d - mean, "each mean": d} if norm.centred else {"h mean(d h)": d}
    told_so = LEFT_OUT if norm.centred else UNCENTRED
    wrongs = [
        (told_so.format(of=of, axes=norm.where, what=what), numbers / norm.deviation) for what, numbers in left.items()
    ]
    return (d - mean - along) / norm.deviation, wrongs


def _of_parameter(trial: Trial, of: str, shape: Shape) -> Iterator[Formula]:
    """Of a scale, and of what is added: sums along all axes but its own."""
    dy = trial.wide_dy
    yield from _elsewhere(_sums(dy, shape), of, "dy")
    for name, value in trial.wide_inputs.items():
        if name == of[1:] or value.shape != dy.shape:
            continue
        plain = _sums(dy * value, shape)
        for norm in _norms(value) if plain else ():
            by_axes = _sums(dy * norm.h, shape)
            said = OF_X.format(of=of, argument=name, axes=norm.where)
            for (axes, _), (right, wrongs) in zip(
                by_axes.items(), _elsewhere(by_axes, of, "dy times what is normalized"), strict=True
            ):
                yield right, [*wrongs, (said, plain[axes])]


def _sums(values: Array, shape: Shape) -> dict[Shape, Array]:
    """Sums along axes that leave as many numbers along each of those of a parameter."""
    sums = {axes: values.sum(axes) for axes in _subsets(values.ndim)}
    kept = tuple(length for length in shape if length != 1)
    return {
        axes: each.reshape(shape)
        for axes, each in sums.items()
        if tuple(length for length in each.shape if length != 1) == kept
    }


def _norms(x: Array) -> Iterator[Norm]:
    for axes, groups in (*((axes, 1) for axes in _subsets(x.ndim)), *_groups(x.shape)):
        for centred in (True, False):
            away = x - _mean(x, axes, groups) if centred else x
            for epsilon in EPSILONS:
                deviation = np.sqrt(_mean(away**2, axes, groups) + epsilon)
                yield Norm(axes, away / deviation, deviation, centred, groups)


def _groups(shape: Shape) -> Iterator[tuple[Shape, int]]:
    """All axes from 1 on, and the numbers of groups that axis 1 may be in: of one channel, or all, is another norm."""
    channels = shape[1] if len(shape) > 1 else 0
    for groups in range(2, channels):
        if channels % groups == 0:
            yield tuple(range(1, len(shape))), groups


def _scales(trial: Trial, of: str) -> Iterator[Array]:
    """1, and each other argument along those axes of dy that are as long."""
    shape = trial.case.dy.shape
    yield np.ones(())
    for name, value in trial.wide_inputs.items():
        for after in range(len(shape) - value.ndim + 1) if value.size > 1 and name != of[1:] else ():
            along = (*value.shape, *(1,) * after)
            if all(length in (1, there) for length, there in zip(along[::-1], shape[::-1], strict=False)):
                yield value.reshape(along)


def _subsets(ndim: int) -> list[Shape]:
    return [axes for many in range(1, ndim + 1) for axes in combinations(range(ndim), many)]


def _words(axes: Shape) -> str:
    return f"axis {axes[0]}" if len(axes) == 1 else f"axes {', '.join(map(str, axes))}"
