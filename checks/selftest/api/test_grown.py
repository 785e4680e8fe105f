"""Which lengths of an example grow where all at once would make too many numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from checks import examine, story
from checks.families.held import Held
from checks.families.resized import LONGER, most, resized
from checks.types import Array

#: Samples, channels, rows and columns.
IMAGE = np.random.default_rng(0).normal(size=(2, 3, 4, 5))


def repeated(x: Array) -> tuple[Array, None]:
    """Each row twice."""
    return x.repeat(2, axis=2), None


def back(dy: Array, _: None) -> Array:
    """The sum of both."""
    return dy[:, :, ::2] + dy[:, :, 1::2]


def back_by_blocks(dy: Array, saved: None) -> Array:
    """The same but for the last row, where there are more than a block of seven."""
    dx = back(dy, saved)
    dx[:, :, 7:] = 0
    return dx


def test_lengths_behind_the_first_axis_grow_where_all_are_too_many() -> None:
    """Blocks go along them; samples are alike."""
    first = next(resized({"x": IMAGE}, LONGER, Held(), ()))["x"]
    assert first.shape[0] == len(IMAGE)
    assert all(now >= 2 * before for now, before in zip(first.shape[2:], IMAGE.shape[2:], strict=True))
    assert first.size <= most({"x": IMAGE})


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize(("backward", "found"), [(back, set()), (back_by_blocks, {"adjoint"})])
def test_what_is_wrong_behind_a_block_of_rows_is_met_by_an_image(
    backward: Callable[[Array, None], Array], found: set[str]
) -> None:
    """The example has half of one."""
    examined = examine((repeated, backward), inputs=(IMAGE,), budget="1ms", laws=["adjoint"])
    assert set(examined.findings) == found, story(examined)
