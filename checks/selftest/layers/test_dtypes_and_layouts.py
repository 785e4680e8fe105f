"""Dtypes come out as they went in, any memory layout comes in, and nothing is written to or shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import reference_impl as layers
from checks.selftest.layers.draws import Array, integers

REAL = ("float16", "float32", "float64", "longdouble")
SHAPES = {"x": (2, 4, 6, 5), "weight": (6, 2, 3, 2), "bias": (6,)}
CONFIGS: dict[str, dict[str, Any]] = {
    "relu": {"at_zero": 1.0},
    "conv": {"stride": (2, 1), "padding": ((1, 0), (0, 2)), "groups": 2},
    "max_pool": {"kernel_size": (3, 2), "stride": 1, "padding": 1},
    "avg_pool": {"kernel_size": (2, 2), "stride": (2, 1), "ceil_mode": True},
}
OPS = tuple(CONFIGS)


def arguments(op: str, dtype: str) -> dict[str, Array]:
    """Integer arrays for one layer."""
    names = SHAPES if op == "conv" else ("x",)
    return {name: integers(np.random.default_rng(3), SHAPES[name], dtype) for name in names}


def run(op: str, arrays: dict[str, Array], relay: Callable[[Array], Array] = np.copy) -> tuple[Array, ...]:
    """Give y and all gradients; dy = y passes through ``relay`` first."""
    y, saved = getattr(layers, f"{op}_forward")(**arrays, **CONFIGS[op])
    gradients = getattr(layers, f"{op}_backward")(relay(y), saved)
    return (y, *gradients) if isinstance(gradients, tuple) else (y, gradients)


def assert_same(got: tuple[Array, ...], want: tuple[Array, ...]) -> None:
    """Equal values and dtypes, array by array."""
    for one, other in zip(got, want, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def unaligned(array: Array) -> Array:
    """Copy to an odd address."""
    room = np.empty(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    room[...] = array
    return room


def read_only(array: Array) -> Array:
    """Copy into memory that refuses to be written to."""
    array = array.copy()
    array.setflags(write=False)
    return array


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "Fortran order": np.asfortranarray,
    "negative strides": lambda a: np.flip(np.flip(a).copy()),
    "every second cell of a larger array": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "channels last": lambda a: np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 0, -1)), -1, 0),
    "read-only": read_only,
    "unaligned": unaligned,
    "the other byte order": lambda a: a.astype(a.dtype.newbyteorder("S")),
    "a subclass": lambda a: a.copy().view(type("Tagged", (np.ndarray,), {})),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("op", OPS)
def test_memory_layout_does_not_matter(op: str, layout: Callable[[Array], Array]) -> None:
    """Arguments and dy in another layout give the same bits, in plain native arrays."""
    arrays = arguments(op, "float64")
    odd = {name: layout(array) for name, array in arrays.items()}
    got = run(op, odd, layout)
    assert_same(got, run(op, arrays))
    assert {type(array) for array in got} == {np.ndarray}


def test_memory_layout_does_not_change_the_order_of_summing() -> None:
    """Also where sums round: the gradients of normal data are the same bits for dy in Fortran order."""
    rng = np.random.default_rng(0)
    x, weight, bias = (rng.standard_normal(shape) for shape in ((3, 4, 30, 31), (5, 4, 3, 3), (5,)))
    y, saved = layers.conv_forward(x, weight, bias)
    assert_same(layers.conv_backward(np.asfortranarray(y), saved), layers.conv_backward(y, saved))  # type: ignore[arg-type]


@pytest.mark.parametrize("op", OPS)
def test_broadcast_arrays_with_stride_zero_come_in(op: str) -> None:
    """One number in memory stands for a whole array, as in numpy.broadcast_to."""
    flat = {name: np.broadcast_to(array.flat[0], array.shape) for name, array in arguments(op, "float64").items()}
    wide = {name: array.copy() for name, array in flat.items()}
    assert_same(
        run(op, flat, lambda y: np.broadcast_to(y.flat[0], y.shape)), run(op, wide, lambda y: 0 * y + y.flat[0])
    )


@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize("op", OPS)
def test_every_result_keeps_the_dtype_of_its_input(op: str, dtype: str) -> None:
    """And has the values that float64 has, these being small integers and halves."""
    got, want = run(op, arguments(op, dtype)), run(op, arguments(op, "float64"))
    assert {array.dtype for array in got} == {np.dtype(dtype)}
    assert all(np.array_equal(one, other) for one, other in zip(got, want, strict=True))


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_gradients_conjugate_weight_and_input(dtype: str) -> None:
    """PyTorch's convention, on a single weight: dx = dy * conj(weight), dweight = dy * conj(x)."""
    x, weight = np.full((1, 1, 1), 1 + 2j, dtype), np.full((1, 1, 1), 3 - 1j, dtype)
    y, saved = layers.conv_forward(x, weight)
    dx, dweight, _ = layers.conv_backward(np.full_like(y, 5j), saved)
    assert_same((y, dx, dweight), (x * weight, 5j * weight.conj(), 5j * x.conj()))


def test_half_precision_sums_in_single_precision() -> None:
    """4096 ones: a sum in float16 would stand still at 2048."""
    ones = np.ones((1, 4096, 1), np.float16)
    y, saved = layers.conv_forward(ones, ones)
    assert y.item() == 4096
    x = np.ones((1, 1, 4096), np.float16)
    assert layers.avg_pool_forward(x, 4096, divisor_override=1)[0].item() == 4096
    dy = np.ones((1, 1, 4096), np.float16)
    y, saved = layers.conv_forward(x, np.ones((1, 1, 1), np.float16), np.zeros(1, np.float16))
    assert [gradient.item() for gradient in layers.conv_backward(dy, saved)[1:]] == [4096, 4096]  # type: ignore[union-attr]


def test_extended_precision_is_not_lost_on_the_way() -> None:
    """1 + 2^-60 passes through every layer where longdouble can hold it."""
    fine = np.longdouble(1) + np.finfo(np.longdouble).eps
    x = np.full((1, 1, 4), fine)
    for op, args in (("relu", ()), ("max_pool", (2,)), ("avg_pool", (2,)), ("conv", (np.ones((1, 1, 1), x.dtype),))):
        y, saved = getattr(layers, f"{op}_forward")(x, *args)
        gradients = getattr(layers, f"{op}_backward")(np.full(y.shape, fine), saved)
        dx = gradients[0] if isinstance(gradients, tuple) else gradients
        assert (y == fine).all()
        assert {fine / 2, np.longdouble(0), fine} >= set(dx.ravel())


@pytest.mark.parametrize("op", OPS)
def test_backward_twice_gives_the_same_bits_also_after_another_forward(op: str) -> None:
    """What was saved is neither used up nor overwritten by later calls."""
    forward, backward = getattr(layers, f"{op}_forward"), getattr(layers, f"{op}_backward")
    arrays = arguments(op, "float64")
    y, saved = forward(**arrays, **CONFIGS[op])
    first = flat(backward(y, saved))
    forward(**{name: array + 1 for name, array in arrays.items()}, **CONFIGS[op])
    assert_same(flat(backward(y, saved)), first)


@pytest.mark.parametrize("op", OPS)
def test_saved_does_not_follow_later_changes_of_the_arguments(op: str) -> None:
    """A caller may overwrite x, weight and y between forward and backward."""
    arrays = arguments(op, "float64")
    y, saved = getattr(layers, f"{op}_forward")(**arrays, **CONFIGS[op])
    dy, want = y.copy(), run(op, arguments(op, "float64"))
    for array in (y, *arrays.values()):
        array[...] = np.nan
    got = flat(getattr(layers, f"{op}_backward")(dy, saved))
    assert_same(got, want[1:])


@pytest.mark.parametrize("dtype", ["float16", "float64"])
@pytest.mark.parametrize("op", OPS)
def test_no_memory_is_shared_and_nothing_is_written_to(op: str, dtype: str) -> None:
    """Among arguments, dy, what was saved, and results; also where the layer changes nothing (kernel 1, no padding)."""
    plain = {"conv": {}, "relu": {}}.get(op, {"kernel_size": 1})
    arrays = arguments(op, dtype) | (
        {"weight": integers(np.random.default_rng(0), (6, 4, 1, 1), dtype)} if op == "conv" else {}
    )
    before = {name: array.copy() for name, array in arrays.items()}
    y, saved = getattr(layers, f"{op}_forward")(**arrays, **plain)
    dy = y.copy()
    gradients = flat(getattr(layers, f"{op}_backward")(dy, saved))
    kept = [value for value in vars(saved).values() if isinstance(value, np.ndarray)]
    everything = [*arrays.values(), y, dy, *gradients, *kept]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(everything) for b in everything[:i])
    assert all(np.array_equal(array, before[name]) for name, array in arrays.items())
    assert np.array_equal(dy, y)


def test_an_infinite_upstream_gradient_stays_where_it_belongs() -> None:
    """Infinity times a slope of zero must not become NaN, nor reach cells outside its window."""
    x = np.array([[[3.0, -1.0, 0.0, 5.0]]])
    dy = np.full_like(x, np.inf)
    assert layers.relu_backward(dy, layers.relu_forward(x)[1]).tolist() == [[[np.inf, 0, 0, np.inf]]]
    dy = np.array([[[np.inf, 1.0]]])
    assert layers.max_pool_backward(dy, layers.max_pool_forward(x, 2)[1]).tolist() == [[[np.inf, 0, 0, 1]]]
    assert layers.avg_pool_backward(dy, layers.avg_pool_forward(x, 2)[1]).tolist() == [[[np.inf, np.inf, 0.5, 0.5]]]
    weight = np.ones((1, 1, 2))
    dx = layers.conv_backward(dy, layers.conv_forward(x, weight, stride=2)[1]).dx
    assert dx.tolist() == [[[np.inf, np.inf, 1, 1]]]


def flat(gradients: Any) -> tuple[Array, ...]:
    """Give a tuple, also for layers with a single gradient."""
    return tuple(gradients) if isinstance(gradients, tuple) else (gradients,)
