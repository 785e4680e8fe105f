"""Of several lengths each becomes 1, tails of blocks are met where all lengths would be too many, losses grow, too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.families.elsewhere import OTHER_LENGTHS
from checks.families.other_shapes import RESIZED
from checks.families.unclaimed import FIRST
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

RNG = np.random.default_rng(0)
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}
Q, K, V = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 5, 4)), RNG.normal(size=(2, 5, 4))


def attend(q: Array, k: Array, v: Array) -> tuple[Array, Any]:
    """Attention of queries to keys."""
    scores = np.exp(q @ k.swapaxes(1, 2) / np.sqrt(q.shape[2]))
    p = scores / scores.sum(2, keepdims=True)
    return p @ v, (q, k, v, p)


def attend_back(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """Its gradients."""
    q, k, v, p = saved
    dp = dy @ v.swapaxes(1, 2)
    ds = p * (dp - (dp * p).sum(2, keepdims=True)) / np.sqrt(q.shape[2])
    return ds @ k, ds.swapaxes(1, 2) @ q, p.swapaxes(1, 2) @ dy


def of_one_query(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """Half of the gradient of the keys where there is one query."""
    dq, dk, dv = attend_back(dy, saved)
    return dq, dk / (2 if dy.shape[1] == 1 else 1), dv


def of_wide_heads(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """The same of queries of more than eight numbers."""
    dq, dk, dv = attend_back(dy, saved)
    return dq / (2 if dq.shape[2] > 8 else 1), dk, dv


def entropy(x: Array, target: Array) -> tuple[Array, Any]:
    """The mean binary cross-entropy of logits."""
    return np.mean(np.logaddexp(0, x) - target * x), (x, target)


def entropy_back(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Its gradients."""
    x, target = saved
    return dy * (1 / (1 + np.exp(-x)) - target) / x.size, -dy * x / x.size


def by_samples(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Divided by the number of samples, where it is a mean over all numbers."""
    x, target = saved
    return dy * (1 / (1 + np.exp(-x)) - target) / len(x), -dy * x / x.size


@pytest.mark.parametrize("backward", [of_one_query, of_wide_heads], ids=["one query", "wide heads"])
def test_attention_that_is_wrong_in_other_lengths_is_said_to_be_so_there_alone(backward: Any) -> None:
    """In one of four lengths that differ; with more numbers of a head than a block has."""
    found = examine((attend, backward), inputs=(Q, K, V), **QUICK)
    assert found.only_elsewhere == [OTHER_LENGTHS], story(found)


def test_a_loss_of_a_vector_is_tried_on_rows() -> None:
    """It is one number of them, too."""
    found = examine((entropy, by_samples), inputs=(RNG.normal(size=6), RNG.normal(size=6)), **QUICK)
    assert not found.wrong, story(found)
    assert "finite differences" in found.hazards


@pytest.mark.parametrize(
    ("layer", "inputs"),
    [((attend, attend_back), (Q, K, V)), ((entropy, entropy_back), (RNG.normal(size=6), RNG.normal(size=6)))],
    ids=["attention", "loss"],
)
def test_what_is_right_in_all_of_them_is_none(layer: Any, inputs: tuple[Array, ...]) -> None:
    """Right layers."""
    found = examine(layer, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)


def test_some_lengths_are_met_before_all_numbers_were() -> None:
    """They take turns after the first few, so that a short time shows some of both."""
    sheet: Any = examine((attend, attend_back), inputs=(Q, K, V), **QUICK).family
    places = [place for place, span in enumerate(sheet.variations) if span in RESIZED]
    assert places[0] == FIRST
    assert places[1] == FIRST + 2
