"""Windows: their number, their cells, and the pairs of maps that must be adjoint."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import reference_impl as layers
from checks.selftest.layers import draws
from reference_impl import conv_windows, windows
from reference_impl.pool_windows import cells_counted, pool_windows

GEOMETRIES = [
    windows.Windows(size=(7,), kernel=(3,), stride=(2,), dilation=(1,), before=(1,), after=(0,), output=(3,)),
    windows.Windows((6, 9), (2, 3), (1, 3), (2, 1), (0, 2), (1, 0), (5, 3)),
    windows.Windows((3, 4, 5), (1, 2, 3), (2, 1, 3), (1, 3, 1), (0, 1, 1), (0, 1, 1), (2, 3, 2)),
]

SIZES = [*product(range(1, 9), (1, 2, 3), (1, 2, 3), (1, 2))]


def integers(*shape: int) -> draws.Array:
    """Small integers in float64."""
    return draws.integers(np.random.default_rng(0), shape, "float64")


@pytest.mark.parametrize(("padded", "kernel", "stride", "dilation"), SIZES)
def test_as_many_windows_as_fit(padded: int, kernel: int, stride: int, dilation: int) -> None:
    """The count equals that of the starts whose last cell is still inside, and none is an error."""
    fitting = [start for start in range(0, padded, stride) if start + dilation * (kernel - 1) < padded]
    if fitting:
        assert windows.output_size(padded, kernel, stride, dilation) == len(fitting)
    else:
        with pytest.raises(layers.ConfigurationError, match=f"the padded input has {padded}"):
            windows.output_size(padded, kernel, stride, dilation)


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_fold_is_the_adjoint_of_unfold(geometry: windows.Windows) -> None:
    """<unfold(x), columns> = <x, fold(columns)>, in whole numbers."""
    x, folded = integers(2, 3, *geometry.padded), np.zeros((2, 3, *geometry.padded))
    columns = integers(3, *geometry.kernel, 2, *geometry.output)
    windows.fold_into(folded, columns, geometry)
    assert np.vdot(windows.unfold(x, geometry), columns) == np.vdot(x, folded)


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_crop_is_the_adjoint_of_pad(geometry: windows.Windows) -> None:
    """<pad(x), z> = <x, crop(z)>, in whole numbers."""
    x, z = integers(2, 3, *geometry.size), integers(2, 3, *geometry.padded)
    padded, cropped = windows.pad(x, geometry, 0, x.dtype), windows.crop(z, geometry, z.dtype)
    assert (padded.shape, cropped.shape) == (z.shape, x.shape)
    assert np.vdot(padded, z) == np.vdot(x, cropped)


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_spread_along_is_the_adjoint_of_sum_along(geometry: windows.Windows) -> None:
    """Along each axis in turn."""
    for axis in range(len(geometry.size)):
        x = integers(2, 3, *geometry.padded)
        total = windows.sum_along(axis, x, geometry)
        upstream = integers(*total.shape)
        assert np.vdot(total, upstream) == np.vdot(x, windows.spread_along(axis, upstream, geometry))


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_unfold_shows_the_cells_that_the_formula_names(geometry: windows.Windows) -> None:
    """Cell t of window o is the padded cell o * stride + t * dilation."""
    x = integers(2, 3, *geometry.padded)
    seen = windows.unfold(x, geometry)
    for tap, position in product(np.ndindex(*geometry.kernel), np.ndindex(*geometry.output)):
        axes = zip(position, tap, geometry.stride, geometry.dilation, strict=True)
        cell = tuple(o * s + t * d for o, t, s, d in axes)
        assert np.array_equal(seen[(slice(None), *tap, slice(None), *position)].T, x[(slice(None), slice(None), *cell)])


@pytest.mark.parametrize("entries", [1, 5, 40, 10**6])
@pytest.mark.parametrize("seed", range(6))
def test_blocks_of_any_size_give_the_same_bits(monkeypatch: pytest.MonkeyPatch, seed: int, entries: int) -> None:
    """A convolution in blocks of a single window, of some, and of all."""
    draw = draws.convolution(seed, "float64")
    y, saved = layers.conv_forward(**draw.arguments)
    gradients = layers.conv_backward(y, saved)
    monkeypatch.setattr(conv_windows, "BLOCK", entries)
    again, saved = layers.conv_forward(**draw.arguments)
    assert np.array_equal(y, again)
    assert np.array_equal(gradients.dx, layers.conv_backward(y, saved).dx)
    assert np.array_equal(gradients.dweight, layers.conv_backward(y, saved).dweight)


@pytest.mark.parametrize("geometry", GEOMETRIES)
@pytest.mark.parametrize("entries", [1, 20, 100, 10**6])
def test_blocks_cover_each_window_once_and_stay_small(
    monkeypatch: pytest.MonkeyPatch, geometry: windows.Windows, entries: int
) -> None:
    """No block has more entries than asked for, unless it is a single window."""
    monkeypatch.setattr(conv_windows, "BLOCK", entries)
    seen = np.zeros((4, 1, *geometry.output), int)
    for block in conv_windows.blocks(len(seen), 6, geometry):
        seen[block.output] += 1
        assert seen[block.output].size in range(1, max(1, entries // 6) + 1)
    assert (seen == 1).all()


def test_partial_windows_are_counted_as_in_the_drawing() -> None:
    """Kernel 3, stride 2, padding 1 on 4 cells in ceil_mode: the third window hangs over by one cell.

    cells      _ 0 1 2 3 _ |
    windows    _ 0 1
                   1 2 3
                       3 _ |
    """
    geometry = pool_windows((4,), 3, 2, 1, 1, ceil_mode=True)
    assert cells_counted(geometry, within_padding=True).tolist() == [3, 3, 2]
    assert cells_counted(geometry, within_padding=False).tolist() == [2, 3, 1]


def test_a_window_that_starts_in_the_far_padding_is_dropped() -> None:
    """Kernel 2, stride 2, padding 1 on 3 cells: a third window would start at the far padding cell."""
    x = np.arange(3.0).reshape(1, 1, 3)
    assert layers.max_pool_forward(x, 2, 2, 1, ceil_mode=True)[0].tolist() == [[[0, 2]]]
