"""JAX: its convolution and windows, and a ``custom_vjp`` with a backward of its own."""

from __future__ import annotations

from typing import Any

from checks import examine, verify
from checks.selftest.wild.packages import theirs

jax = theirs("jax")

#: XLA compiles for each new shape, so only the laws that ask for no shape but the case's own.
LAWS = ["reference", "torch", "adjoint", "sums", "kinks", "arguments unchanged", "repeatable", "dtype"]


def each(number: Any, x: Any) -> tuple[Any, ...]:
    """One number for every spatial axis."""
    return (number,) * (x.ndim - 2) if isinstance(number, int) else tuple(number)


def conv(
    x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Every setting that the family has, lopsided padding and the word "same" too."""
    border = "SAME" if padding == "same" else [(p, p) if isinstance(p, int) else p for p in each(padding, x)]
    strides, steps = each(stride, x), each(dilation, x)
    y = jax.lax.conv_general_dilated(x, weight, strides, border, rhs_dilation=steps, feature_group_count=groups)
    return y if bias is None else y + bias.reshape(-1, *[1] * (x.ndim - 2))


def pool(x: Any, kernel_size: Any, stride: Any, padding: Any, start: float, combine: Any) -> Any:
    """All windows of all channels."""
    window, strides = (1, 1, *each(kernel_size, x)), (1, 1, *each(stride, x))
    border = ((0, 0), (0, 0), *((p, p) for p in each(padding, x)))
    return jax.lax.reduce_window(x, start, combine, window, strides, border)


def max_pool(x: Any, kernel_size: Any, stride: Any, padding: Any = 0) -> Any:
    """Padded with minus infinity."""
    return pool(x, kernel_size, stride, padding, -jax.numpy.inf, jax.lax.max)


def avg_pool(x: Any, kernel_size: Any, stride: Any, padding: Any = 0) -> Any:
    """The sum of a window divided by all of its cells."""
    cells = jax.numpy.array(each(kernel_size, x)).prod()
    return pool(x, kernel_size, stride, padding, 0.0, jax.lax.add) / cells.astype(x.dtype)


@jax.custom_vjp  # type: ignore[untyped-decorator]
def relu(x: Any) -> Any:
    """With a backward of its own, below."""
    return jax.numpy.maximum(x, 0)


def relu_forward(x: Any) -> Any:
    """Keep where x was positive."""
    return relu(x), x > 0


def relu_backward(positive: Any, dy: Any) -> Any:
    """As relu's derivative is usually written."""
    return (jax.numpy.where(positive, dy, 0),)


relu.defvjp(relu_forward, relu_backward)


def test_the_convolution_of_jax_is_right() -> None:
    """In one to three axes with every setting."""
    assert verify(conv, "conv", budget="1s", laws=LAWS).compared


def test_windows_of_jax_are_right() -> None:
    """As max pooling and as average pooling."""
    assert verify(max_pool, "max_pool2d", budget="1s", laws=LAWS).compared
    assert verify(avg_pool, "avg_pool2d", budget="1s", laws=LAWS).compared


def test_a_custom_vjp_is_right() -> None:
    """JAX's own relu too."""
    assert verify(relu, "relu", budget="1s", laws=LAWS).compared
    assert verify(jax.nn.relu, "relu", budget="1s", laws=LAWS).compared


def test_numbers_that_xla_takes_for_zero_are_a_hazard() -> None:
    """XLA flushes subnormal numbers to zero: dy times 2**-1074 comes back as 0."""
    found = examine(relu, "relu", budget="1s", laws=["scaling"])
    assert ("scaling" in found.hazards, found.wrong) == (True, False)
