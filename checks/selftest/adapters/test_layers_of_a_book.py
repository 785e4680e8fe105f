"""Layers and losses of a book for beginners: right or refused with what to write, and wrong where they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.selftest.adapters import layers_of_a_book as book
from checks.selftest.diagnosis.by_itself import written

RNG = np.random.default_rng(0)
X = RNG.standard_normal((4, 3))
LABELS = np.array([0, 2, 1, 1])
ROWS = np.eye(3)[LABELS]
P = RNG.uniform(0.1, 0.9, (4, 3))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences", "adjoint"]}


@pytest.mark.parametrize("kind", [book.ReLU, book.Softmax, book.Sigmoid, book.Dropout])
def test_activations_are_judged(kind: Callable[..., Any]) -> None:
    """A wrong factor, or sign, is caught."""
    found = examine(kind(), inputs=X, **QUICK)
    assert not found.wrong, story(found)
    assert {each.verdict.of for each in examine(kind(-1.0), inputs=X, **QUICK).findings.values()} == {"dinputs"}


def test_a_dense_layer_is_judged_with_its_weights_and_biases() -> None:
    """One that divides by the samples a second time is caught."""

    class Divided(book.Dense):
        def backward(self, dvalues: Any) -> None:
            super().backward(dvalues)
            self.dweights = self.dweights / len(dvalues)

    found = examine(book.Dense(3, 5), inputs=X, **QUICK)
    assert not found.wrong, story(found)
    assert set(found.family.arguments) == {"inputs", "weights", "biases"}
    wrong = examine(Divided(3, 5), inputs=X, **QUICK)
    assert {each.verdict.of for each in wrong.findings.values()} == {"dweights"}


@pytest.mark.usefixtures("every_step")
@pytest.mark.parametrize(
    ("settings", "what"),
    [({"l2": 0.05}, "(0.1 times weights)"), ({"l1": 0.05}, "(0.05 times the signs of weights)")],
    ids=["l2", "l1"],
)
def test_the_gradient_of_a_regularization_is_told_as_one(settings: dict[str, float], what: str) -> None:
    """It is none of y, and the report says what to do."""
    told = story(examine(book.Dense(3, 5, **settings), inputs=X, budget="1s", laws=["finite differences"]))
    assert f"dweights is not 0 where dy is 0 {what}, and is right without that: so is what a regularization" in told
    assert "where it is meant so, examine the layer without it" in told


@pytest.mark.usefixtures("every_step")
def test_a_wrong_gradient_beside_a_regularization_is_not_told_as_one() -> None:
    """Without what it is for dy = 0 it is wrong, too."""

    class Twice(book.Dense):
        def backward(self, dvalues: Any) -> None:
            super().backward(dvalues)
            self.dweights *= 2

    told = story(examine(Twice(3, 5, l2=0.05), inputs=X, budget="1s", laws=["finite differences"]))
    assert "WRONG  dweights" in told
    assert "so is what a regularization" not in told


LOSSES = [
    pytest.param(book.CategoricalCrossentropy, LABELS, id="categorical, whole labels"),
    pytest.param(book.CategoricalCrossentropy, ROWS, id="categorical, rows"),
    pytest.param(book.BinaryCrossentropy, np.rint(RNG.random((4, 3))), id="binary"),
]


@pytest.mark.parametrize(("kind", "labels"), LOSSES)
def test_a_loss_of_each_sample_is_refused_with_a_class_to_write(
    kind: Callable[..., Any], labels: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its backward takes no dy; the class makes one number of it, and is judged."""
    with pytest.raises(UsageError, match="takes no upstream gradient") as raised:
        examine(kind(), inputs=(P, labels), **QUICK)
    _, first, second, _ = str(raised.value).split("\n")
    above = "import numpy as np\nfrom checks.selftest.adapters.layers_of_a_book import *\nif True:\n"
    whole = written(f"{above}{first}\n{second}\n", tmp_path, monkeypatch).Whole
    found = examine(whole(), inputs=(P, labels), **QUICK)
    assert not found.wrong, story(found)
    assert examine(whole(-1.0), inputs=(P, labels), **QUICK).wrong


@pytest.mark.parametrize("labels", [LABELS, ROWS], ids=["whole labels", "rows"])
def test_a_backward_may_be_handed_what_its_forward_left_as_output(labels: Any) -> None:
    """As the derivative shows, and a note says; one that forgets the samples, or the sign, is caught all the same."""
    found = examine(book.SoftmaxLoss(), inputs=(X, labels), **QUICK)
    assert not found.wrong, story(found)
    assert any("dvalues is what the forward left in output; y_true as the" in note for note in found.notes)
    for factor in (len(X), -1.0):
        wrong = examine(book.SoftmaxLoss(factor), inputs=(X, labels), **QUICK)
        assert {each.verdict.of for each in wrong.findings.values()} == {"dinputs"}


def test_a_backward_that_is_handed_predictions_is_not_handed_what_else_lies_in_output() -> None:
    """Where a derivative agrees with them alone."""

    class Left(book.Activation):
        def forward(self, y_pred: Any, y_true: Any) -> Any:
            self.output = 3 * y_pred
            return np.sum((y_pred - y_true) ** 2)

        def backward(self, dvalues: Any, y_true: Any) -> None:
            self.dinputs = 2 * self.factor * (dvalues - y_true)

    found = examine(Left(), inputs=(P, X), **QUICK)
    assert not found.wrong, story(found)
    assert any("dvalues is y_pred" in note for note in found.notes)
    assert examine(Left(1.5), inputs=(P, X), **QUICK).wrong
