"""The windows of the pooling layers: PyTorch's rules for their number, their cells and their flat indices."""

from collections.abc import Iterable
from functools import reduce
from math import prod

import numpy as np

from reference_impl.errors import ConfigurationError
from reference_impl.types import Array, Ints, PerAxis
from reference_impl.validation import per_axis, switch
from reference_impl.windows import Windows, extent, output_size


def pool_windows(
    size: Ints, kernel_size: PerAxis, stride: PerAxis | None, padding: PerAxis, dilation: PerAxis, ceil_mode: bool
) -> Windows:
    """Lay pooling windows over an input of spatial ``size``.

    Raises ConfigurationError where a setting is unusable or the settings do not go together.
    """
    axes = len(size)
    kernel = per_axis("kernel_size", kernel_size, axes, 1)
    steps = kernel if stride is None else per_axis("stride", stride, axes, 1)
    gaps = per_axis("dilation", dilation, axes, 1)
    border = _border(padding, kernel)
    count = _count_partial if switch("ceil_mode", ceil_mode) else _count_whole
    output = tuple(map(count, size, border, kernel, steps, gaps))
    reach = [(o - 1) * s + extent(k, d) for o, s, k, d in zip(output, steps, kernel, gaps, strict=True)]
    after = tuple(max(p, r - n - p) for p, r, n in zip(border, reach, size, strict=True))
    return Windows(size, kernel, steps, gaps, border, after, output)


def _border(padding: PerAxis, kernel: Ints) -> Ints:
    border = per_axis("padding", padding, len(kernel), 0)
    if any(p > k // 2 for p, k in zip(border, kernel, strict=True)):
        raise ConfigurationError(
            f"padding={padding!r} with kernel_size={kernel}; expected at most half of the kernel along each axis, "
            f"{tuple(k // 2 for k in kernel)}. Pad less, or pad x beforehand with numpy.pad."
        )
    return border


def _count_whole(size: int, border: int, kernel: int, stride: int, dilation: int) -> int:
    return output_size(size + 2 * border, kernel, stride, dilation)


def _count_partial(size: int, border: int, kernel: int, stride: int, dilation: int) -> int:
    # ceil_mode: a last, partial window counts too, unless it would start in the padding on the far side or beyond
    count = output_size(size + 2 * border, kernel, stride, dilation, overhang=stride - 1)
    return count - 1 if (count - 1) * stride >= size + border else count


def starts(windows: Windows) -> list[Array]:
    """Give, for each axis, the position in x of each window's first cell; negative in the padding."""
    axes = zip(windows.output, windows.stride, windows.before, strict=True)
    return [np.arange(count) * stride - before for count, stride, before in axes]


def flat_index(positions: Iterable[Array], size: Ints) -> Array:
    """Number the cells at ``positions`` (along each axis) in row-major order through spatial axes of ``size``."""
    steps = (prod(size[axis + 1 :]) for axis in range(len(size)))
    return np.asarray(reduce(np.add.outer, [np.multiply(p, step) for p, step in zip(positions, steps, strict=True)]))


def cells_counted(windows: Windows, *, within_padding: bool) -> Array:
    """Count the cells of each window (*output) that lie in x, or in x and its padding (never the overhang)."""
    margins = windows.before if within_padding else (0,) * len(windows.size)
    axes = zip(starts(windows), windows.kernel, windows.size, margins, strict=True)
    counts = [np.minimum(start + k, n + m) - np.maximum(start, -m) for start, k, n, m in axes]
    return np.asarray(reduce(np.multiply.outer, counts))


def first_real_cells(windows: Windows) -> Array:
    """Give the flat index in x of each window's first cell that is no padding (*output).

    Raises ConfigurationError where a window has none: its maximum would not exist.
    """
    firsts = [
        start + windows.dilation[a] * _skipped(start, windows.dilation[a]) for a, start in enumerate(starts(windows))
    ]
    for axis, (start, first) in enumerate(zip(starts(windows), firsts, strict=True)):
        last = start + extent(windows.kernel[axis], windows.dilation[axis]) - 1
        empty = np.flatnonzero((first > last) | (first >= windows.size[axis]))
        if empty.size:
            raise ConfigurationError(
                f"window {empty[0]} along spatial axis {axis} holds padding only (kernel_size={windows.kernel[axis]}, "
                f"dilation={windows.dilation[axis]}, padding={windows.before[axis]}, {windows.size[axis]} cells in x); "
                "expected at least one cell of x in each window. Use less padding or a smaller dilation."
            )
    return flat_index(firsts, windows.size)


def _skipped(start: Array, dilation: int) -> Array:
    """Count the cells of a window that lie before x: the smallest t with start + t * dilation >= 0."""
    return np.asarray(np.maximum(-(start // dilation), 0))
