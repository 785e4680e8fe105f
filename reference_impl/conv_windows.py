"""The windows of a convolution: its padding in all forms, and the blocks in which its columns are made."""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from reference_impl.errors import ConfigurationError
from reference_impl.types import Ints, Padding, PerAxis
from reference_impl.validation import integer, per_axis
from reference_impl.windows import Windows, extent, output_size

# Entries of a column buffer: small enough to bound memory, large enough for matrix products at full speed.
BLOCK = 2**20


@dataclass(frozen=True)
class Block:
    """Some of the windows: their place in y, the part of the padded input they see, their geometry in it."""

    output: tuple[slice, ...]
    cells: tuple[slice, ...]
    windows: Windows


def conv_windows(size: Ints, kernel: Ints, stride: PerAxis, padding: Padding, dilation: PerAxis) -> Windows:
    """Lay the windows of a convolution over an input of spatial ``size``.

    Raises ConfigurationError where a setting is unusable or the settings do not go together.
    """
    axes = len(size)
    steps = per_axis("stride", stride, axes, 1)
    gaps = per_axis("dilation", dilation, axes, 1)
    before, after = zip(*_borders(padding, tuple(map(extent, kernel, gaps)), steps), strict=True)
    padded = map(sum, zip(before, size, after, strict=True))
    output = tuple(map(output_size, padded, kernel, steps, gaps))
    return Windows(size, kernel, steps, gaps, before, after, output)


def _borders(padding: Padding, spans: Ints, stride: Ints) -> list[tuple[int, int]]:
    """Give the cells of padding before and after x for each axis. Raises ConfigurationError."""
    if isinstance(padding, str):
        return _borders_by_name(padding, spans, stride)
    if not isinstance(padding, tuple | list):
        return [(integer("padding", padding, 0),) * 2] * len(spans)
    if len(padding) != len(spans):
        hint = f"Write ({tuple(padding)},) for cells before and after, or pass" if len(spans) == 1 else "Pass"
        raise ConfigurationError(
            f"padding={padding!r} has {len(padding)} values; expected {len(spans)}, one for each spatial axis of x. "
            f"{hint} one integer or one pair (before, after) for each axis, or a single integer for all."
        )
    return [_pair(f"padding[{axis}]", entry) for axis, entry in enumerate(padding)]


def _pair(name: str, entry: object) -> tuple[int, int]:
    if not isinstance(entry, tuple | list):
        return (integer(name, entry, 0),) * 2
    before, after = per_axis(name, entry, 2, 0)
    return before, after


def _borders_by_name(padding: str, spans: Ints, stride: Ints) -> list[tuple[int, int]]:
    if padding == "valid":
        return [(0, 0)] * len(spans)
    if padding != "same":
        raise ConfigurationError(
            f"padding={padding!r}; expected 'same', 'valid' or numbers of cells. Write a word in lower case."
        )
    if set(stride) != {1}:
        raise ConfigurationError(
            f"padding='same' with stride={stride}; expected stride 1, since only then y can be as large as x. "
            "Use stride 1, or give the cells of padding as numbers."
        )
    return [((span - 1) // 2, span - 1 - (span - 1) // 2) for span in spans]  # an odd cell goes after, as in PyTorch


@lru_cache
def blocks(samples: int, depth: int, windows: Windows) -> tuple[Block, ...]:
    """Cut the windows of all samples, each ``depth`` cells in all channels, into blocks of about BLOCK cells.

    They are kept for the next call, since a backward asks for those of its forward.
    """
    counts = (samples, *windows.output)
    parts = product(*map(_parts, counts, _steps(counts, depth)))
    return tuple(_block(samples_part, tuple(output), windows) for samples_part, *output in parts)


def _steps(counts: Ints, depth: int) -> Ints:
    """Say how many samples, rows, ... go together: the last axis is filled first."""
    room, steps = max(1, BLOCK // depth), []
    for count in reversed(counts):
        steps.append(max(1, min(count, room)))
        room //= steps[-1]
    return tuple(reversed(steps))


def _parts(count: int, step: int) -> list[slice]:
    pieces = -(-count // step)
    even = -(-count // max(1, pieces))
    return [slice(start, min(start + even, count)) for start in range(0, count, max(1, even))]


def _block(samples: slice, output: tuple[slice, ...], windows: Windows) -> Block:
    counts = tuple(part.stop - part.start for part in output)
    axes = zip(output, counts, windows.kernel, windows.stride, windows.dilation, strict=True)
    cells = (slice(o.start * s, o.start * s + (n - 1) * s + extent(k, d)) for o, n, k, s, d in axes)
    return Block((samples, slice(None), *output), (samples, slice(None), *cells), replace(windows, output=counts))
