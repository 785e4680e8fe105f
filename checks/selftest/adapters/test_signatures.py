"""Signatures that are understood, and messages about those that are not."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.adapters import adapt
from checks.adapters.frameworks import framework_of
from checks.adapters.signature import read
from checks.adapters.templates import template
from checks.adapters.words import Fixed
from checks.errors import UsageError
from checks.selftest.adapters.agreement import ARRAYS, DY
from reference_impl import conv_backward, conv_forward

ARGUMENTS = ("x", "weight", "bias")


def conv(input: Any, filters: Any, b: Any = None, strides: int = 1, pads: Any = 0, *, verbose: bool = False) -> None:  # noqa: A002
    """A layer in words of its own."""


def mystery(x: Any, weight: Any, bias: Any, tau: Any) -> None:
    """A layer with a parameter that nobody knows."""


def test_other_words_for_arrays_and_keywords_are_understood() -> None:
    """Names first, order for what is left; an optional parameter that is not known is left alone."""
    plan = read(conv, ARGUMENTS, "pair")
    assert plan.slots == {"x": "input", "weight": "filters", "bias": "b"}
    assert plan.words == {"stride": "strides", "padding": "pads"}
    bound = plan.bind({"x": 1, "weight": 2}, {"stride": 3, "padding": (1, 1), "dilation": 1})
    assert bound.arguments == {"input": 1, "filters": 2, "strides": 3, "pads": (1, 1)}


def by_place(x: Any, /, weight: Any, bias: Any = None, stride: int = 1, *, padding: Any = 0) -> None:
    """A layer of which some arguments have no name, and others no place."""


def open_to_more(x: Any, *others: Any, stride: int = 1, **rest: Any) -> None:
    """A layer that takes anything."""


@pytest.mark.parametrize("layer", [conv, by_place, open_to_more])
@pytest.mark.parametrize("arrays", [{"x": 1, "weight": 2, "bias": 4}, {"x": 1, "weight": 2}])
def test_a_call_hands_over_what_is_bound(layer: Any, arrays: dict[str, Any]) -> None:
    """By position as far as there is no gap, then by name."""
    plan, config = read(layer, ARGUMENTS, "pair"), {"stride": 3, "padding": (1, 1)}
    bound = plan.bind(arrays, config)
    assert plan.call(lambda *given, **named: (given, named), arrays, config) == (bound.args, bound.kwargs)


def test_letters_that_count_are_taken_in_their_order() -> None:
    """``b`` is the bias beside names of other arrays alone; its gradient is the weight's then."""

    def counting(a: Any, b: Any, c: Any) -> Any:
        return conv_forward(a, b, c)

    def counting_back(dy: Any, saved: Any) -> Any:
        return dict(zip(("da", "db", "dc"), conv_backward(dy, saved), strict=True))

    assert read(counting, ARGUMENTS, "pair").slots == {"x": "a", "weight": "b", "bias": "c"}
    assert read(counting, ("b", "a", "c"), "pair").slots == {"b": "b", "a": "a", "c": "c"}
    found = adapt((counting, counting_back)).pull(ARRAYS, {}, DY).named()
    want = adapt((conv_forward, conv_backward)).pull(ARRAYS, {}, DY).named()
    assert all(np.array_equal(found[name], value) for name, value in want.items())


def test_an_int_in_the_signature_means_one_number_for_all_axes() -> None:
    """``strides: int`` cannot take a pair, ``pads: Any`` may."""
    assert read(conv, ARGUMENTS, "pair").limits()["square"] == {"stride"}


def test_an_int_that_has_no_axes_says_nothing_of_them() -> None:
    """Of groups there is one number anyway."""

    def grouped(x: Any, weight: Any, groups: int = 1) -> None:
        """A layer with groups."""

    assert "square" not in read(grouped, ARGUMENTS, "pair").limits()


def test_padding_that_is_an_int_is_neither_a_word_nor_lopsided() -> None:
    """Not everything that a forward takes by chance can be asked of its backward."""

    def plain(x: Any, weight: Any, padding: int = 0) -> None:
        """A layer with one number of padding."""

    limits = read(plain, ARGUMENTS, "pair").limits()
    assert (limits["square"], limits["same"], limits["asymmetric"]) == ({"padding"}, False, False)


def test_a_pair_in_the_signature_means_one_number_for_each_axis() -> None:
    """By default or annotation: a single number is handed over as a pair, and there are two axes."""

    def by_default(x: Any, weight: Any, stride: Any = (1, 1), padding: Any = (0, 0)) -> None:
        """A layer with pairs as defaults."""

    def by_annotation(x: Any, weight: Any, stride: tuple[int, int], padding: tuple[int, int]) -> None:
        """A layer with pairs in its annotations."""

    for layer in (by_default, by_annotation):
        plan = read(layer, ARGUMENTS, "pair")
        bound = plan.bind({"x": 1, "weight": 2}, {"stride": 3, "padding": (0, 1)})
        assert bound.arguments == {"x": 1, "weight": 2, "stride": (3, 3), "padding": (0, 1)}
        limits = plan.limits()
        assert (limits["axes"], limits["same"], limits["asymmetric"]) == (2, False, False)
        assert "square" not in limits


def test_a_keyword_in_two_parameters_is_one_number_for_each_axis() -> None:
    """``pool_h`` and ``pool_w`` are the window of a layer of two axes."""

    def pool(x: Any, pool_h: int, pool_w: int, stride: int = 2) -> None:
        """A layer with two parameters for its window."""

    plan = read(pool, ("x",), "pair")
    assert plan.bind({"x": 1}, {"kernel_size": (3, 2)}).arguments == {"x": 1, "pool_h": 3, "pool_w": 2}
    assert plan.bind({"x": 1}, {"kernel_size": 4}).arguments == {"x": 1, "pool_h": 4, "pool_w": 4}
    limits = plan.limits()
    assert (limits["axes"], limits["words"]) == (2, {"kernel_size", "stride"})


def test_arrays_in_unknown_words_go_by_order() -> None:
    """The first parameter is x, the next the weight."""
    assert read(lambda a, k, *, stride=1: (a, k, stride), ARGUMENTS, "pair").slots == {"x": "a", "weight": "k"}


def test_a_signature_that_is_not_understood_is_shown_with_the_adapter_to_write() -> None:
    """What was seen, what was expected, and the two lines."""
    with pytest.raises(
        UsageError, match=r"mystery\(x.*nothing is known about tau; .*\n +def forward\(x, weight"
    ) as info:
        adapt((mystery, conv))
    assert "examine((forward, backward), like=...)" in str(info.value)
    assert str(info.value).endswith(
        "without like=, on examples of what it takes: examine((forward, backward), inputs=(x, ...))"
    )


def test_a_layer_that_has_no_parameter_for_the_weight_is_told_so_before_it_is_called() -> None:
    """One that has its own is no layer of whatever weights its family draws."""
    with pytest.raises(
        UsageError, match=r"<lambda>\(x, b\) takes x, b and has no parameter for weight; expected arrays"
    ):
        examine((lambda x, b: (x, b), conv), like="conv2d", budget="1ms")


def test_the_adapter_for_a_class_takes_the_gradients_of_its_parameters_where_it_leaves_them() -> None:
    """And the keywords that are to be taken are named."""
    told = template("class", "Conv", ARGUMENTS)
    assert "(layer.backward(dy), layer.DWEIGHT, layer.DBIAS)), like=...)  # or layer.backward(dy), where" in told
    assert "in capitals: its own names for its arrays and their gradients" in told
    assert "DWEIGHT" not in template("class", "Pool", ("x",))
    assert "  # of stride, padding, ... those alone that it takes" in template("pair", "conv", ARGUMENTS)


def test_a_class_of_modules_that_cannot_be_built_is_told_to_be_built_by_its_user() -> None:
    """It has no backward that an adapter could call; both doors take an object."""
    torch = pytest.importorskip("torch")

    class Scaled(torch.nn.Conv2d):  # type: ignore[name-defined, misc]
        def __init__(self, channels: int, width: int) -> None:
            super().__init__(channels, channels, width)

    with pytest.raises(UsageError, match=r"^cannot tell how to build Scaled\(channels.*: nothing is known") as info:
        adapt(Scaled)
    assert "\n    layer = Scaled(...)  # in your file; on the command line: gradproof check" in str(info.value)
    assert "backward" not in str(info.value)
    assert str(info.value).endswith("\n    examine(layer, like=...)")


def test_what_partial_settles_is_fixed() -> None:
    """The settled keyword limits the cases and is not handed over again, for a built-in function too."""
    import torch

    for function in (conv, torch.conv2d):
        settled: dict[str, Any] = {"strides" if function is conv else "stride": 2}
        plan = read(partial(function, **settled), ARGUMENTS, "function")
        assert plan.limits()["stride"] == Fixed(2)
        assert plan.bind({"x": 1, "weight": 2}, {"stride": 2}).args[:2] == (1, 2)
        assert not {"stride", "strides"} & plan.bind({"x": 1, "weight": 2}, {"stride": 2}).arguments.keys()
    assert framework_of(partial(torch.conv2d, stride=2)) == "torch"


def test_a_function_may_call_its_input_self() -> None:
    """As methods of tensors and operators do; a method of a layer means the layer."""
    assert read(lambda self, weight: (self, weight), ARGUMENTS, "function").slots == {"x": "self", "weight": "weight"}
    assert read(lambda self, x: (self, x), ("x",), "class").slots == {"x": "x"}


def test_a_built_in_function_that_says_nothing_of_itself_takes_arrays() -> None:
    """And no keywords."""
    plan = read(max, ("x",), "function")
    assert plan.bind({"x": 1}, {"stride": 2}).args == (1,)
    assert plan.limits()["words"] == frozenset()


class Windowed:
    """A pooling layer whose window is called kernel."""

    def __init__(self, kernel: int, stride: int = 1) -> None:
        self.kernel, self.stride = kernel, stride


class WindowAlone:
    """A pooling layer that is told its window alone."""

    def __init__(self, kernel: int) -> None:
        self.kernel = kernel


class Counted:
    """A convolution by names that people abroad give."""

    def __init__(self, nb_filters: int, h_filter: int, w_filter: int, nb_channels: int) -> None:
        self.sizes = nb_filters, h_filter, w_filter, nb_channels


@pytest.mark.parametrize(
    "names",
    [
        "in_chan, out_chan, filter_size, stride, padding",
        "nchan_in, nchan_out, filter_dim, stride_shape, pad_size",
        "input_depth, no_filters, kernelsize, stride_size, padding_size",
        "in_c, out_c, k_size, strides, pads",
        "number_of_channels, numFilters, filterSize, stride, pad",
        "input_filters, output_filters, kern_size, stride, pad",
    ],
)
def test_numbers_of_channels_and_windows_are_understood_by_many_names(names: str) -> None:
    """In the order of PyTorch."""

    def constructor() -> None:
        """Called by these names."""

    own = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names.split(", ")]
    constructor.__signature__ = inspect.Signature(own)  # type: ignore[attr-defined]
    plan = read(constructor, ("x", "weight", "bias"), "constructor")
    words = ["in_channels", "out_channels", "kernel_size", "stride", "padding"]
    assert plan.words == dict(zip(words, names.split(", "), strict=True))


def test_names_that_can_mean_one_thing_alone_are_taken() -> None:
    """The kernel of a pooling layer is its size; beside a weight, or in a call without a stride, nobody knows."""
    assert read(Windowed, ("x",), "constructor").words == {"kernel_size": "kernel", "stride": "stride"}
    assert read(WindowAlone, ("x",), "constructor").words == {"kernel_size": "kernel"}
    plan = read(Counted, ("x", "weight", "bias"), "constructor")
    assert (plan.words, plan.spread) == (
        {"out_channels": "nb_filters", "in_channels": "nb_channels"},
        {"kernel_size": ("h_filter", "w_filter")},
    )
    with pytest.raises(UsageError, match="nothing is known about kernel"):
        read(lambda x, kernel: x[:kernel], ("x",), "pair")
