"""Whole numbers of an example as others might give them: within what was given, and in order where they were."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine
from checks.families.places import (
    AGAIN,
    ALL_TRUE,
    AT_ZERO,
    LESS_TRUE,
    OTHERS,
    REORDERED,
    TWICE,
    TWICE_ACROSS,
    in_their_order,
    rearranged,
    twice_across,
)
from checks.types import Array

PLACES = np.array([2, 7, 4, 3, 1, 6])
LABELS = np.array([2, 0, 2, 1, 0])
RISING = np.array([0, 2, 2, 5, 9])


def test_places_of_which_none_comes_twice_stay_different_but_for_a_hazard() -> None:
    """As they are those of a permutation: one variation alone has copies, and says so."""
    found = rearranged(PLACES)
    assert set(found) == {REORDERED, OTHERS, TWICE, AT_ZERO}
    different = {span: len(np.unique(value)) == value.size for span, value in found.items()}
    assert different == {REORDERED: True, OTHERS: True, TWICE: False, AT_ZERO: True}


def test_labels_that_come_again_may_come_again_elsewhere() -> None:
    """Within the smallest and the largest; the place 0 is there already."""
    found = rearranged(LABELS)
    assert set(found) == {REORDERED, OTHERS, AGAIN}
    assert all(value.min() >= 0 and value.max() <= 2 for value in found.values())


@pytest.mark.parametrize("value", [PLACES, LABELS, RISING, np.array([[2, 0], [1, 1], [0, 3]]), LABELS > 0])
def test_a_batch_of_one_is_varied_as_what_is_in_it(value: Array) -> None:
    """However many axes of length 1 stand before it."""
    alone = rearranged(value)
    for axes in (1, 2):
        batch = value.reshape((1,) * axes + value.shape)
        found = rearranged(batch)
        assert {span: new[(0,) * axes].tolist() for span, new in found.items() if span != TWICE_ACROSS} == {
            span: new.tolist() for span, new in alone.items() if span != TWICE_ACROSS
        }


def test_tokens_of_one_sample_are_taken() -> None:
    """As a sentence is, by whoever tries a layer on one."""
    found = examine(torch.nn.Embedding(9, 3), inputs=(torch.tensor([[0, 3, 3, 1]]),), budget="1ms", laws=["adjoint"])
    assert not found.wrong
    assert found.compared


@pytest.mark.parametrize("value", [RISING, RISING[::-1]])
def test_what_is_in_order_stays_so_and_keeps_its_ends(value: Array) -> None:
    """Offsets begin with 0 and end with a size; lengths may have to fall."""
    found = rearranged(value)
    assert set(found) == {OTHERS, AGAIN}
    for new in found.values():
        steps = np.diff(new) * (1 if value is RISING else -1)
        assert np.all(steps >= 0)
        assert (new[0], new[-1]) == (value[0], value[-1])


def test_rows_change_their_places_and_columns_keep_their_ranges() -> None:
    """A column may be of another table than the next."""
    rows = np.array([[0, 9], [3, 7], [1, 8], [3, 9]])
    for new in rearranged(rows).values():
        assert np.all((new.min(axis=0) >= rows.min(axis=0)) & (new.max(axis=0) <= rows.max(axis=0)))
    assert np.array_equal(rearranged(rows)[REORDERED], rows[::-1])


def test_truth_values_change_their_places_alone_or_are_all_true() -> None:
    """As many of them are true, so that what they choose keeps its shape; or a layer turns the case down."""
    assert {span: new.tolist() for span, new in rearranged(np.array([True, True, False, True, False])).items()} == {
        REORDERED: [False, True, False, True, True],
        ALL_TRUE: [True] * 5,
    }


@pytest.mark.parametrize("value", [np.array(3), np.array([3]), np.zeros((0, 2), np.int64), np.array([0, 0])])
def test_one_place_or_none_has_no_variation(value: Array) -> None:
    """Nor has what is the same everywhere."""
    assert rearranged(value) == {}


def test_of_each_row_of_a_mask_another_number_is_left_out() -> None:
    """One row keeps the only one that it has; a mask without rows, and a symmetric one, have no such variation."""
    mask = np.array([[True, True, True], [True, True, True], [False, True, False]])
    assert rearranged(mask)[LESS_TRUE].tolist() == [[False, True, True], [True, False, True], [False, True, False]]
    assert LESS_TRUE not in rearranged(mask[0])
    assert LESS_TRUE not in rearranged(mask[:2, :2])
    assert LESS_TRUE not in rearranged(mask.astype(int))


def softmax(x: Array, mask: Array) -> tuple[Array, tuple[Array, Array]]:
    """Of the numbers that a mask leaves."""
    e = np.exp(np.where(mask, x, -np.inf) - x.max(-1, keepdims=True))
    y = e / e.sum(-1, keepdims=True)
    return y, (y, mask)


def by_all(dy: Array, saved: tuple[Array, Array]) -> Array:
    """Divided by how many there are, whatever the mask says."""
    y, mask = saved
    return np.asarray(y * (dy - (dy * y).sum(-1, keepdims=True) / mask.mean(-1, keepdims=True)))


def by_their_sum(dy: Array, saved: tuple[Array, Array]) -> Array:
    """Right."""
    y, _ = saved
    return np.asarray(y * (dy - (dy * y).sum(-1, keepdims=True)))


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize("backward", [by_all, by_their_sum])
def test_a_mask_of_which_all_is_true_does_not_hide_what_is_wrong_where_it_is_not(backward: Any) -> None:
    """As a hazard, which says so."""
    inputs = (np.random.default_rng(0).normal(size=(3, 4)), np.ones((3, 4), bool))
    found = examine((softmax, backward), inputs=inputs, budget="1ms", laws=["finite differences"])
    assert not found.wrong
    assert ["with one truth value less" in each.verdict.why for each in found.hazards.values()] == [True] * (
        backward is by_all
    )


def by_some(dy: Array, saved: tuple[Array, Array]) -> Array:
    """Nothing comes through a mask of which all is true."""
    return by_their_sum(dy, saved) * (not saved[1].all())


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize("backward", [by_some, by_their_sum])
def test_a_mask_of_which_some_is_true_does_not_hide_what_is_wrong_where_all_is(backward: Any) -> None:
    """As a hazard, which says so."""
    mask = np.array([[True, True, False, True], [True, False, False, True], [True, True, True, True]])
    inputs = (np.random.default_rng(0).normal(size=(3, 4)), mask)
    found = examine((softmax, backward), inputs=inputs, budget="1ms", laws=["finite differences"])
    assert not found.wrong
    assert ["with all truth values of the example true" in each.verdict.why for each in found.hazards.values()] == (
        [True] * (backward is by_some)
    )


def test_places_come_twice_within_a_row_too() -> None:
    """Along each axis but the first, where none does; what rises still rises, and of two tables none is mixed."""
    assert twice_across(np.array([[0, 3, 1], [4, 2, 0]])).tolist() == [[0, 0, 1], [4, 4, 0]]
    found = twice_across(np.arange(24).reshape(2, 3, 4)[:, ::-1, ::-1] % 11)
    assert all(
        len(np.unique(line)) < len(line)
        for axis in (1, 2)
        for line in np.moveaxis(found, axis, -1).reshape(-1, found.shape[axis])
    )
    for same in (np.array([[0, 9], [3, 7]]), np.array([[1, 1, 0], [0, 2, 2]]), np.array([[True, False]]), PLACES):
        assert np.array_equal(twice_across(same), same)


def taken_along(x: Array, places: Array) -> tuple[Array, Any]:
    """Numbers of each row by their places."""
    return np.take_along_axis(x, places, -1), (x.shape, places)


def put(dy: Array, saved: Any) -> Array:
    """Of a place that comes twice in a row the last alone."""
    dx = np.zeros(saved[0], dy.dtype)
    np.put_along_axis(dx, saved[1], dy, -1)
    return dx


def put_and_added(dy: Array, saved: Any) -> Array:
    """Right."""
    dx = np.zeros(saved[0], dy.dtype)
    np.add.at(dx, (np.arange(len(dx))[:, None], saved[1]), dy)
    return dx


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize("backward", [put, put_and_added])
def test_a_place_that_comes_twice_in_a_row_shows_what_is_assigned_and_not_added(backward: Any) -> None:
    """As a hazard, since no place does so in the example."""
    inputs = (np.random.default_rng(0).normal(size=(2, 5)), np.array([[0, 3, 1], [4, 2, 0]]))
    found = examine((taken_along, backward), inputs=inputs, budget="1ms", laws=["finite differences"])
    assert not found.wrong
    told = ["come twice within a row" in each.verdict.why for each in found.hazards.values()]
    assert told == [True] * (backward is put)
    assert TWICE_ACROSS in {case.span for case in found.judged}


def summed(x: Array, ids: Array) -> tuple[Array, Array]:
    """The sum of each segment."""
    y = np.zeros((4, *x.shape[1:]), x.dtype)
    np.add.at(y, ids, x)
    return y, ids


@pytest.mark.parametrize(("ids", "said"), [([0, 0, 1, 3, 3], True), ([3, 1, 0, 0], True), ([0, 3, 1], False)])
def test_whole_numbers_that_stay_in_their_order_are_named(ids: list[int], said: bool) -> None:
    """No variation shows a layer others: what is wrong there is not seen."""
    inputs = (np.random.default_rng(0).normal(size=(len(ids), 2)), np.array(ids))
    found = examine((summed, lambda dy, kept: dy[kept]), inputs=inputs, budget="1ms", laws=["finite differences"])
    assert not found.wrong
    assert (
        any("in order in every variation of the example, as they are there: ids" in note for note in found.notes)
        is said
    )


def test_what_is_the_same_everywhere_is_in_no_order() -> None:
    """Nor is one number alone."""
    assert not in_their_order({"one": np.array([3]), "same": np.array([2, 2, 2]), "both": np.array([1, 3, 2])})


ROWS = np.array([[0, 2, 4], [5, 3, 1]])


@pytest.mark.parametrize(
    ("value", "axis"),
    [
        pytest.param(ROWS, 1, id="of a table"),
        pytest.param(np.array([[0, 2, 1], [2, 0, 1]]), 1, id="an order of each row"),
        pytest.param(np.random.default_rng(0).permuted(np.tile(np.arange(20), (4, 1)), axis=1), 1, id="of many"),
        pytest.param(np.array([[[0, 3], [1, 2]], [[2, 0], [3, 1]]]), 1, id="of planes"),
        pytest.param(np.array([[[0, 3], [3, 2]], [[2, 0], [0, 1]]]), 2, id="of rows of planes"),
    ],
)
def test_places_that_differ_within_rows_do_so_in_others(value: Array, axis: int) -> None:
    """As those of the largest numbers of a row do; in a row beside it they may come again."""
    new = rearranged(value)[OTHERS]
    rows = new.reshape(-1, int(np.prod(value.shape[axis:])))
    assert all(len(np.unique(row)) == row.size for row in rows)
    assert len(np.unique(new)) < new.size


def test_rows_that_differ_do_so_in_others() -> None:
    """They may be where something is, by two axes."""
    value = np.array([[0, 1], [0, 2], [1, 1], [1, 2]])
    assert OTHERS not in rearranged(value) or len(np.unique(rearranged(value)[OTHERS], axis=0)) == len(value)
    wide = np.array([[0, 4], [0, 2], [3, 4], [3, 2]])
    assert len(np.unique(rearranged(wide)[OTHERS], axis=0)) == len(wide)


def of_rows(x: Array, order: Array) -> tuple[Array, Any]:
    """The numbers of each row in another order."""
    return np.take_along_axis(x, order, 1), (x.shape, order)


def assigned(dy: Array, saved: Any) -> Array:
    """Each to its own place, which is right where no row has one twice."""
    shape, order = saved
    found = np.zeros(shape, dy.dtype)
    np.put_along_axis(found, order, dy, 1)
    return found


def of_table(x: Array, places: Array) -> tuple[Array, Any]:
    """Rows of a table."""
    return x[places], (x.shape, places)


def assigned_to_table(dy: Array, saved: Any) -> Array:
    """Of a row that is taken twice the last one counts."""
    shape, places = saved
    found = np.zeros(shape, dy.dtype)
    found[places] = dy
    return found


X = np.random.default_rng(4).normal(size=(2, 3))


@pytest.mark.usefixtures("every_variation")
def test_an_order_of_rows_that_is_assigned_is_a_hazard_and_a_table_that_is_assigned_is_wrong() -> None:
    """No row of an order has a place twice; those of a table that two rows share do."""
    order = examine((of_rows, assigned), inputs=(X, np.array([[0, 2, 1], [2, 0, 1]])), budget="2s")
    assert not order.wrong
    assert order.hazards["finite differences"].case.span in {TWICE, TWICE_ACROSS}
    table = np.random.default_rng(4).normal(size=(6, 2))
    for kind in (np.int64, np.int8):
        assert examine((of_table, assigned_to_table), inputs=(table, ROWS.astype(kind)), budget="2s").wrong
