"""A counterexample of a layer like no family that has other arguments since is named, and never judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.corpus.store import Corpus
from checks.errors import UsageError
from checks.fuzzed import Fuzzed, Keeper
from checks.report.story import story
from checks.selftest.main_job.shell import gradproof
from checks.types import Array

X, W, V = np.ones((3, 4)), np.arange(8.0).reshape(4, 2), np.array([1.0, 2.0])
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["adjoint"]}

#: One layer as it was, wrong, and as it is since, right: without a bias, with a gain, with a bias of another name.
AS_IT_WAS = """
import numpy as np

class Dense:
    def __init__(self):
        self.W, self.b = np.ones((4, 2)), np.ones(2)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW, self.db = 2 * self.x.T @ dy, dy.sum(0)
        return dy @ self.W.T

examples = (np.ones((3, 4)),)
"""
WITHOUT = AS_IT_WAS.replace(", self.b =", ", _ =").replace(" + self.b", "").replace("dW, self.db = 2 *", "dW, _ =")
RENAMED = (
    AS_IT_WAS.replace("self.b ", "self.bias ")
    .replace("+ self.b", "+ self.bias")
    .replace("self.db = 2 *", "self.dbias =")
)


def layer(*given: str, wrong: bool = False) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A product, to which it adds b and which it multiplies by g where it is given these."""

    def product(x: Array, w: Array, b: Array, g: Array) -> tuple[Array, Any]:
        return g * (x @ w + b), (x, w, b, g)

    def back(dy: Array, saved: Any) -> dict[str, Array]:
        x, w, b, g = saved
        every = {"dx": dy * g @ w.T, "dw": (2 if wrong else 1) * x.T @ (dy * g), "db": (dy * g).sum(0)}
        every["dg"] = (dy * (x @ w + b)).sum(0)
        return {name: every[name] for name in ("dx", "dw", *(f"d{each}" for each in given))}

    takes: dict[tuple[str, ...], Callable[..., Any]] = {
        (): lambda x, w: product(x, w, 0 * V, 1 + 0 * V),
        ("b",): lambda x, w, b: product(x, w, b, 1 + 0 * V),
        ("g",): lambda x, w, g: product(x, w, 0 * V, g),
        ("b", "g"): product,
    }
    return takes[given], back


def asked(corpus: Path, *given: str, wrong: bool = False, **other: Any) -> Any:
    """The layer of these arguments, of one owner whatever they are."""
    inputs = dict(zip(("x", "w", *given), (X, W, V, V), strict=False))
    held = Corpus(corpus, owner="mine")
    return examine(layer(*given, wrong=wrong), inputs=inputs, corpus=held, **{**QUICK, **other})


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ((), "the case holds b, which the layer does not take; "),
        (("b", "g"), "the case lacks g, which the layer takes; "),
        (("g",), "the case holds b, which the layer does not take and lacks g, which the layer takes; "),
    ],
)
def test_a_right_layer_of_other_arguments_is_not_blamed_for_a_case_of_its_past(
    tmp_path: Path, now: tuple[str, ...], why: str
) -> None:
    """The file is named with what does not fit; nothing is judged, kept or changed."""
    assert asked(tmp_path, "b", wrong=True).wrong
    before = Corpus(tmp_path).contents()
    found = asked(tmp_path, *now)
    (said,) = found.replayed.former
    assert said.startswith(f"{before.counterexamples[0].name}: {why}")
    assert (found.wrong, found.replayed.counterexamples) == (False, 0)
    assert Corpus(tmp_path).contents() == before
    assert f"not taken: {said}" in story(found)


def test_a_case_of_the_past_is_judged_again_once_the_arguments_are_back(tmp_path: Path) -> None:
    """The file stays for that."""
    assert asked(tmp_path, "b", wrong=True).wrong
    assert not asked(tmp_path).wrong
    assert len(asked(tmp_path, "b").replayed.fixed) == 1


def test_a_keyword_that_the_layer_has_no_longer_is_of_its_past_too(tmp_path: Path) -> None:
    """Places in a table, which each case of a strategy keeps."""
    found = asked(tmp_path, "b", wrong=True).findings["adjoint"]
    with pytest.raises(UsageError, match="cases has one that holds places, which the layer does not take; expected"):
        asked(tmp_path, "b", cases=[found.shrunk.but(config={"places": (1, 2)})])


def test_a_module_is_not_asked_about_parameters_of_another_size(tmp_path: Path) -> None:
    """Its settings say how many there are: what it does with others shows nothing."""
    torch = pytest.importorskip("torch")
    some, more = torch.nn.GroupNorm(2, 4).double(), torch.nn.GroupNorm(2, 6).double()
    case = examine(some, inputs=(np.ones((2, 4, 3)),), **QUICK).judged[0]
    with pytest.raises(UsageError, match=r"holds weight in shape \(4,\) instead of \(6,\), bias in shape .*keeps it"):
        examine(more, inputs=(np.ones((2, 6, 3)),), cases=[case], **QUICK)


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("now", [(), ("b", "g")])
def test_a_case_of_other_arguments_is_misuse_where_it_is_asked_for(tmp_path: Path, now: Any, text: bool) -> None:
    """As a case, and as its text, which need not spell everything out."""
    found = asked(tmp_path, "b", wrong=True).findings["adjoint"]
    case = str(found.case) if text else found.shrunk
    with pytest.raises(UsageError, match=r"(holds b, which the layer does not take|lacks g, which the layer takes); "):
        asked(tmp_path, *now, cases=[case])


@pytest.mark.long
@pytest.mark.parametrize(("since", "why"), [(WITHOUT, "holds b, "), (RENAMED, "holds b, ")])
def test_commands_name_a_case_of_the_past_and_blame_nobody(tmp_path: Path, since: str, why: str) -> None:
    """A check of the layer that is right now ends with 0, a replay of the file is misuse."""
    named = ("lay:Dense", "--inputs", "lay:examples")
    (tmp_path / "lay.py").write_text(AS_IT_WAS, encoding="utf-8")
    assert gradproof("check", *named, "--budget", "1s", "--corpus", "kept", cwd=tmp_path).code == 1
    (tmp_path / "lay.py").write_text(since, encoding="utf-8")
    found = gradproof("check", *named, "--budget", "1s", "--corpus", "kept", cwd=tmp_path)
    assert (found.code, "not taken: unclaimed-adjoint-" in found.out, why in found.out) == (0, True, True), found.out
    assert ("WRONG" in found.out, "kept: " in found.out) == (False, False)
    (file, *_) = (tmp_path / "kept").glob("unclaimed-adjoint-*.json")
    again = gradproof("replay", f"kept/{file.name}", "--subject", "lay:Dense", *named[1:], cwd=tmp_path)
    assert (again.code, why in again.err) == (2, True), again.err


def test_what_a_long_run_kept_of_a_layer_of_other_arguments_makes_it_wrong_no_longer(tmp_path: Path) -> None:
    """Its state forgets the file, which can be deleted."""
    found = asked(tmp_path, "b", wrong=True)
    known = Fuzzed(kept=list(found.replayed.kept))
    known.hear(asked(tmp_path).replayed)
    assert (known.kept, known.wrong) == ([], False)


def test_a_long_run_keeps_what_is_like_a_counterexample_of_the_past(tmp_path: Path) -> None:
    """That one is asked never again."""
    assert asked(tmp_path, "b", wrong=True).wrong
    found = examine(layer("b", "g", wrong=True), inputs=(X, W, V, V), **QUICK)
    keeper = Keeper(Corpus(tmp_path), "mine", found.family, Fuzzed())
    keeper.keep(found.findings["adjoint"])
    assert len(keeper.fresh()) == 1
