"""Tensor cores cut float32 operands to 11 binary digits: a hazard on an accelerator, a mistake anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pytest

from checks import Subject, examine, story
from checks.arithmetic import TF32
from checks.families import family
from checks.types import Array, Arrays, Config, gradient_of
from reference_impl import conv_backward, conv_forward

#: How digits go: a library rounds, tensor cores that are handed whole operands leave out what they do not read.
Rounding: TypeAlias = Callable[[Array], Array]
ROUNDINGS: tuple[Rounding, ...] = (np.rint, np.trunc)


def _cut(array: Array, rounding: Rounding) -> Array:
    """To 11 binary digits where the format is float32."""
    if array.dtype != np.float32:
        return array
    mantissa, exponent = np.frexp(array.astype(np.float64))
    return np.asarray(np.ldexp(rounding(mantissa * 2**11) / 2**11, exponent), np.float32)


def _forward(arrays: Arrays, config: Config, rounding: Rounding = np.rint) -> tuple[Array, Any]:
    x, weight = (_cut(arrays[name], rounding) for name in ("x", "weight"))
    y, saved = conv_forward(x, weight, arrays.get("bias"), **config)
    return y, (saved, list(arrays))


def _backward(dy: Array, kept: Any, rounding: Rounding = np.rint) -> Arrays:
    saved, names = kept
    dbias = dy.sum((0, *range(2, dy.ndim))).astype(dy.dtype)
    gradients = {**conv_backward(_cut(dy, rounding), saved)._asdict(), "dbias": dbias}
    return {gradient_of(name): gradients[gradient_of(name)] for name in names}


@pytest.mark.long
@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize(("device", "laws"), [("cuda", set()), ("cpu", {"reference", "textbook", "dtype"})])
def test_cut_operands_are_a_hazard_on_an_accelerator_alone(device: str, laws: set[str], rounding: Rounding) -> None:
    """On a CPU nothing cuts them but a detour through a narrower format."""
    ways = partial(_forward, rounding=rounding), partial(_backward, rounding=rounding)
    found = examine(Subject("cutting", *ways, device=device), like="conv1d", budget="1ms")
    assert laws <= set(found.findings)
    assert bool(found.findings) == bool(laws)
    assert ("declare arithmetic='tf32'" in story(found)) == (device == "cuda")


def test_integers_of_long_planes_stay_short_enough_for_them() -> None:
    """Directions of the adjoint are drawn as far as operands are exact, no farther."""
    conv = family("conv")
    shapes = {"x": (1, 1, 65794), "weight": (1, 1, 2), "bias": (1,)}
    case = conv.case_of(shapes, {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}, "float32", "integers", 5)
    subject = Subject("cutting", _forward, _backward, arithmetic=TF32)
    found = examine(subject, "conv", cases=[case])
    assert not found.wrong
    assert found.tallies["adjoint"].right == len(shapes)


@pytest.mark.long
def test_who_declares_it_is_judged_by_it_and_by_nothing_wider() -> None:
    """``supports`` says so for any subject; float64 is never cut."""
    subject = Subject("cutting", _forward, _backward)
    found = examine(subject, like="conv1d", budget="1ms", supports={"arithmetic": "tf32"})
    assert not found.wrong
    assert "arithmetic" not in found.hazards

    def doubly(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        return _forward({name: value.astype(np.float32) for name, value in arrays.items()}, config)

    narrow = Subject("float32 inside", doubly, _backward)
    assert examine(narrow, like="conv1d", budget="1ms", supports={"arithmetic": "tf32"}).wrong


@pytest.mark.parametrize(("device", "wrong"), [("cuda", False), ("cpu", True)])
def test_another_layout_may_be_another_algorithm_on_an_accelerator(device: str, wrong: bool) -> None:
    """A library computes in full where memory is contiguous, and on tensor cores elsewhere."""

    def by_layout(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        whole = all(value.flags.c_contiguous for value in arrays.values())
        return _forward(arrays, config) if not whole else _plain(arrays, config)

    cases = [case for case in family("conv").sweep(3, 60) if case.dtype == "float32" and case.data == "normal"]
    subject = Subject("by layout", by_layout, _backward_plain, device=device)
    assert examine(subject, "conv", cases=cases[:6], laws=["layout"]).wrong == wrong


def _plain(arrays: Arrays, config: Config) -> tuple[Array, Any]:
    y, saved = conv_forward(arrays["x"], arrays["weight"], arrays.get("bias"), **config)
    return y, (saved, list(arrays))


def _backward_plain(dy: Array, kept: Any) -> Arrays:
    saved, names = kept
    gradients = conv_backward(dy, saved)._asdict()
    return {gradient_of(name): gradients[gradient_of(name)] for name in names}
