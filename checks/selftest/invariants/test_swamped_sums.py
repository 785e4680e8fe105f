"""Sums of a layer by examples that are kept in half precision: a hazard where rows are added one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import Examination, examine
from checks.types import Array

#: How rows are added up.
AddUp = Callable[[Array], Array]


def _one_by_one(rows: Array) -> Array:
    total = np.zeros(rows.shape[1:], rows.dtype)
    for row in rows:
        total = total + row
    return total


def _in_half(rows: Array) -> Array:
    """The same in float16, whatever format the rows are in."""
    return _one_by_one(rows.astype(np.float16)).astype(rows.dtype)


def _by_halves(rows: Array) -> Array:
    return rows[0] if len(rows) == 1 else _by_halves(rows[::2]) + _by_halves(rows[1::2])


def _in_float32(rows: Array) -> Array:
    return np.asarray(rows.sum(axis=0, dtype=np.float32).astype(rows.dtype))


def _found(add_up: AddUp, dtype: str, rows: int = 80) -> Examination:
    """A layer that scales and shifts each row of its example, and adds both gradients up so."""

    def forward(x: Array, scale: Array, shift: Array) -> tuple[Array, Any]:
        return x * scale + shift, (x, scale)

    def backward(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
        x, scale = saved
        return dy * scale, add_up(dy * x), add_up(dy)

    rng = np.random.default_rng(0)
    inputs = tuple(rng.normal(size=shape).astype(dtype) for shape in ((rows, 3), 3, 3))
    return examine((forward, backward), inputs=inputs, budget="1ms", laws=["arithmetic", "finite differences"])


@pytest.mark.usefixtures("every_variation")
def test_rows_that_are_added_one_by_one_in_half_precision_are_a_hazard() -> None:
    """Each of 80 ones is lost after 2048: that is within the bound of a sum, so that it is not wrong."""
    found = _found(_one_by_one, "float16")
    assert not found.wrong
    assert found.hazards["arithmetic"].verdict.of in {"dscale", "dshift"}
    assert "add up in float32" in found.hazards["arithmetic"].verdict.why


@pytest.mark.parametrize("add_up", [_in_float32, _by_halves])
def test_sums_that_lose_less_are_none(add_up: AddUp) -> None:
    """In float32, or by halves in half precision."""
    found = _found(add_up, "float16")
    assert not found.wrong
    assert "arithmetic" not in found.hazards


@pytest.mark.parametrize("rows", [12, 80])
def test_half_precision_inside_a_layer_of_float32_is_wrong(rows: int) -> None:
    """No sum in half precision is within the roundings of float32, be it ever so short."""
    assert "finite differences" in _found(_in_half, "float32", rows).findings
    assert not _found(_one_by_one, "float32", rows).wrong


@pytest.mark.parametrize("format_", ["bfloat16", "float16"])
@pytest.mark.parametrize("name", ["Linear", "GroupNorm", "RMSNorm", "BatchNorm1d", "Bilinear"])
def test_layers_that_add_up_in_float32_are_silent(name: str, format_: str) -> None:
    """PyTorch's own, in its half formats."""
    torch = pytest.importorskip("torch")
    built = {"Bilinear": (3, 3, 2), "Linear": (3, 2), "GroupNorm": (1, 3)}.get(name, (3,))
    layer = getattr(torch.nn, name)(*built).to(getattr(torch, format_))
    inputs = tuple(torch.randn(80, 3).to(getattr(torch, format_)) for _ in range(2 if name == "Bilinear" else 1))
    assert "arithmetic" not in examine(layer, inputs=inputs, budget="0.3s", laws=["arithmetic"]).hazards


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize(("add_up", "hazards"), [("one by one", {"arithmetic"}), ("by halves", set()), ("wide", set())])
def test_products_that_are_added_one_by_one_are_a_hazard_too(dtype: str, add_up: str, hazards: set[str]) -> None:
    """What each of 64 rows adds is made as large: its own factor is another."""
    torch = pytest.importorskip("torch")

    def one_by_one(rows: Any) -> Any:
        total = torch.zeros_like(rows[0])
        for row in rows:
            total = total + row
        return total

    def by_halves(rows: Any) -> Any:
        return rows[0] if len(rows) == 1 else by_halves(rows[::2]) + by_halves(rows[1::2])

    ways: dict[str, Callable[[Any], Any]] = {
        "one by one": one_by_one,
        "by halves": by_halves,
        "wide": lambda rows: rows.float().sum(0).to(rows.dtype),
    }

    class Product(torch.autograd.Function):  # type: ignore[misc,name-defined]
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any) -> Any:
            """Of two matrices."""
            ctx.save_for_backward(a, b)
            return a @ b

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            """The second one's gradient is a sum over rows."""
            a, b = ctx.saved_tensors
            return dy @ b.t(), ways[add_up](a[:, :, None] * dy[:, None, :])

    rng = np.random.default_rng(0)
    inputs = tuple(torch.tensor(rng.normal(size=shape)).to(getattr(torch, dtype)) for shape in ((64, 8), (8, 5)))
    found = examine(Product.apply, inputs=inputs, budget="1ms", laws=["arithmetic"])
    assert not found.wrong
    assert set(found.hazards) == hazards
