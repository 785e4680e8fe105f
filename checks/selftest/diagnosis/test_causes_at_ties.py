"""What an example shows where numbers are equal, and what it shows beside that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.families.example import TIED
from checks.judge import verdicts
from checks.opening import opened
from checks.oracles.adjoint import Adjoint
from checks.plainer import shrunk
from checks.selftest.diagnosis.test_causes import looks
from checks.types import Array
from checks.witness import Trial

pytestmark = pytest.mark.usefixtures("every_step")


def pooled(x: Array) -> tuple[Array, tuple[Array, Array]]:
    """The largest of each row."""
    return x.max(1, keepdims=True), (x, x.max(1, keepdims=True))


ROW = np.random.default_rng(8).standard_normal((4, 6))


def test_a_mask_that_gives_each_of_equal_numbers_the_whole_is_told_at_ties() -> None:
    """Beside them it is right; one that shares, or gives one of them all, is right there too."""
    (said,) = looks((pooled, lambda dy, s: dy * (s[0] == s[1])), ROW, span=TIED)
    assert said.startswith("only at ties: dx is right where the equal numbers of x are moved apart, and where they are")
    shared = (pooled, lambda dy, s: dy * (s[0] == s[1]) / (s[0] == s[1]).sum(1, keepdims=True))
    assert looks(shared, ROW, span=TIED) == ()


@pytest.mark.usefixtures("every_variation")
def test_the_headline_of_an_example_says_that_it_is_wrong_at_ties_alone() -> None:
    """As that of a family does; one that is wrong beside them too has the usual headline."""
    asked: dict[str, Any] = {"inputs": (ROW,), "budget": "1ms", "laws": ["adjoint"]}
    found = examine((pooled, lambda dy, s: dy * (s[0] == s[1])), **asked)
    assert "WRONG only at kinks, by adjoint" in story(found).splitlines()[0]
    assert "WRONG by adjoint" in story(examine((pooled, lambda dy, s: 2 * dy * (s[0] == s[1])), **asked))


@pytest.mark.usefixtures("every_variation")
def test_the_headline_says_so_where_no_sentence_tells_what_happens_at_ties() -> None:
    """The first of equal numbers in each half gets the whole."""

    def backward(dy: Array, saved: tuple[Array, Array]) -> Array:
        halves = [half & (np.cumsum(half, 1) == 1) for half in np.split(saved[0] == saved[1], 2, 1)]
        return np.where(np.concatenate(halves, 1), dy, 0)

    asked: dict[str, Any] = {"inputs": (ROW,), "budget": "1ms", "laws": ["adjoint"]}
    assert "WRONG only at kinks, by adjoint" in story(examine((pooled, backward), **asked)).splitlines()[0]


def windowed(x: Array) -> tuple[Array, Array]:
    """The largest of each three neighbours, at every second place."""
    return np.stack([x[:, at : at + 3].max(1) for at in range(0, x.shape[1] - 2, 2)], 1), x


def overwritten(dy: Array, x: Array) -> Array:
    """``=`` where windows share a number, and nothing where x is not above 0."""
    dx = np.zeros_like(x)
    for place in range(dy.shape[1]):
        at = 2 * place + x[:, 2 * place : 2 * place + 3].argmax(1)
        dx[np.arange(len(x)), at] = dy[:, place]
    return np.where(x > 0, dx, 0)


def test_what_is_wrong_on_ordinary_numbers_is_not_shown_at_a_tie_of_zeros() -> None:
    """The plainest case that breaks the law is one of those."""
    x = np.random.default_rng(1).standard_normal((4, 7))
    examination, limits = opened((windowed, overwritten), "", None, (x,))
    trial = Trial(examination.subject, examination.family, next(iter(limits.family.sweep(0, 1))))
    (wrong,) = verdicts(Adjoint(), trial)
    plainest = shrunk(trial, Adjoint(), wrong, lambda verdict: verdict)
    assert wrong.status == plainest.verdict.status == "wrong"
    assert "at a kink" not in wrong.why + plainest.verdict.why
    assert plainest.case.array("x").any()


def test_what_is_wrong_away_from_ties_too_is_not_said_to_be_wrong_at_them_alone() -> None:
    """Twice the mask."""
    said = looks((pooled, lambda dy, s: 2 * dy * (s[0] == s[1])), ROW, span=TIED)
    assert not [sentence for sentence in said if "only at ties" in sentence]


def test_ties_are_told_of_single_precision_too() -> None:
    """As of a module's."""

    class Largest(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            y = x.amax(1, keepdim=True)
            ctx.save_for_backward(x, y)
            return y

        @staticmethod
        def backward(ctx: Any, dy: torch.Tensor) -> torch.Tensor:
            x, y = ctx.saved_tensors
            return torch.where(x == y, dy, 0)

    (said,) = looks(Largest, torch.tensor(ROW, dtype=torch.float32), span=TIED)
    assert "only at ties" in said
