"""Layers with several outputs, and with one that is a plain number."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.errors import UsageError
from checks.types import Array

with suppress(ImportError):  # the tests that need it are skipped without it
    import jax

X = np.random.default_rng(0).standard_normal((3, 4))


class Two(torch.autograd.Function):
    """2 x and x * x."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> Any:
        """Keep x."""
        ctx.save_for_backward(x)
        return 2 * x, x * x

    @staticmethod
    def backward(ctx: Any, first: torch.Tensor, second: torch.Tensor) -> Any:
        """Both."""
        (x,) = ctx.saved_tensors
        return 2 * first + 2 * x * second


class TwoBad(Two):
    """The second output's gradient is wrong."""

    @staticmethod
    def backward(ctx: Any, first: torch.Tensor, second: torch.Tensor) -> Any:
        """Forget a factor of the second."""
        (x,) = ctx.saved_tensors
        return 2 * first + x * second


class Cell(torch.nn.Module):
    """The same as a module, in a dictionary."""

    def __init__(self, inner: Callable[[Any], Any]) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Any) -> Any:
        """By names."""
        first, second = self.inner(x)
        return {"first": first, "second": (second, None)}


def _two(x: Array) -> tuple[Any, Array]:
    return (2 * x, x * x), x


def _named(x: Array) -> tuple[Any, Array]:
    return {"first": 2 * x, "second": [x * x, np.argmax(x)]}, x


def _jax(x: Any) -> Any:
    return {"a": 2 * x, "b": jax.numpy.cos(x)}


def _hips(x: Any) -> Any:
    import autograd.numpy

    return 2 * x, autograd.numpy.cos(x)


#: Modules without which a layer cannot be had.
NEEDS = {"JAX": "jax", "HIPS autograd": "autograd"}

RIGHT: dict[str, Any] = {
    "a pair that takes a tuple": (_two, lambda dys, x: 2 * dys[0] + 2 * x * dys[1]),
    "a pair that takes them one by one": (_two, lambda da, db, x: 2 * da + 2 * x * db),
    "a pair of dictionaries": (_named, lambda dys, x: 2 * dys["first"] + 2 * x * dys["second"][0]),
    "a Function": Two,
    "a function of tensors": lambda x: torch.sort(x * 1.0, 1),
    "a module": Cell(Two.apply),
    "JAX": _jax,
    "HIPS autograd": _hips,
}

WRONG: dict[str, Any] = {
    "a pair that takes a tuple": (_two, lambda dys, x: 2 * dys[0] + x * dys[1]),
    "a pair that forgets one": (_two, lambda dys, x: 2 * dys[0] + 0 * x),
    "a Function": TwoBad,
    "a module": Cell(TwoBad.apply),
}

LAWS = ("adjoint", "linearity", "repeatable")


@pytest.mark.long(keep=3)
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_layer_with_several_outputs_is_right(name: str) -> None:
    """Whatever they are nested in; that they are taken for one is told."""
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    found = examine(RIGHT[name], inputs=(X,), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert found.notes


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_gradient_of_a_further_output_is_found(name: str) -> None:
    """Dy covers all of them."""
    found = examine(WRONG[name], inputs=(X,), budget="1ms", laws=LAWS)
    assert "adjoint" in found.findings, story(found)
    assert "note: y is 2 outputs raveled into one" in story(found)


def _writing(dh: Array, dc: Array) -> Array:
    dc += 1.5 * dh
    return 2 * dc


class Cells:
    """2 outputs, whose backward writes to the gradient of the second."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        """In a tuple."""
        return 3 * x, 2 * x

    def backward(self, dh: Array, dc: Array) -> Array:
        """One by one."""
        return _writing(dh, dc)


class Listed:
    """The same in a list."""

    def forward(self, x: Array) -> list[Array]:
        """Two arrays."""
        return [3 * x, 2 * x]

    def backward(self, dys: list[Array]) -> Array:
        """At once."""
        return _writing(*dys)


WRITING: dict[str, Any] = {
    "a pair of two outputs and a cache": (lambda x: (3 * x, 2 * x, x), lambda dh, dc, _: _writing(dh, dc)),
    "a pair that takes a tuple": (lambda x: ((3 * x, 2 * x), x), lambda dys, _: _writing(*dys)),
    "an object that takes them one by one": Cells(),
    "an object that takes a list": Listed(),
}


@pytest.mark.parametrize("name", WRITING)
def test_a_backward_that_writes_to_the_gradient_of_one_of_several_outputs_is_wrong(name: str) -> None:
    """Its caller's array is changed, as that of a single output would be."""
    found = examine(WRITING[name], inputs=(X,), budget="1ms", laws=["arguments unchanged"])
    assert found.findings["arguments unchanged"].verdict.of == "dy", story(found)


def test_outputs_without_a_gradient_are_left_out_and_named() -> None:
    """Integers and None."""
    found = examine(RIGHT["a pair of dictionaries"], inputs=(X,), budget="1ms", laws=LAWS)
    assert "not examined, of 3 outputs: 3 (int64)" in found.notes
    found = examine(RIGHT["a module"], inputs=(X,), budget="1ms", laws=LAWS)
    assert "not examined, of 3 outputs: 3 (NoneType)" in found.notes


def test_a_family_has_one_output_and_the_others_are_named() -> None:
    """Pooling that gives its indices too."""

    def layer(x: Any, kernel_size: Any) -> Any:
        return torch.nn.functional.max_pool2d(x, kernel_size, return_indices=True)

    found = examine(layer, "max_pool2d", budget="1ms", laws=["reference"])
    assert not found.wrong, story(found)
    assert found.notes == ["not examined, of 2 outputs: 2 (int64)"]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_loss_may_be_a_plain_number(dtype: Any) -> None:
    """It has no axes."""

    def forward(x: Array) -> tuple[float, Array]:
        return float((x * x).sum()), x

    found = examine((forward, lambda dy, x: 2 * x * dy), inputs=(X.astype(dtype),), budget="1ms")
    assert not found.wrong, story(found)
    assert examine((forward, lambda dy, x: x * dy), inputs=(X.astype(dtype),), budget="1ms", laws=LAWS).wrong


class Turned(torch.autograd.Function):
    """x (2 + 3j), whose backward forgets to conjugate."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> Any:
        """Nothing is kept."""
        return x * (2 + 3j)

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor) -> Any:
        """Wrong in the imaginary part."""
        return (dy * (2 + 3j)).real


@pytest.mark.usefixtures("plainest")
def test_a_complex_output_is_examined_by_its_parts() -> None:
    """PyTorch's own transform is right, and what is wrong in one part alone is found."""
    right = examine(torch.fft.rfft, inputs=(torch.from_numpy(X),), budget="1ms", laws=LAWS)
    assert not right.wrong, story(right)
    assert "y is complex: its real and imaginary parts are examined, raveled into one" in right.notes
    wrong = examine(Turned, inputs=(X,), budget="1ms", laws=LAWS)
    assert "for each in (y.real, y.imag)" in wrong.findings["adjoint"].script


def test_a_complex_output_of_a_pair_is_misuse() -> None:
    """Nobody knows what its dy means."""
    with pytest.raises(UsageError, match="y of complex128, whose gradient has several conventions"):
        examine((lambda x: (np.fft.fft(x), None), lambda dy, _: dy.real), inputs=(X,), budget="1ms")


def test_a_complex_output_of_a_layer_of_a_family_is_wrong() -> None:
    """Its arguments are real, and so is what the family gives."""
    found = examine((lambda x: (x.clip(0) + 0j, x.copy()), lambda dy, x: dy * (x > 0)), "relu", budget="1ms")
    assert re.search(
        r"forward gave y of complex\d+ for real arguments; expected real numbers", story(found).partition("\n")[0]
    )
    assert set(found.findings) == {"runs"}


def test_a_complex_gradient_of_a_real_argument_is_a_hazard() -> None:
    """As one of a wider format is; a right layer gives none."""
    layer = lambda x: (x * x, x.copy()), lambda dy, x: (2 * dy * x).astype(complex)
    found = examine(layer, inputs=(X,), budget="1ms", laws=["dtype"])
    assert found.hazards["dtype"].verdict.why.startswith("dx came as complex128, its argument is float64")
    assert not examine((layer[0], lambda dy, x: 2 * dy * x), inputs=(X,), budget="1ms", laws=["dtype"]).hazards


def test_a_sparse_gradient_is_filled_with_zeros() -> None:
    """As of an embedding whose weight has many rows."""
    layer, rows = torch.nn.Embedding(5, 3, sparse=True).double(), torch.tensor([0, 2, 2, 4])
    found = examine(layer, inputs=(rows,), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)


def test_a_row_that_has_no_gradient_by_design_is_named() -> None:
    """What is told of it is no surprise."""
    layer, rows = torch.nn.Embedding(5, 3, padding_idx=2).double(), torch.tensor([0, 2, 2, 4])
    notes = examine(layer, inputs=(rows,), budget="1ms", laws=LAWS).notes
    assert [note for note in notes if "leaves out the gradient of weight[2] by design" in note]


def test_a_real_function_of_pytorchs_stays_complex_along_complex_steps() -> None:
    """They derive an analytic function, and nobody is told that it has complex outputs."""
    x = torch.tensor([[0.25, -1.0, 2.0], [0.5, 1.5, -0.5]], dtype=torch.float64)
    found = examine(lambda x: x.exp() * x.detach(), inputs=(x,), budget="1ms", laws=["finite differences"])
    assert not found.notes
    assert "complex step" in found.findings["finite differences"].verdict.why
