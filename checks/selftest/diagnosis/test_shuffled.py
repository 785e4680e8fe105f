"""A cause that an example shows in one element or two is seen on its numbers in other orders."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from checks.diagnosis.causes import example_looks
from checks.diagnosis.shuffled import on_other_orders
from checks.opening import opened
from checks.types import Array
from checks.witness import Trial

pytestmark = pytest.mark.usefixtures("every_step")

#: The largest of each window of 4, at steps of 2: one number of these is the largest of two windows.
X = np.array([[0.1, 0.9, 0.2, 0.4, 1.7, 0.3, 0.5, 0.6, 1.1, 0.7, 0.8, 1.3]])


def forward(x: Array) -> tuple[Array, Array]:
    """Windows overlap."""
    windows = np.lib.stride_tricks.sliding_window_view(x, 4, axis=1)[:, ::2]
    return windows.max(-1), windows.argmax(-1) + 2 * np.arange(windows.shape[1])


def scattered(put: Callable[[Array, tuple[Array, Array], Array], None]) -> Callable[[Array, Array], Array]:
    """A backward that puts what each window gives where it belongs."""

    def backward(dy: Array, winners: Array) -> Array:
        dx = np.zeros_like(X)
        put(dx, (np.zeros_like(winners), winners), dy)
        return dx

    return backward


def assign(dx: Array, places: tuple[Array, Array], dy: Array) -> None:
    """``=`` for +=."""
    dx[places] = dy


def largest(dx: Array, places: tuple[Array, Array], dy: Array) -> None:
    """Of several the largest."""
    np.maximum.at(dx, places, dy)


def halve(dx: Array, places: tuple[Array, Array], dy: Array) -> None:
    """Their sum, halved: nothing is left out."""
    np.add.at(dx, places, dy / 2)


def trial_of(put: Callable[[Array, tuple[Array, Array], Array], None]) -> Trial:
    """The example as it was given, to a layer that puts so."""
    examination, limits = opened((forward, scattered(put)), "", None, (X,))
    return Trial(examination.subject, examination.family, next(iter(limits.family.sweep(1, 1))))


def test_assignment_of_few_elements_is_named() -> None:
    """By one element alone it could be the larger term, or any."""
    said = example_looks(trial_of(assign), "dx")
    assert said[0].startswith(
        "with the numbers of x in other orders each wrong element of dx holds the term of the last"
    )
    assert "(= for +=" in said[0]


def stray(dx: Array, _: tuple[Array, Array], dy: Array) -> None:
    """To elements that enter no output."""
    dx[0, :5] = dy[0, :5]


@pytest.mark.parametrize("put", [largest, halve, stray, np.add.at])
def test_what_holds_another_term_or_all_is_not_named_so(put: Callable[..., None]) -> None:
    """Nor is a layer that is right."""
    assert not list(on_other_orders(trial_of(put), "dx"))
