"""Labels that are held get longer and shorter with their batch; what stays in its length is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from checks import Examination, examine, story
from checks.families.held import Held, going_along
from checks.families.resized import MANY, MANY_CHANNELS, SINGLE, resized
from checks.invariants.subsets import EVERY
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

RNG = np.random.default_rng(0)
SCORES, LABELS = RNG.normal(size=(5, 4)), np.array([1, 0, 3, 3, 2])
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}
STAYS = "of one length in every variation of the example, since what is held has it too "


def loss(z: Array, t: Array) -> tuple[Array, Any]:
    """The mean cross entropy of softmax."""
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return -np.log(p[np.arange(len(t)), t]).mean(), (p, t)


def over(count: Callable[[int, int], int]) -> Callable[[Array, Any], Array]:
    """Its backward, which divides by what this makes of the shape of the scores."""

    def back(dy: Array, saved: Any) -> Array:
        p, t = saved
        found = p.copy()
        found[np.arange(len(t)), t] -= 1
        return np.asarray(dy * found / count(*p.shape))

    return back


#: Backwards that divide by something else than the batch, where it has so many samples.
COUNTS: dict[str, tuple[Callable[[int, int], int], list[int]]] = {
    "right": (lambda batch, _: batch, []),
    "one sample": (lambda batch, classes: batch if batch > 1 else classes, [SINGLE]),
    "many": (lambda batch, _: min(batch, 32), [MANY]),
}


@pytest.mark.parametrize(("count", "spans"), COUNTS.values(), ids=COUNTS)
def test_labels_go_along_with_their_batch(count: Callable[[int, int], int], spans: list[int]) -> None:
    """One sample, and many, have as many labels; what is wrong there is found."""
    found = examine((loss, over(count)), inputs=(SCORES, LABELS), **QUICK)
    assert [each.case.span for each in found.findings.values()] == spans, story(found)
    assert {case.shapes["z"][0] for case in found.judged} >= {1, 5, 6, 48}
    assert not [note for note in found.notes if note.startswith(STAYS)]


def test_a_case_of_other_labels_is_read_from_its_text() -> None:
    """Its labels stand among its keywords, as those of a case whose places are others do."""
    wrong = over(lambda batch, classes: batch if batch > 1 else classes)
    (broken,) = examine((loss, wrong), inputs=(SCORES, LABELS), **QUICK).findings.values()
    assert broken.case.config == {"t": (0,)}
    again = examine((loss, wrong), inputs=(SCORES, LABELS), cases=[str(broken.case)], laws=["finite differences"])
    assert [*again.findings] == ["finite differences"]


def of(inputs: tuple[Any, ...]) -> Examination:
    """What is said of two places in one table, or of labels beside a mask."""

    def forward(x: Array, *held: Array) -> tuple[Array, Any]:
        return x * (1 + sum(np.asarray(each, float).reshape(-1, 1) for each in held)), held

    def backward(dy: Array, held: Any) -> Array:
        return np.asarray(forward(dy, *held)[0])

    return examine((forward, backward), inputs=inputs, **QUICK)


def test_a_length_that_nothing_else_can_have_is_named() -> None:
    """Beside two arrays of whole numbers, neither of which may belong to the batch alone."""
    found = of((SCORES, LABELS, LABELS[::-1].copy()))
    (note,) = (note for note in found.notes if note.startswith(STAYS))
    assert note == f"{STAYS}(held_0, held_1): axis 0 of x; inputs= with others show more"


def test_labels_that_get_longer_or_shorter_are_such_as_were_given() -> None:
    """No axis gets shorter than they reach; sorted ones stay sorted, and different ones different."""
    example = {"z": SCORES}

    def made(labels: Array, span: int) -> list[Array]:
        held = Held({"t": frozenset({5})}, frozenset({int(labels.max()) + 1}), {"t": labels})
        return [each["t"] for each in resized(example, span, held, ()) if len(each["z"]) != len(SCORES)]

    assert {*map(str, made(LABELS, SINGLE))} == {"[0]"}
    assert not made(LABELS + 1, SINGLE)
    many = made(LABELS, MANY)[0]
    assert (len(many), {*many.tolist()}) == (48, {0, 1, 2, 3})
    assert np.all(np.diff(made(np.sort(LABELS), MANY)[0]) >= 0)
    assert not made(np.arange(5)[::-1], MANY)


def test_labels_of_rows_get_as_many_rows_and_columns() -> None:
    """Of pixels, or of steps."""
    labels = RNG.integers(0, 3, (5, 6))
    held = Held({"t": frozenset({5, 6})}, frozenset({3}), {"t": labels})
    (found, *_) = resized({"z": RNG.normal(size=(5, 4, 6))}, MANY_CHANNELS, held, ())
    assert (found["z"].shape, found["t"].shape) == ((5, 16, 6), (5, 6))
    shapes = [(each["z"].shape, each["t"].shape) for each in resized({"z": SCORES}, 17, held, ())]
    assert shapes[0] == ((6, 5), (6, 6))


def test_a_mask_or_a_single_label_or_labels_of_something_else_go_along_with_nothing() -> None:
    """Nobody knows whether they belong to the batch."""
    assert [*going_along({"z": SCORES}, {"t": LABELS})] == ["t"]
    assert not going_along({"z": SCORES}, {"t": LABELS > 1})
    assert not going_along({"z": SCORES}, {"t": LABELS[:4]})
    assert not going_along({"z": SCORES[:1]}, {"t": LABELS[:1]})
    assert not going_along({"z": SCORES}, {"t": LABELS, "u": LABELS})


def largest(x: Array) -> tuple[Array, Any]:
    """The largest number of each plane."""
    flat = x.reshape(*x.shape[:2], -1)
    return flat.max(-1), (x.shape, flat.argmax(-1))


def of_all(dy: Array, saved: Any) -> Array:
    """Its gradient."""
    shape, at = saved
    found = np.zeros((*shape[:2], int(np.prod(shape[2:]))))
    np.put_along_axis(found, at[..., None], dy[..., None], -1)
    return found.reshape(shape)


def of_eight(dy: Array, saved: Any) -> Array:
    """The same of the first eight channels alone."""
    found = of_all(dy, saved)
    found[:, 8:] = 0
    return found


@pytest.mark.parametrize(("backward", "spans"), [(of_all, []), (of_eight, [MANY_CHANNELS])])
def test_many_channels_are_tried_too(backward: Any, spans: list[int]) -> None:
    """What is lost behind the eighth shows on no example of three."""
    found = examine((largest, backward), inputs=(RNG.normal(size=(2, 3, 4, 5)),), budget="1ms", laws=["adjoint"])
    assert [each.case.span for each in found.findings.values()] == spans, story(found)


@pytest.mark.parametrize("loss", [torch.nn.CrossEntropyLoss(), torch.nn.MultiMarginLoss()])
def test_each_question_about_a_loss_is_asked_with_the_labels_of_its_case(loss: torch.nn.Module) -> None:
    """Of a shorter batch those of the example are too many: to ask with them was a hazard of ``runs``."""
    prediction = torch.randn(4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    found = examine(loss, inputs=(prediction, torch.tensor([0, 2, 1, 4])), laws=["subsets"], deny=["all"], budget="1s")
    assert not found.wrong, story(found)
    assert any(case.config and case.seed % EVERY == 0 for case in found.judged)
