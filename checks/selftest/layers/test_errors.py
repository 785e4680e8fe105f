"""Bad input raises one family of errors, and each message says the value, what was expected and what to do."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import reference_impl as layers
from reference_impl import ConfigurationError, DtypeError, LayerError, SavedError, ShapeError

X = np.ones((1, 4, 6, 6))
LINE = np.ones((1, 4, 6))
W = np.ones((2, 4, 3, 3))
B = np.ones(2)


def conv(x: Any = X, weight: Any = W, bias: Any = B, **config: Any) -> Any:
    """Run a convolution that is right as it stands."""
    return layers.conv_forward(x, weight, bias, **config)


def line(**config: Any) -> Any:
    """Run a convolution in one axis."""
    return layers.conv_forward(LINE, np.ones((2, 4, 3)), None, **config)


def largest(x: Any = X, kernel_size: Any = 2, **config: Any) -> Any:
    """Run a max pooling."""
    return layers.max_pool_forward(x, kernel_size, **config)


def mean(x: Any = X, kernel_size: Any = 2, **config: Any) -> Any:
    """Run an average pooling."""
    return layers.avg_pool_forward(x, kernel_size, **config)


def back(op: str, dy: Any, *args: Any) -> Any:
    """Run one layer's backward on what its forward saved from ``args``."""
    return getattr(layers, f"{op}_backward")(dy, getattr(layers, f"{op}_forward")(*args)[1])


BAD: dict[str, tuple[Callable[[], Any], type[LayerError], str]] = {
    "stride 0": (lambda: conv(stride=0), ConfigurationError, "stride=0"),
    "negative stride": (lambda: conv(stride=(1, -2)), ConfigurationError, "stride[1]=-2"),
    "stride as a float": (lambda: conv(stride=2.0), ConfigurationError, "stride=2.0"),
    "stride as a bool": (lambda: conv(stride=True), ConfigurationError, "stride=True"),
    "stride as a NumPy bool": (lambda: conv(stride=np.True_), ConfigurationError, "stride="),
    "stride as a word": (lambda: conv(stride="2"), ConfigurationError, "stride='2'"),
    "no stride": (lambda: conv(stride=None), ConfigurationError, "stride=None"),
    "infinite stride": (lambda: conv(stride=math.inf), ConfigurationError, "stride=inf"),
    "stride beyond every array": (lambda: conv(stride=10**30), ConfigurationError, "stride=1000"),
    "too few strides": (lambda: conv(stride=(2,)), ConfigurationError, "has 1 values; expected 2"),
    "too many strides": (lambda: conv(stride=(1, 1, 1)), ConfigurationError, "has 3 values; expected 2"),
    "strides as an array": (lambda: conv(stride=np.array([1, 1])), ConfigurationError, "stride=array"),
    "nested strides": (lambda: conv(stride=((1, 1), 1)), ConfigurationError, "stride[0]=(1, 1)"),
    "dilation 0": (lambda: conv(dilation=0), ConfigurationError, "dilation=0"),
    "dilation as a float": (lambda: conv(dilation=(1, 1.5)), ConfigurationError, "dilation[1]=1.5"),
    "NaN dilation": (lambda: conv(dilation=math.nan), ConfigurationError, "dilation=nan"),
    "negative padding": (lambda: conv(padding=-1), ConfigurationError, "padding=-1"),
    "negative padding on one side": (lambda: conv(padding=((0, -1), 0)), ConfigurationError, "padding[0][1]=-1"),
    "padding as a float": (lambda: conv(padding=1.0), ConfigurationError, "padding=1.0"),
    "padding as a bool": (lambda: conv(padding=(True, 1)), ConfigurationError, "padding[0]=True"),
    "padding in threes": (lambda: conv(padding=((1, 1, 1), 0)), ConfigurationError, "padding[0]=(1, 1, 1)"),
    "four numbers of padding": (lambda: conv(padding=(1, 1, 1, 1)), ConfigurationError, "has 4 values; expected 2"),
    "a pair in one axis": (lambda: line(padding=(1, 2)), ConfigurationError, "Write ((1, 2),)"),
    "an unknown word": (lambda: conv(padding="full"), ConfigurationError, "padding='full'"),
    "a word in capitals": (lambda: conv(padding="SAME"), ConfigurationError, "padding='SAME'"),
    "'same' with stride": (lambda: conv(padding="same", stride=2), ConfigurationError, "stride=(2, 2)"),
    "groups 0": (lambda: conv(groups=0), ConfigurationError, "groups=0"),
    "groups as a float": (lambda: conv(groups=2.0), ConfigurationError, "groups=2.0"),
    "groups as a bool": (lambda: conv(groups=True), ConfigurationError, "groups=True"),
    "groups that divide neither": (lambda: conv(groups=3), ConfigurationError, "groups=3 with 4 channels"),
    "groups that divide only the input": (lambda: conv(groups=4), ConfigurationError, "and 2 in y"),
    "groups but a dense weight": (lambda: conv(groups=2), ShapeError, "C/groups = 4/2 = 2"),
    "weight for other channels": (lambda: conv(weight=np.ones((2, 3, 3, 3))), ShapeError, "3 channels on axis 1"),
    "weight of another rank": (lambda: conv(weight=np.ones((2, 4, 3))), ShapeError, "with 4 axes"),
    "weight without outputs": (lambda: conv(weight=np.ones((0, 4, 3, 3))), ShapeError, "(0, 4, 3, 3)"),
    "empty kernel": (lambda: conv(weight=np.ones((2, 4, 0, 3))), ShapeError, "(2, 4, 0, 3)"),
    "kernel larger than x": (lambda: conv(weight=np.ones((2, 4, 7, 3))), ConfigurationError, "kernel of 7"),
    "dilated kernel larger than x": (lambda: conv(dilation=3), ConfigurationError, "spans 7 cells"),
    "bias of another length": (lambda: conv(bias=np.ones(3)), ShapeError, "bias has shape (3,); expected (2,)"),
    "bias as a column": (lambda: conv(bias=np.ones((2, 1))), ShapeError, "bias has shape (2, 1)"),
    "bias as a number": (lambda: conv(bias=0.0), DtypeError, "bias is a builtins.float"),
    "x without batch and channels": (lambda: conv(x=np.ones((6, 6))), ShapeError, "2 axes"),
    "x with four spatial axes": (lambda: largest(np.ones((1,) * 6)), ShapeError, "6 axes"),
    "x without channels": (lambda: conv(x=np.ones((1, 0, 6, 6))), ShapeError, "at least one channel"),
    "x without cells": (lambda: mean(np.ones((1, 1, 0, 6))), ShapeError, "at least one channel and one cell"),
    "x as a list": (lambda: conv(x=X.tolist()), DtypeError, "numpy.asarray(x"),
    "x as a number": (lambda: layers.relu_forward(1.0), DtypeError, "builtins.float"),  # type: ignore[arg-type]
    "x as a masked array": (lambda: mean(np.ma.masked_array(X)), DtypeError, "MaskedArray"),
    "integer x": (lambda: conv(x=X.astype(int)), DtypeError, "dtype int64"),
    "bool x": (lambda: largest(X > 0), DtypeError, "dtype bool"),
    "object x": (lambda: layers.relu_forward(X.astype(object)), DtypeError, "dtype object"),
    "complex x in a pooling": (lambda: mean(X + 0j), DtypeError, "dtype complex128"),
    "complex x in ReLU": (lambda: layers.relu_forward(X + 0j), DtypeError, "dtype complex128"),
    "weight of another dtype": (lambda: conv(weight=W.astype("f4")), DtypeError, "weight has dtype float32"),
    "bias of another dtype": (lambda: conv(bias=B.astype("f2")), DtypeError, "bias has dtype float16"),
    "integer weight": (lambda: conv(weight=W.astype(int)), DtypeError, "weight has dtype int64"),
    "weight as a list": (lambda: conv(weight=W.tolist()), DtypeError, "weight is a builtins.list"),
    "kernel_size 0": (lambda: largest(kernel_size=0), ConfigurationError, "kernel_size=0"),
    "kernel_size as a float": (lambda: mean(kernel_size=2.0), ConfigurationError, "kernel_size=2.0"),
    "kernel_size for another rank": (lambda: mean(kernel_size=(2, 2, 2)), ConfigurationError, "expected 2"),
    "pooling stride 0": (lambda: largest(stride=0), ConfigurationError, "stride=0"),
    "pooling kernel larger than x": (lambda: mean(kernel_size=7), ConfigurationError, "kernel of 7"),
    "pooling padding over half": (lambda: mean(kernel_size=3, padding=2), ConfigurationError, "(1, 1)"),
    "pooling padding in pairs": (lambda: largest(padding=((1, 1), 0)), ConfigurationError, "padding[0]=(1, 1)"),
    "pooling padding as a word": (lambda: largest(padding="same"), ConfigurationError, "padding='same'"),
    "pooling dilation 0": (lambda: largest(dilation=0), ConfigurationError, "dilation=0"),
    "a window of padding only": (
        lambda: largest(np.ones((1, 1, 1)), padding=1, dilation=2),
        ConfigurationError,
        "holds padding only",
    ),
    "ceil_mode as a number": (lambda: largest(ceil_mode=1), ConfigurationError, "ceil_mode=1"),
    "ceil_mode as a word": (lambda: mean(ceil_mode="yes"), ConfigurationError, "ceil_mode='yes'"),
    "count_include_pad None": (lambda: mean(count_include_pad=None), ConfigurationError, "count_include_pad=None"),
    "divisor 0": (lambda: mean(divisor_override=0), ConfigurationError, "divisor_override=0"),
    "divisor as a float": (lambda: mean(divisor_override=4.0), ConfigurationError, "divisor_override=4.0"),
    "divisor as a bool": (lambda: mean(divisor_override=False), ConfigurationError, "divisor_override=False"),
    "NaN at zero": (lambda: layers.relu_forward(X, math.nan), ConfigurationError, "at_zero=nan"),
    "infinity at zero": (lambda: layers.relu_forward(X, -math.inf), ConfigurationError, "at_zero=-inf"),
    "at_zero as a bool": (lambda: layers.relu_forward(X, at_zero=True), ConfigurationError, "at_zero=True"),
    "at_zero as a word": (lambda: layers.relu_forward(X, "1"), ConfigurationError, "'1'"),  # type: ignore[arg-type]
    "at_zero too large for half": (
        lambda: layers.relu_forward(X.astype("f2"), 1e6),
        ConfigurationError,
        "float16 can hold",
    ),
    "dy of another shape": (lambda: back("conv", np.ones((1, 2, 4, 5)), X, W), ShapeError, "(1, 2, 4, 4)"),
    "dy that would broadcast": (lambda: back("conv", np.ones((1, 2, 1, 1)), X, W), ShapeError, "broadcasting"),
    "dy in the shape of x": (lambda: back("max_pool", X, X, 2), ShapeError, "expected (1, 4, 3, 3)"),
    "dy of the mean in the shape of x": (lambda: back("avg_pool", X, X, 2), ShapeError, "expected (1, 4, 3, 3)"),
    "dy of another rank": (lambda: back("relu", X[0], X), ShapeError, "expected (1, 4, 6, 6)"),
    "dy of another precision": (lambda: back("relu", X.astype("f4"), X), DtypeError, "dy has dtype float32"),
    "complex dy": (lambda: back("avg_pool", np.ones((1, 4, 3, 3), complex), X, 2), DtypeError, "complex128"),
    "integer dy": (lambda: back("max_pool", np.ones((1, 4, 3, 3), int), X, 2), DtypeError, "dy has dtype int64"),
    "dy as a list": (lambda: back("relu", [1.0], np.ones(1)), DtypeError, "dy is a builtins.list"),
    "dy as a number": (lambda: back("conv", 1.0, X, W), DtypeError, "dy is a builtins.float"),
    "saved of another layer": (lambda: layers.conv_backward(X, largest()[1]), SavedError, "MaxPoolSaved"),
    "saved of the other pooling": (lambda: layers.max_pool_backward(X, mean()[1]), SavedError, "AvgPoolSaved"),
    "no saved": (lambda: layers.avg_pool_backward(X, None), SavedError, "NoneType"),  # type: ignore[arg-type]
    "the forward's whole result": (lambda: layers.relu_backward(X, layers.relu_forward(X)), SavedError, "tuple"),  # type: ignore[arg-type]
    "x for saved": (lambda: layers.conv_backward(X, X), SavedError, "ndarray"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize(("call", "kind", "words"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_with_value_expectation_and_remedy(
    call: Callable[[], Any], kind: type[LayerError], words: str
) -> None:
    """The exact class; the value or what it clashes with; what was expected; a further sentence with the remedy."""
    with pytest.raises(kind, match=re.escape(words)) as caught:
        call()
    said = str(caught.value)
    assert type(caught.value) is kind
    assert "expected" in said
    assert re.search(r"[.;,] (Pass|Use|Write|Choose|Convert|Call|Reshape|Add|Pad|Numbers|Only|such|or None)", said), (
        said
    )


def test_the_table_is_long_enough() -> None:
    """At least sixty inputs, of every class of the family."""
    assert len(BAD) >= 60
    assert {kind for _, kind, _ in BAD.values()} == set(LayerError.__subclasses__())


def test_one_handler_catches_the_whole_family() -> None:
    """Each class is a LayerError, and that is a ValueError."""
    assert all(issubclass(kind, LayerError) for kind in (ConfigurationError, DtypeError, SavedError, ShapeError))
    assert issubclass(LayerError, ValueError)


@pytest.mark.parametrize("one", [np.int8(1), np.uint64(1), np.int64(1)])
def test_numpy_integers_are_integers(one: Any) -> None:
    """Settings that were computed with NumPy work as they are."""
    config = {"stride": (one, one), "padding": [one, (one, one)], "dilation": one, "groups": one}
    y, saved = conv(**config)
    assert np.array_equal(y, conv(padding=1)[0])
    assert type(saved.groups) is int


@pytest.mark.parametrize("op", ["conv", "max_pool", "avg_pool", "relu"])
def test_an_empty_batch_gives_empty_and_zero_gradients(op: str) -> None:
    """N = 0 is no error: dx is empty, dweight and dbias are zeros, all of the right shape."""
    args = {"conv": (W, B), "relu": ()}.get(op, (2,))
    y, saved = getattr(layers, f"{op}_forward")(X[:0], *args)
    gradients = getattr(layers, f"{op}_backward")(y, saved)
    if op == "conv":
        assert [g.shape for g in gradients] == [X[:0].shape, W.shape, B.shape]
        assert not any(g.any() for g in gradients)
    else:
        assert gradients.shape == X[:0].shape
