"""Backwards with a slip, written out as people write them, are named: each is predicted as it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks.adapters import adapt
from checks.case import parse
from checks.diagnosis import diagnose
from checks.families import family
from checks.types import Array
from checks.witness import Trial
from reference_impl import avg_pool_forward, conv_backward, conv_forward, max_pool_forward

CONV = (
    "conv(x={x}, weight={weight}, bias={bias}, dy={dy}; stride=1, padding={padding}, dilation={dilation}, "
    'groups={groups}; dtype="float64", data="integers", span=99, unit=1, seed=3)'
)
WHOLE = CONV.format(
    x="(3,3,5,6)", weight="(2,3,2,3)", bias="(2,)", dy="(3,2,4,4)", padding=0, dilation=1, groups=1
).replace(" ", "")
GROUPED = CONV.format(
    x="(2,6,5,6)", weight="(6,2,2,3)", bias="(6,)", dy="(2,6,4,4)", padding=0, dilation=1, groups=3
).replace(" ", "")
DILATED = CONV.format(
    x="(2,3,7,9)", weight="(2,3,3,3)", bias="(2,)", dy="(2,2,3,7)", padding=0, dilation="(2,1)", groups=1
).replace(" ", "")
PADDED = CONV.format(
    x="(2,3,5,6)", weight="(2,3,3,3)", bias="(2,)", dy="(2,2,5,4)", padding="(1,0)", dilation=1, groups=1
).replace(" ", "")
MAX = (
    "max_pool(x=(2,2,5,7),dy=(2,2,2,2);kernel_size=(2,3),stride=(2,3),padding=0,ceil_mode=False,dilation=1;"
    'dtype="float64",data="distinct",span=99,unit=1,seed=3)'
)
MEAN = (
    "avg_pool(x=(2,2,4,4),dy=(2,2,4,4);kernel_size=3,stride=1,padding=1,ceil_mode=False,count_include_pad=False,"
    'divisor_override=None;dtype="float64",data="integers",span=99,unit=36,seed=3)'
)

Saved = tuple[Any, ...]


def forward(x: Array, weight: Array, bias: Any = None, **settings: Any) -> tuple[Array, Saved]:
    """A convolution that keeps what it was given."""
    return conv_forward(x, weight, bias, **settings)[0], (x, weight, bias, settings)


def right(dy: Array, saved: Saved) -> Any:
    """The right gradients."""
    x, weight, bias, settings = saved
    return conv_backward(dy, conv_forward(x, weight, bias, **settings)[1])


def with_settings(**changes: Any) -> Callable[[Array, Saved], Any]:
    """Gradients of dx or dweight by other settings, dy cut or filled to fit."""

    def backward(dy: Array, saved: Saved) -> Any:
        x, weight, bias, settings = saved
        first = {name: np.ravel(settings[name])[0].item() for name in changes}
        y, other = conv_forward(x, weight, bias, **{**settings, **first})
        rows, columns = (min(a, b) for a, b in zip(y.shape[2:], dy.shape[2:], strict=True))
        fitted = np.zeros_like(y)
        fitted[..., :rows, :columns] = dy[..., :rows, :columns]
        return conv_backward(fitted, other).dx, *right(dy, saved)[1:]

    return backward


def next_group(dy: Array, saved: Saved) -> Any:
    """A loop over groups that counts them from 1."""
    x, weight, _, settings = saved
    groups, dx = settings["groups"], np.zeros_like(x)
    for g in range(groups):
        xs, ws, ys = (a.shape[axis] // groups for a, axis in ((x, 1), (weight, 0), (dy, 1)))
        kernel = weight[(g + 1) % groups * ws :][:ws]
        part = x[:, g * xs : (g + 1) * xs]
        _, one = conv_forward(part, kernel, None, **{**settings, "groups": 1})
        dx[:, g * xs : (g + 1) * xs] = conv_backward(dy[:, g * ys : (g + 1) * ys], one).dx
    return dx, *right(dy, saved)[1:]


def summed_groups(dy: Array, saved: Saved) -> Any:
    """An einsum whose result has lost its axis of groups."""
    dx, *others = right(dy, saved)
    n, c, *space = dx.shape
    groups = saved[3]["groups"]
    lost = np.einsum("ngchw->nchw", dx.reshape(n, groups, c // groups, *space))
    return np.concatenate([lost] * groups, 1), *others


def bias_in_turns(dy: Array, saved: Saved) -> Any:
    """Sums of dy as (N, O / groups, groups, ...), which stands as (N, groups, O / groups, ...)."""
    dx, dweight, _ = right(dy, saved)
    groups = saved[3]["groups"]
    return dx, dweight, dy.reshape(len(dy), -1, groups, *dy.shape[2:]).sum((0, 3, 4)).T.reshape(-1)


def columns_of(x: Array, kernel: tuple[int, ...], out: tuple[int, ...]) -> Array:
    """Im2col, channels last: (N, outputs, kh kw C)."""
    patches = [x[:, :, i : i + kernel[0], j : j + kernel[1]] for i, j in np.ndindex(*out)]
    return np.stack([patch.transpose(0, 2, 3, 1).reshape(len(x), -1) for patch in patches], 1)


def without_transpose(dy: Array, saved: Saved) -> Any:
    """The columns' order (kh, kw, C) taken for the weight's, (C, kh, kw)."""
    x, weight, *_ = saved
    dx, _, dbias = right(dy, saved)
    columns, up = columns_of(x, weight.shape[2:], dy.shape[2:]), dy.reshape(*dy.shape[:2], -1)
    return dx, np.einsum("nop,npk->ok", up, columns).reshape(weight.shape), dbias


def from_the_second_sample(dy: Array, saved: Saved) -> Any:
    """``for n in range(1, N)``."""
    dx, dweight, dbias = right(dy, saved)
    dweight = np.zeros_like(dweight)
    for n in range(1, len(dy)):
        one = (saved[0][n : n + 1], *saved[1:])
        dweight += right(dy[n : n + 1], one)[1]
    return dx, dweight, dbias


def pooling(layer: Callable[..., Any]) -> Callable[..., Any]:
    """A pooling that keeps x and its settings."""
    return lambda x, **settings: (layer(x, **settings)[0], (x, settings))


def by_height(dy: Array, saved: Saved) -> Any:
    """The winner's number in its window of 2 by 3, divided by 2."""
    x, (kh, kw) = saved[0], saved[1]["kernel_size"]
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dy.shape):
        row, column = divmod(int(x[n, c, kh * i : kh * i + kh, kw * j : kw * j + kw].argmax()), kh)
        dx[n, c, kh * i + row, kw * j + column] += dy[n, c, i, j]
    return dx


def row_for_column(dy: Array, saved: Saved) -> Any:
    """The winner's place in its window of 2 by 2, as (column, row)."""
    x, dx = saved[0], np.zeros_like(saved[0])
    for n, c, i, j in np.ndindex(*dy.shape):
        row, column = divmod(int(x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].argmax()), 2)
        dx[n, c, 2 * i + column, 2 * j + row] += dy[n, c, i, j]
    return dx


def by_the_first_count(dy: Array, saved: Saved) -> Any:
    """The number of cells computed once, before the loop: windows of 3 with a border of 1."""
    x, _ = saved
    dx, count = np.zeros_like(x), x[0, 0, :2, :2].size
    for n, c, i, j in np.ndindex(*dy.shape):
        dx[n, c, max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2] += dy[n, c, i, j] / count
    return dx


MAX_POOL, AVG_POOL = pooling(max_pool_forward), pooling(avg_pool_forward)
SLIPS = [
    (forward, next_group, GROUPED, "dx", "takes the weights of the next group"),
    (forward, summed_groups, GROUPED, "dx", "sums over the groups and gives each of them the sum"),
    (forward, bias_in_turns, GROUPED, "dbias", "reads dy as if the channels of its groups took turns"),
    (
        forward,
        without_transpose,
        WHOLE,
        "dweight",
        "reads columns in im2col's order (taps, channel) as (channel, taps)",
    ),
    (forward, from_the_second_sample, WHOLE, "dweight", "leaves out the first sample"),
    (forward, with_settings(dilation=0), DILATED, "dx", "uses the first axis' dilation for all"),
    (forward, with_settings(padding=0), PADDED, "dx", "uses the first axis' padding for all"),
    (MAX_POOL, by_height, MAX, "dx", "divides the index within the window by the window's height"),
    (
        MAX_POOL,
        row_for_column,
        MAX.replace("(2,2,5,7)", "(2,2,5,5)").replace("(2,3)", "2"),
        "dx",
        "takes the winner's row in its window for its column",
    ),
    (AVG_POOL, by_the_first_count, MEAN, "dx", "divides by the number of cells that the first window counts"),
]


@pytest.mark.parametrize(("goes", "backward", "text", "of", "does"), SLIPS, ids=[row[4] for row in SLIPS])
def test_a_slip_is_named_first(goes: Any, backward: Any, text: str, of: str, does: str) -> None:
    """On numbers that tell it from every other known mistake, bit for bit."""
    case = parse(text)
    sheet = family(case.family)
    found = diagnose(Trial(adapt((goes, backward), sheet.arguments), sheet, case), of)
    assert f"{of} equals, bit for bit, what a backward gives that {does}" in found.headline


@pytest.mark.parametrize("of", ["dweight", "dbias"])
def test_a_mean_in_place_of_a_sum_explains_what_it_gives_of_no_sample(of: str) -> None:
    """Its 0 / 0 is no other mistake: the sentence stands without a limit."""

    def backward(dy: Array, saved: Saved) -> Any:
        dx, dweight, dbias = right(dy, saved)
        with np.errstate(invalid="ignore"):
            return (dx, dweight / len(dy), dbias) if of == "dweight" else (dx, dweight, dbias / np.float64(len(dy)))

    case, sheet = parse(WHOLE), family("conv")
    nobody = parse(WHOLE.replace("(3,3,5,6)", "(0,3,5,6)").replace("(3,2,4,4)", "(0,2,4,4)"))
    found = diagnose(Trial(adapt((forward, backward), sheet.arguments), sheet, case), of, others=[nobody])
    assert found.headline.startswith(f"{of} equals, ")
    assert "what a backward gives that averages" in found.headline
