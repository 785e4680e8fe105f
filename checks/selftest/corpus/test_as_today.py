"""What a layer like no family answers today to a case of its past: another y, an error, or an answer at last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from checks import examine
from checks.case import Case
from checks.corpus.store import Corpus
from checks.errors import UsageError
from checks.examination import Examination
from checks.report.corpus import corpus_lines
from checks.selftest.main_job.shell import gradproof
from checks.types import Array

X, W = np.ones((3, 4)), np.arange(8.0).reshape(4, 2)
ROWS = st.sampled_from([(X,), (X[:1],)])
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["adjoint"]}

Pair = tuple[Callable[..., Any], Callable[..., Any]]


def pair(forward: Callable[[Array], Array], factor: float = 1.0) -> Pair:
    """A layer whose y is the product with W in whatever shape; a factor makes dx wrong."""
    return (lambda x: (forward(x), x)), lambda dy, x: factor * dy.reshape(len(x), -1) @ W.T


def raising_on_one_row(x: Array) -> Array:
    """What it stumbles over, no rule of its own."""
    return np.asarray((x if len(x) > 1 else x[:, :3]) @ W)


RIGHT, WRONG = pair(lambda x: x @ W), pair(lambda x: x @ W, 2.0)
IN_FRONT = pair(lambda x: (x @ W)[None])
OF_FIVE = (lambda x: (x.reshape(-1, 5) @ np.ones((5, 2)), x)), lambda dy, _: dy @ np.ones((2, 5))


def asked(layer: Pair, corpus: Path, inputs: Any = (X,), **other: Any) -> Examination:
    """The layer on its example, as one owner whatever it is."""
    return examine(layer, inputs=inputs, corpus=Corpus(corpus, owner="mine"), **{**QUICK, **other})


@pytest.mark.parametrize(
    ("since", "inputs", "why"),
    [
        (IN_FRONT, (X,), r"the case holds dy of shape (3, 2), and the layer gives y of shape (1, 3, 2); "),
        (OF_FIVE, (np.ones((3, 5)),), "forward raised ValueError: "),
    ],
)
def test_a_right_layer_that_answers_in_another_way_since_is_not_blamed(
    tmp_path: Path, since: Pair, inputs: Any, why: str
) -> None:
    """Its y has an axis more, or it takes other lengths: the case is named, and stays."""
    assert asked(WRONG, tmp_path).wrong
    before = Corpus(tmp_path).contents()
    found = asked(since, tmp_path, inputs)
    (said,) = found.replayed.former
    assert (found.wrong, said.startswith(before.counterexamples[0].name), why in said) == (False, True, True)
    assert Corpus(tmp_path).contents() == before


def test_where_a_layer_raised_and_answers_now_its_case_holds_again(tmp_path: Path) -> None:
    """No dy was drawn for a y that nobody saw; one is drawn now."""
    assert asked(pair(raising_on_one_row), tmp_path, ROWS).wrong
    assert asked(pair(raising_on_one_row), tmp_path, ROWS).replayed.broken
    found = asked(RIGHT, tmp_path, ROWS)
    assert (found.wrong, len(found.replayed.fixed)) == (False, 1)
    assert asked(pair(raising_on_one_row), tmp_path, ROWS).replayed.regressions


def test_a_case_on_which_a_layer_raised_is_asked_again_by_its_text() -> None:
    """As the story of the failure says it."""
    text = str(examine(pair(raising_on_one_row), inputs=ROWS, **QUICK).findings["runs"].shrunk)
    assert " dy=();" in text
    assert not examine(RIGHT, inputs=ROWS, cases=[text], **QUICK).wrong
    assert examine(pair(raising_on_one_row), inputs=ROWS, cases=[text], **QUICK).wrong


def test_a_case_with_a_dy_that_is_not_of_the_shape_of_y_is_misuse() -> None:
    """No layer is blamed for what was written down wrongly."""
    case = Case("unclaimed", {"x": (3, 4), "dy": (4, 2)}, data="normal")
    with pytest.raises(UsageError, match=r"holds dy of shape \(4, 2\), and the layer gives y of shape \(3, 2\)"):
        examine(RIGHT, inputs=ROWS, cases=[case], **QUICK)


def test_what_breaks_again_after_it_held_in_the_same_run_is_not_called_fixed(tmp_path: Path) -> None:
    """A layer that is right until its corpus was replayed, say."""
    assert asked(WRONG, tmp_path).wrong
    assert asked(RIGHT, tmp_path).replayed.fixed
    calls = [0]

    def backward(dy: Array, x: Array) -> Array:
        calls[0] += 1
        return np.asarray((1 if calls[0] < 2 else 2) * dy @ W.T)

    shrunk = Corpus(tmp_path).contents().counterexamples[0].entry.case
    found = asked((RIGHT[0], backward), tmp_path, cases=[shrunk.but(seed=9)])
    lines = [line for line in corpus_lines(found.replayed) if line.startswith(("fixed", "REGRESSION"))]
    assert [line.partition(":")[0] for line in lines] == ["REGRESSION"], lines


LAYERS = """
import numpy as np
from hypothesis import strategies as st

W = np.arange(8.0).reshape(4, 2)

def forward(x):
    return {} @ W, x

layer = (forward, lambda dy, x: dy @ W.T)
drawn = st.sampled_from([(np.ones((3, 4)),), (np.ones((1, 4)),)])
"""


@pytest.mark.long
def test_a_replay_says_right_once_the_layer_answers(tmp_path: Path) -> None:
    """It drew no dy for a y that nobody saw."""
    case = "unclaimed(x=(1,4), dy=(); ; data='normal')"
    for took, code in (("x[:, :3]", 1), ("x", 0)):
        (tmp_path / "lay.py").write_text(LAYERS.format(took), encoding="utf-8")
        said = gradproof("replay", case, "--subject", "lay:layer", "--inputs", "lay:drawn", cwd=tmp_path)
        assert said.code == code, said.out
