"""Settings under one letter are taken beside what makes them settings; alone a letter means nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.adapters.built_window import settings_of
from checks.adapters.signature import read
from checks.types import Array
from reference_impl import max_pool_backward, max_pool_forward

WEIGHTED = ("x", "weight", "bias")


def short(x: Array, k: int = 2, s: int = 2, p: int = 0) -> tuple[Array, Any]:
    """A max pooling in letters."""
    return max_pool_forward(x, k, stride=s, padding=p)


@pytest.mark.parametrize("factor", [1.0, 2.0], ids=["right", "wrong"])
def test_a_pool_in_letters_is_examined_with_windows_strides_and_paddings(factor: float) -> None:
    """As one in words; what each letter took is told."""
    found = examine((short, lambda dy, saved: factor * max_pool_backward(dy, saved)), like="max_pool2d", budget="1ms")
    assert found.wrong == (factor != 1), story(found)
    for word in ("kernel_size", "stride", "padding"):
        assert len({str(case.config[word]) for case in found.judged}) > 1


TAKEN: dict[str, tuple[Callable[..., Any], tuple[str, ...], str, dict[str, str]]] = {
    "pool": (lambda x, k, s: (x, k, s), ("x",), "pair", {"kernel_size": "k", "stride": "s"}),
    "default": (lambda x, f=2: (x, f), ("x",), "pair", {"kernel_size": "f"}),
    "conv": (
        lambda x, w, b, s=1, p=0, d=1: (x, w, b, s, p, d),
        WEIGHTED,
        "pair",
        {"stride": "s", "padding": "p", "dilation": "d"},
    ),
    "word and letter": (lambda x, w, b=None, stride=1, p=0: (x, w, b, stride, p), WEIGHTED, "pair", {"padding": "p"}),
    "constructor": (
        lambda c_in, c_out, k, s=1: (c_in, c_out, k, s),
        WEIGHTED,
        "constructor",
        {"in_channels": "c_in", "out_channels": "c_out", "kernel_size": "k", "stride": "s"},
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_letter_beside_its_kind_is_a_setting(name: str) -> None:
    """A stride beside a window or a weight, padding beside a stride."""
    layer, arguments, kind, words = TAKEN[name]
    plan = read(layer, arguments, kind)
    assert {word: slot for word, slot in plan.words.items() if word != slot} | (
        {"padding": "p"} if name == "word and letter" else {}
    ) == words


NOT_TAKEN: dict[str, Callable[..., Any]] = {
    "padding without a stride": lambda x, p=2: (x, p),
    "stride without a window": lambda x, s=1: (x, s),
    "two windows": lambda x, k=2, f=2: (x, k, f),
    "no whole number": lambda x, k=0.5, s=0.1: (x, k, s),
    "a truth value": lambda x, k=True, s=False: (x, k, s),
}


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_a_letter_that_may_mean_something_else_is_left_alone(name: str) -> None:
    """It keeps its default."""
    assert not read(NOT_TAKEN[name], ("x",), "pair").words


def test_a_window_that_must_be_given_stands_beside_a_stride() -> None:
    """Alone it may be anything: a count, an index."""
    with pytest.raises(UsageError, match="nothing is known about k"):
        read(lambda x, k: (x, k), ("x",), "pair")


def test_an_objects_letters_are_its_settings_beside_its_window() -> None:
    """A number alone: an array, a function or a fraction under the same letter is none."""
    assert {word: each.value for word, each in settings_of({"k": 3, "s": (2, 1), "p": 1}, ()).items()} == {
        "kernel_size": 3,
        "stride": (2, 1),
        "padding": 1,
    }
    assert settings_of({"s": 2, "p": 1}, (4, 2, 3, 3)).keys() == {"stride", "padding"}
    assert not settings_of({"s": 2, "p": 1}, ())
    assert "padding" not in settings_of({"k": 3, "s": 2, "p": 0.5}, ())
    assert "stride" not in settings_of({"k": 3, "s": np.ones(2)}, ())


def test_an_array_under_a_letter_is_none() -> None:
    """Held by its owner, as labels are, it stays there."""
    labels = np.arange(3)
    assert not read(partial(lambda x, k, s: (x, k, s), k=labels, s=labels), ("x",), "pair").words


def test_a_number_under_a_name_of_x_is_not_x() -> None:
    """The first array is."""
    plan = read(lambda a, w, *, z=1: (a, w, z), WEIGHTED, "pair")
    assert plan.slots == {"weight": "w", "x": "a"}
