"""What only an example of other lengths, or with another axis, shows; and what is said of variations not taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from checks import adapt, examine, story
from checks.families.held import Held
from checks.families.resized import TURNED_ROUND
from checks.families.rules import rule
from checks.families.unclaimed import Unclaimed
from checks.selftest.api.products import dense, dense_back
from checks.selftest.api.test_shortened import ends, ends_back, padded, padded_back
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

RNG = np.random.default_rng(0)
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


def total(x: Array) -> tuple[Array, None]:
    """The running total of each row."""
    return np.cumsum(x, -1), None


def back(dy: Array, _: None) -> Array:
    """Its derivative."""
    return np.cumsum(dy[..., ::-1], -1)[..., ::-1]


def back_of_few(dy: Array, saved: None) -> Array:
    """The same, and that of the total before each number where there are nine or more."""
    return back(dy, saved) - dy if dy.shape[-1] > len("12345678") else back(dy, saved)


def scaled(x: Array, gamma: Array) -> tuple[Array, tuple[Array, Array]]:
    """Each column times a number."""
    return np.tanh(x) * gamma, (x, gamma)


def scaled_back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """Summed over the first axis alone."""
    x, gamma = saved
    return dy * gamma / np.cosh(x) ** 2, (dy * np.tanh(x)).sum(0)


def test_what_is_wrong_in_longer_rows_alone_is_wrong_and_said_to_be_so_there_alone() -> None:
    """Its forward takes them, and its backward does not give what belongs to it."""
    found = examine((total, back_of_few), inputs=(RNG.normal(size=(2, 5)),), **QUICK)
    assert "WRONG only in other lengths than the example's, by finite differences" in story(found).splitlines()[0]
    assert "in other lengths than the example's, which forward and" in found.findings["finite differences"].verdict.why
    case = str(found.findings["finite differences"].case)
    again = examine((total, back_of_few), inputs=(RNG.normal(size=(2, 5)),), cases=[case])
    assert "finite differences" in again.findings


def test_a_layer_that_is_meant_for_the_lengths_given_alone_is_examined_on_these() -> None:
    """What a strategy draws is not varied."""
    example = (RNG.normal(size=(2, 5)),)
    found = examine((total, back_of_few), inputs=st.just(example), **QUICK)
    assert not found.wrong, story(found)
    assert {case.shapes["x"] for case in found.judged} == {(2, 5)}


def test_what_is_wrong_as_given_is_not_said_to_be_so_elsewhere_alone() -> None:
    """Whatever is wrong beside it."""
    found = examine((total, lambda dy, _: dy), inputs=(RNG.normal(size=(2, 5)),), **QUICK)
    assert "WRONG by" in story(found).splitlines()[0]


def test_a_gradient_in_the_wrong_shape_for_another_axis_is_a_hazard_that_says_so() -> None:
    """The example has two axes."""
    found = examine((scaled, scaled_back), inputs=(RNG.normal(size=(3, 6)), RNG.normal(size=6)), **QUICK)
    assert not found.wrong, story(found)
    assert "with an axis in front" in found.hazards["shape"].verdict.why


RIGHT: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "running total": ((total, back), (RNG.normal(size=(2, 5)),)),
    "mirrored": ((padded, padded_back), (RNG.normal(size=(2, 7)),)),
    "ends": ((ends, ends_back), (RNG.normal(size=(2, 7)),)),
    "product": ((dense, dense_back), (RNG.normal(size=(4, 3)), RNG.normal(size=(3, 5)))),
    "square product": ((dense, dense_back), (RNG.normal(size=(3, 3)), RNG.normal(size=(3, 3)))),
    "module": (torch.nn.Linear(4, 3).double(), (torch.tensor(RNG.normal(size=(2, 4))),)),
    "labels": (torch.nn.functional.cross_entropy, (torch.tensor(RNG.normal(size=(3, 4))), torch.tensor([0, 2, 1]))),
}


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("layer", RIGHT)
def test_what_is_right_for_all_lengths_that_it_takes_is_no_hazard(layer: str) -> None:
    """Sizes of its parameters, and of what it holds, stay what they are."""
    subject, inputs = RIGHT[layer]
    found = examine(subject, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)


@pytest.mark.long(keep=2)
@pytest.mark.parametrize(("rows", "told"), [(4, False), (140, False), (1300, False), (1400, True)])
def test_an_example_of_too_many_numbers_is_not_made_longer_and_a_note_says_so(rows: int, told: bool) -> None:
    """A derivative is taken along each of them."""
    notes = examine((total, back), inputs=(RNG.normal(size=(rows, 3)),), **QUICK).notes
    assert any("no greater lengths were tried: the example holds 4,200 numbers" in note for note in notes) == told, (
        notes
    )


def test_a_backward_that_raises_in_another_shape_turns_it_down_and_a_note_says_so() -> None:
    """It is written for two axes, and says no by an error."""

    def back_of_matrices(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
        (rows, columns), (x, w) = dy.shape, saved
        return dy.reshape(rows, columns) @ w.T, x.T @ dy

    inputs = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 5))
    found = examine((dense, back_of_matrices), inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)
    assert any("since the backward raises: with an axis in front" in note for note in found.notes)


@pytest.mark.parametrize(
    ("takes", "notes"),
    [(lambda shape: shape == (3, 4), 1), (lambda shape: shape[1] == 4, 0)],
    ids=["of one shape", "of any number of rows"],
)
def test_an_example_that_is_examined_in_no_other_lengths_says_so(
    takes: Callable[[tuple[int, ...]], bool], notes: int
) -> None:
    """What is wrong in other lengths is seen by nobody; where some are taken nothing is said."""

    def forward(x: Array) -> tuple[Array, None]:
        if not takes(x.shape):
            raise ValueError(x.shape)
        return 2 * x, None

    found = examine((forward, lambda dy, _: 2 * dy), inputs=(RNG.normal(size=(3, 4)),), **QUICK)
    assert sum("examined in no other lengths, since the layer raises: " in note for note in found.notes) == notes


def test_an_example_some_of_whose_outputs_drown_the_others_says_that_its_lengths_stay() -> None:
    """As a mask of -1e30 does."""
    x, mask = RNG.normal(size=(3, 4)), np.where(np.arange(4) > 2, -1e30, 0.0)
    found = examine((lambda x: (x + mask, None), lambda dy, _: dy), inputs=(x,), **QUICK)
    assert any("no other lengths, since some outputs are so large" in note for note in found.notes)


def test_variations_that_a_layer_does_not_take_are_counted_and_named() -> None:
    """Of a row of zeros what is divided by its length leaves 0 / 0."""

    def forward(x: Array) -> tuple[Array, None]:
        length = np.sqrt((x * x).sum(-1, keepdims=True))
        with np.errstate(invalid="ignore"):
            return x * (length / length), None

    x = RNG.normal(size=(3, 4))
    said = "1 variation of the example is not examined, since y is not finite: with a row of zeros"
    assert said in examine((forward, lambda dy, _: dy), inputs=(x,), **QUICK).notes
    assert not any("variations of" in note for note in examine((total, back), inputs=(x,), **QUICK).notes)


def log_gaps(x: Array) -> tuple[Array, Array]:
    """The logarithm of each step of sorted rows: there is none where a row falls."""
    gaps = np.diff(x, axis=-1)
    return np.log(gaps), gaps


def log_gaps_back(dy: Array, gaps: Array) -> Array:
    """Each step is the difference of two neighbours."""
    share, ends = dy / gaps, [(0, 0)] * (dy.ndim - 1)
    return np.pad(share, [*ends, (1, 0)]) - np.pad(share, [*ends, (0, 1)])


@pytest.mark.parametrize("example", [np.linspace(-1, 1, 8), np.sort(RNG.normal(size=(3, 5)))], ids=["row", "rows"])
def test_sorted_numbers_stay_sorted_in_other_lengths_and_a_note_says_so(example: Array) -> None:
    """What is wrong in longer rows alone is found there."""
    found = examine((log_gaps, log_gaps_back), inputs=(example,), **QUICK)
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)
    said = (
        "most variations of the example leave x as given, since its numbers are sorted: inputs= without that show more"
    )
    assert said in found.notes
    lengths = {case.shapes["x"][-1] for case in found.judged}
    assert lengths >= {example.shape[-1] + 1, 2 * example.shape[-1] + 1}
    assert "finite differences" in examine((total, back_of_few), inputs=(example,), **QUICK).findings


def test_lengths_that_a_layer_holds_stay_in_another_format_too() -> None:
    """A layer that computes in float32 is examined on examples of that."""
    square = adapt((lambda x: (x * x, x), lambda dy, x: 2 * dy * x), ("x",))
    sheet = Unclaimed(square, {"x": np.ones(3)}, held=Held({"sizes": frozenset({3})}))
    assert (sheet.in_format("float32").dtype, sheet.in_format("float32").held.fixed) == ("float32", frozenset({3}))


def attended(q: Array, k: Array) -> tuple[Array, tuple[Array, Array]]:
    """How far each query goes with each key."""
    return q @ np.swapaxes(k, -1, -2), (q, k)


def attended_back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """Its derivatives; twice as large for k where queries are more than several keys."""
    q, k = saved
    return dy @ k, np.swapaxes(dy, -1, -2) @ q * (2.0 if q.shape[-2] > k.shape[-2] > 1 else 1.0)


def test_which_of_two_lengths_is_the_longer_is_turned_round() -> None:
    """Lengths that are varied together keep their order."""
    example = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 5, 4))
    found = examine((attended, attended_back), inputs=example, **QUICK)
    assert found.findings["finite differences"].case.span == TURNED_ROUND, story(found)


def test_the_numbers_of_a_vector_have_a_sum_and_no_rows() -> None:
    """Four slopes of a quarter add up to 1."""
    assert rule(np.full(4, 0.25)) == "its sum is 1"
    assert rule(np.array([0.6, -0.8, 0.0])) == "as a vector it has length 1"
    assert rule(np.array([[0.25, 0.75], [0.5, 0.5]])) == "its rows share their sum"


class Noting:
    """Averages pairs of each channel, of as many channels as its first example has."""

    def __init__(self) -> None:
        self.channels: int | None = None

    def forward(self, x: Array) -> Array:
        """Channels come last."""
        self.channels, self.shape = self.channels or x.shape[-1], x.shape
        y = np.zeros((len(x), x.shape[1] // 2, self.channels))
        for channel in range(self.channels):
            y[..., channel] = (x[:, 0::2, channel] + x[:, 1::2, channel]) / 2
        return y

    def backward(self, dy: Array) -> Array:
        """Half to each of a pair."""
        dx = np.zeros(self.shape)
        dx[..., : self.channels] = np.repeat(dy, 2, 1) / 2
        return dx


@pytest.mark.parametrize("layer", [Noting, Noting()], ids=["class", "object"])
def test_a_length_that_an_object_notes_in_its_first_forward_stays_as_it_was_given(layer: Any) -> None:
    """As pools do that keep their channels: what begins anew on other ones would not take the example any more."""
    found = examine(layer, inputs=(RNG.normal(size=(2, 4, 2)),), budget="1ms")
    assert not found.wrong, story(found)
    noted = [note for note in found.notes if "gives another y of the example itself if they come first of all" in note]
    assert len(noted) == 1
    assert "with each length one more" in noted[0]
