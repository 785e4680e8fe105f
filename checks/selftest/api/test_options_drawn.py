"""Indices, labels and masks that a strategy draws with the numbers: each case keeps its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from checks import examine, story
from checks.diagnosis.yours import YOURS
from checks.examination import Examination
from checks.isolation import Isolation
from checks.types import Array

QUICK: dict[str, Any] = {"budget": "1ms"}

TABLE = arrays(np.float64, (4, 2), elements=st.floats(-2, 2))
PLACES = arrays(np.int64, st.integers(1, 4), elements=st.integers(0, 3))


def rows(table: Array, places: Array) -> tuple[Array, Any]:
    """The rows of a table at these places."""
    return table[places], (table.shape, places)


def added(dy: Array, saved: Any) -> Array:
    """What each row has been given, added up."""
    shape, places = saved
    dtable = np.zeros(shape, dy.dtype)
    np.add.at(dtable, places, dy)
    return dtable


def assigned(dy: Array, saved: Any) -> Array:
    """Of a place that comes twice the last alone."""
    shape, places = saved
    dtable = np.zeros(shape, dy.dtype)
    dtable[places] = dy
    return dtable


def found_twice(found: Examination) -> None:
    """The mistake shows on a case in which a place comes twice, which its keywords say."""
    assert set(found.findings) == {"finite differences", "adjoint"}
    for finding in found.findings.values():
        (places,) = finding.shrunk.config.values()
        assert len(set(places)) < len(places)


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("inputs", [st.tuples(TABLE, PLACES), (TABLE, PLACES), {"table": TABLE, "places": PLACES}])
def test_a_place_that_is_drawn_twice_shows_what_is_assigned_and_not_added(inputs: Any) -> None:
    """However the strategies are given; the right layer is right, and a note says what was drawn."""
    found_twice(examine((rows, assigned), inputs=inputs, **QUICK))
    right = examine((rows, added), inputs=inputs, **QUICK)
    assert not right.wrong
    assert "note: drawn with each example, since the backward gives no gradient of it: places" in story(right)


@pytest.mark.long
def test_the_same_is_found_in_a_process_apart() -> None:
    """There too examples are drawn, and each case is asked with its own."""
    found = examine((rows, assigned), inputs=(TABLE, PLACES), isolate=Isolation(seconds=60), **QUICK)
    found_twice(found)
    assert not any(finding.alone for finding in found.findings.values())


@pytest.mark.long
@pytest.mark.usefixtures("plainest")
def test_a_case_is_replayed_from_its_text_and_its_script_calls_the_layer_with_its_own_places() -> None:
    """As the user does."""
    first = next(iter(examine((rows, assigned), inputs=(TABLE, PLACES), **QUICK).findings.values()))
    again = examine((rows, assigned), inputs=(TABLE, PLACES), cases=[str(first.shrunk)], **QUICK)
    assert again.wrong
    (places,) = first.shrunk.config.values()
    assert f"y, saved = forward(table, places=np.array({list(places)}, np.int64))" in first.script
    assert YOURS.partition(" forward")[0] in first.script


@pytest.mark.parametrize("wrong", [False, True])
def test_labels_of_a_loss_are_drawn_with_its_scores(wrong: bool) -> None:
    """A gradient that knows the first labels alone is one of another loss for all others."""
    scores = arrays(np.float64, (3, 4), elements=st.floats(-2, 2))
    labels = arrays(np.int64, 3, elements=st.integers(0, 3))

    def loss(x: Any, target: Any) -> Any:
        return torch.nn.functional.cross_entropy(x, torch.as_tensor([0, 0, 0]) if wrong else target)

    class Loss(torch.autograd.Function):
        """Forward of the labels, backward of the ones that ``loss`` takes."""

        @staticmethod
        def forward(ctx: Any, x: Any, target: Any) -> Any:
            ctx.save_for_backward(x, target)
            return torch.nn.functional.cross_entropy(x, target)

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            x, target = ctx.saved_tensors
            with torch.enable_grad():
                x = x.detach().requires_grad_()
                return torch.autograd.grad(loss(x, target), x)[0] * dy, None

    found = examine(Loss, inputs=(scores, labels), **QUICK)
    assert found.wrong == wrong, story(found)


def test_a_module_that_takes_nothing_but_places_is_examined_on_drawn_ones() -> None:
    """Its table is what has a gradient."""
    found = examine(torch.nn.Embedding(4, 3, dtype=torch.float64), inputs=PLACES.map(torch.as_tensor), **QUICK)
    assert (found.wrong, found.family.arguments) == (False, ("weight",))
    assert len({str(case.config) for case in found.judged}) > 1


def test_an_option_that_stays_the_same_beside_one_that_does_not_is_held_and_told() -> None:
    """Its cases do not spell it out."""

    def scaled(table: Array, places: Array, by: int) -> tuple[Array, Any]:
        return by * table[places], (table.shape, places, by)

    def backward(dy: Array, saved: Any) -> Array:
        return added(saved[2] * dy, saved[:2])

    found = examine((scaled, backward), inputs=(TABLE, PLACES, 3), **QUICK)
    assert not found.wrong, story(found)
    assert {tuple(case.config) for case in found.judged} == {("places",)}
    assert "held at its value, since the backward gives no gradient of it: by=3" in found.notes


def test_whole_numbers_that_a_layer_does_not_take_varied_are_named() -> None:
    """It may want each of them once."""

    def unlike(table: Array, places: Array) -> tuple[Array, Any]:
        if len(set(places)) < len(places):
            raise ValueError("each once")
        return rows(table, places)

    found = examine((unlike, added), inputs=(np.arange(8.0).reshape(4, 2), np.array([1, 3, 2])), **QUICK)
    assert not found.wrong, story(found)
    words = "1 variation of the example is not examined, since the layer raises: with places that come twice"
    assert words in found.notes


def test_places_that_are_always_the_same_are_held() -> None:
    """As those of one example are."""
    found = examine((rows, added), inputs=(TABLE, np.array([0, 3])), **QUICK)
    assert not found.wrong
    assert "note: held at its value, since the backward gives no gradient of it: places" in story(found)


def skipping(dy: Array, saved: Any) -> Array:
    """What ``added`` gives, but for the row 0, which is taken to be empty."""
    dtable = added(dy, saved)
    dtable[0] = 0
    return dtable


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize(
    ("backward", "places", "wrong"),
    [
        (added, [1, 3, 2], set()),
        (assigned, [1, 3, 2], {"finite differences", "adjoint"}),
        (skipping, [1, 3, 2, 2], {"finite differences", "adjoint"}),
    ],
)
def test_places_of_one_example_are_varied_and_what_it_does_not_have_is_a_hazard(
    backward: Any, places: list[int], wrong: set[str]
) -> None:
    """A place that comes twice, or 0: nobody said that the layer is meant to be right there."""
    found = examine((rows, backward), inputs=(np.arange(8.0).reshape(4, 2), np.array(places)), budget="300ms")
    assert (found.wrong, set(found.hazards)) == (False, wrong), story(found)
    for hazard in found.hazards.values():
        assert "that is a hazard, since nobody said" in hazard.verdict.why


@pytest.mark.usefixtures("every_variation")
def test_what_breaks_only_for_other_labels_is_wrong() -> None:
    """A gradient that knows the first ones alone."""
    first = np.array([2, 0, 2])

    def backward(dy: Array, saved: Any) -> Array:
        shape, _ = saved
        return added(dy, (shape, first))

    found = examine((rows, backward), inputs=(np.arange(8.0).reshape(4, 2), first), budget="300ms")
    assert found.wrong


def test_two_arrays_of_places_are_not_varied() -> None:
    """One may be an order and the other the way back from it."""
    order = np.array([2, 0, 3, 1])
    pair = (lambda x, there, back: (x[there], back), lambda dy, back: dy[back])
    found = examine(pair, inputs=(np.arange(8.0).reshape(4, 2), order, np.argsort(order)), budget="300ms")
    assert not found.wrong, story(found)
    assert not any(case.config for case in found.judged)


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize("forgotten", [False, True])
def test_a_mask_beside_places_is_varied_alone(forgotten: bool) -> None:
    """Of the example all is true: a gradient that forgets the mask shows where one row is masked, and is a hazard."""
    places, mask = np.array([[2, 0, 1], [1, 3, 0]]), np.ones((2, 3), bool)

    def masked(table: Array, places: Array, mask: Array) -> tuple[Array, Any]:
        return table[places] * mask[..., None], (table.shape, places, mask)

    def backward(dy: Array, saved: Any) -> Array:
        shape, places, mask = saved
        dtable = np.zeros(shape, dy.dtype)
        np.add.at(dtable, places, dy if forgotten else dy * mask[..., None])
        return dtable

    found = examine((masked, backward), inputs=(np.arange(8.0).reshape(4, 2), places, mask), budget="300ms")
    assert not found.wrong, story(found)
    assert ({"finite differences", "adjoint"} <= {*found.hazards}) is forgotten
    assert {name for case in found.judged for name in case.config} == {"mask"}
