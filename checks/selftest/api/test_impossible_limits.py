"""Limits that no case can keep are refused by their names, before the layer is looked at."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from checks import UsageError, conv_cases, examine, geometries, pool_cases, story
from checks.adapters.words import Fixed
from checks.errors import UnreachableError
from checks.families import family
from checks.scope.limits import Limits
from checks.selftest.api.layers import RIGHT
from reference_impl import avg_pool_backward, avg_pool_forward, relu_backward, relu_forward


def unasked(*_: Any, **__: Any) -> Any:
    """A layer that nobody may call."""
    raise AssertionError("the layer was called")


IMPOSSIBLE = [
    ({"stride": "any"}, r"supports has stride='any'; expected whole numbers from 1 on"),
    ({"stride": 0}, r"supports has stride=0; expected whole numbers from 1 on"),
    ({"stride": [1, 2.5]}, r"supports has stride=2\.5; expected whole"),
    ({"padding": -1}, r"supports has padding=-1; expected whole numbers from 0 on, 'same', 'valid'"),
    ({"axes": "2"}, r"supports has axes='2'; expected whole"),
    ({"bias": "maybe"}, r"supports has bias='maybe'; expected True, False"),
    ({"remainder": "none"}, r"supports has remainder='none'; expected whole"),
    ({"kernel_size": 99_999}, r"supports takes no case of conv: kernel_size=99999; allow more"),
    ({"channels": 6, "groups": 7}, r"supports takes no case of conv: .*groups=7"),
]


@pytest.mark.parametrize(("limits", "words"), IMPOSSIBLE)
def test_a_limit_that_no_case_keeps_is_refused_before_the_layer_is_called(limits: dict[str, Any], words: str) -> None:
    """By the value, with what was expected."""
    with pytest.raises(UsageError, match=words):
        examine((unasked, unasked), "conv", supports=limits, budget="1ms")


@pytest.mark.parametrize("limits", [{"stride": 0}, {"axes": 9}, {"stride": 300}])
def test_public_strategies_say_which_limit_no_case_keeps(limits: dict[str, Any]) -> None:
    """Hypothesis would say that too much is filtered out."""
    for strategy in (conv_cases, pool_cases, geometries):
        with pytest.raises(UsageError, match=next(iter(limits))):
            strategy(**limits)


def test_public_strategies_refuse_limits_that_make_no_difference_to_their_cases() -> None:
    """Pooling knows no groups."""
    with pytest.raises(UsageError, match="'groups', which max_pool does not know"):
        pool_cases(groups=1)


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("square", [False, True, "stride", ["kernel_size", "padding"]])
def test_square_is_yes_no_a_keyword_or_several(square: Any) -> None:
    """Cases keep it whichever way it is said."""
    found = examine(RIGHT, "conv2d", supports={"square": square}, budget="1ms")
    assert (found.wrong, found.cases >= 20) == (False, True)


@pytest.mark.parametrize(
    ("layer", "asked"),
    [(RIGHT, {"like": "conv2d"}), ((relu_forward, relu_backward), {"inputs": (np.ones((1, 1, 3)),)})],
)
def test_another_device_for_a_layer_of_arrays_is_told_in_the_headline_to_move_nothing(layer: Any, asked: Any) -> None:
    """Its forward decides where it computes, as one on CuPy's arrays does: a pass says nothing of a GPU."""
    found = examine(layer, supports={"device": "cuda"}, budget="1ms", laws=["adjoint"], **asked)
    headline = story(found).splitlines()[0]
    assert ", but device='cuda' moves PyTorch's tensors alone: this layer was handed NumPy's arrays" in headline


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("asked", [{"like": "relu"}, {"inputs": (np.ones((1, 1, 3)),)}])
def test_a_pair_on_tensors_is_told_that_its_device_is_not_there(asked: dict[str, Any]) -> None:
    """As any other layer of PyTorch's; PyTorch's own error was raised from inside."""
    pair = (lambda x: (torch.relu(x), x), lambda dy, x: dy * (x > 0))
    with pytest.raises(UnreachableError, match="device='cuda' cannot be used: "):
        examine(pair, supports={"device": "cuda"}, **asked)


def test_a_device_that_keeps_no_numbers_is_none() -> None:
    """PyTorch has one for shapes alone."""
    with pytest.raises(UnreachableError, match="device='meta' cannot be used: it keeps no numbers"):
        examine(torch.nn.Conv2d(1, 1, 1), "conv2d", supports={"device": "meta"})


NO_EXAMPLES = [
    (st.nothing(), r"inputs=nothing\(\) draws no example"),
    (st.just(np.ones(3)).filter(lambda _: False), "draws no example"),
    (st.just(np.ones(3)).map(lambda _: 1 / 0), "raised ZeroDivisionError while it drew: division by zero"),
]


@pytest.mark.parametrize(("strategy", "words"), NO_EXAMPLES)
def test_a_strategy_that_draws_nothing_is_no_understood_question(strategy: Any, words: str) -> None:
    """It is no error of the layer's, and none of Hypothesis's."""
    square = (lambda x: (x * x, x), lambda dy, x: 2 * dy * x)
    with pytest.raises(UsageError, match=words):
        examine(square, inputs=strategy, budget="1ms")


def test_what_a_layer_holds_stays_as_it_is_where_supports_says_the_same() -> None:
    """A pair of numbers in supports means the one or the other; the layer's calls have both."""
    layer = (partial(avg_pool_forward, kernel_size=(2, 3), padding=1), avg_pool_backward)
    found = examine(layer, "avg_pool2d", supports={"kernel_size": (2, 3), "padding": 1}, budget="1ms")
    assert not found.wrong, story(found)
    assert {case.config["kernel_size"] for case in found.judged} == {(2, 3)}


@pytest.mark.parametrize(
    ("layer", "like", "limits"),
    [
        ((partial(avg_pool_forward, kernel_size=(2, 3)), avg_pool_backward), "avg_pool2d", {"kernel_size": 4}),
        (torch.nn.Conv2d(1, 1, 3, stride=2), "conv2d", {"stride": 1}),
    ],
)
def test_a_limit_that_leaves_out_what_a_layer_holds_is_refused(layer: Any, like: str, limits: dict[str, Any]) -> None:
    """It would be judged as another layer than it is."""
    (name,) = limits
    with pytest.raises(UsageError, match=rf"supports has {name}=\d, and the layer holds {name}="):
        examine(layer, like, supports=limits, budget="1ms")


def test_a_layer_of_other_axes_than_its_family_is_told_by_what_it_holds() -> None:
    """In its user's words."""
    with pytest.raises(UsageError, match=r"takes no case of conv: .*kernel_size=\(2, 2\)"):
        examine(torch.nn.Conv2d(1, 1, 2), "conv3d", budget="1ms")


def test_a_list_of_tuples_names_numbers_axis_by_axis() -> None:
    """A tuple alone is a choice for each axis."""
    layer = (lambda x: avg_pool_forward(x, kernel_size=(2, 3)), avg_pool_backward)
    found = examine(layer, "avg_pool2d", supports={"kernel_size": [(2, 3)], "padding": 0}, budget="1ms")
    assert not found.wrong, story(found)
    assert {case.config["kernel_size"] for case in found.judged} == {(2, 3)}


def test_padding_by_the_word_same_is_not_brought_to_a_stride_that_a_layer_holds() -> None:
    """It is defined for stride 1: PyTorch refuses the two together, and so does the reference."""
    sheet = family("conv")
    limits = Limits(sheet, {"stride": Fixed((2, 1)), "axes": 2})
    brought = list(limits.brought(sheet.sweep(0, 0)))
    assert brought
    assert not any(case.config["padding"] == "same" for case in brought)


@pytest.mark.long
@pytest.mark.parametrize("said", [{"padding": "same"}, {"padding": "same", "stride": 1, "dilation": 1, "groups": 1}])
def test_a_layer_that_takes_padding_by_one_word_alone_is_examined_on_it(said: dict[str, Any]) -> None:
    """As those of Keras are; every case is brought to the padding that the word stands for."""

    def layer(x: Any, weight: Any, bias: Any = None, padding: Any = "same", **settings: Any) -> Any:
        if padding != "same":
            raise ValueError(f"padding={padding!r}")
        return torch.nn.functional.conv2d(x, weight, bias, padding=padding, **settings)

    found = examine(layer, "conv2d", supports=said, budget="1ms")
    assert not found.wrong, story(found)
    assert len(found.judged) >= found.family.fewest
    assert {case.config["padding"] for case in found.judged} == {"same"}
