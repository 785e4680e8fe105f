"""What was found once is asked first ever after, and what is found is on disk before the run goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks.api import examine, verify
from checks.case import Case
from checks.claim import Verdict
from checks.corpus.entry import Counterexample
from checks.corpus.replay import LAWS, standing
from checks.corpus.store import Corpus
from checks.errors import GradientError
from checks.report.listing import laws
from checks.report.story import story
from checks.selftest.corpus.entries import CASE, OTHER, entry, replayed_on, right, wrong
from checks.subject import Subject
from checks.types import Array


def only(folder: Path) -> Counterexample:
    """The only counterexample there."""
    (stored,) = Corpus(folder).contents().counterexamples
    return stored.entry


def test_a_finding_is_on_disk_before_the_next_case_is_judged(tmp_path: Path) -> None:
    """Its plainest case, with what was found; the diagnosis is added at the end."""

    def cases() -> Iterator[Case]:
        yield OTHER
        assert only(tmp_path).diagnosis == ()
        yield CASE

    found = examine(wrong(), like="relu", cases=cases(), laws=["reference"], corpus=tmp_path).findings["reference"]
    kept = only(tmp_path)
    assert (kept.subject, kept.law, kept.case) == ("mine", "reference", found.shrunk)
    assert kept.diagnosis == found.diagnosis != ()


def test_what_the_corpus_holds_is_judged_first_and_oldest_first(tmp_path: Path) -> None:
    """Before any case of the run; cases that several laws broke on are judged once."""
    for year, case in ((2025, CASE), (2024, CASE.but(seed=5)), (2023, CASE.but(seed=3))):
        for law in ("reference", "adjoint"):
            Corpus(tmp_path).keep(entry(law=law, case=case, found=f"{year}-01-01T00:00:00+00:00"))
    found = replayed_on(right(), tmp_path)
    assert [case.seed for case in found.judged] == [3, 5, 1, OTHER.seed]
    assert found.replayed.counterexamples == 6


def test_it_is_fixed_when_its_law_holds_again_and_a_regression_when_it_breaks_again(tmp_path: Path) -> None:
    """Found, still broken, fixed, broken again: the folder holds one file all the time."""
    assert replayed_on(wrong(), tmp_path).wrong
    first = only(tmp_path)
    assert (replayed_on(wrong(), tmp_path).replayed.broken[0].partition(":")[2], only(tmp_path).fixed) == (
        f" reference, found on {first.found[:10]}",
        None,
    )
    assert "holds again" in story(replayed_on(right(), tmp_path))
    assert only(tmp_path).fixed is not None
    assert replayed_on(right(), tmp_path).replayed.fixed == []
    again = replayed_on(wrong(), tmp_path)
    assert "REGRESSION: relu-reference-" in story(again)
    assert f"reference was fixed on {only(tmp_path).found[:10]}, broke again" in again.replayed.regressions[0]
    assert (only(tmp_path).fixed, only(tmp_path).found) == (None, first.found)


def test_another_variant_profits_and_leaves_the_file_to_its_owner(tmp_path: Path) -> None:
    """The case is replayed on it; whether it is fixed is the owner's matter."""
    assert replayed_on(wrong("theirs"), tmp_path).wrong
    before = only(tmp_path)
    assert replayed_on(right("mine"), tmp_path).replayed.counterexamples == 1
    assert only(tmp_path) == before
    found = replayed_on(wrong("mine"), tmp_path)
    assert found.replayed.foreign == [f"{before.stem}.json: reference breaks here too; found on theirs"]
    assert {stored.entry.subject for stored in Corpus(tmp_path).contents().counterexamples} == {"mine", "theirs"}


def test_a_law_that_is_not_asked_settles_nothing(tmp_path: Path) -> None:
    """The reference says nothing of the adjoint."""
    Corpus(tmp_path).keep(entry(law="adjoint", subject="mine"))
    (said,) = replayed_on(right(), tmp_path).replayed.unasked
    assert said.endswith("adjoint had nothing to say in this run")
    assert only(tmp_path).fixed is None


def test_a_law_that_nobody_knows_is_named_as_one(tmp_path: Path) -> None:
    """Of another version, or written by hand; all that are known are those that the list names."""
    Corpus(tmp_path).keep(entry(law="nolaw", subject="mine"))
    (said,) = replayed_on(right(), tmp_path).replayed.unasked
    assert "nolaw is no law that this gradproof knows" in said
    assert {law for law, _, _ in laws()} == LAWS


def test_what_was_denied_once_is_a_hazard_where_nobody_denies_it(tmp_path: Path) -> None:
    """It is not that nothing was said of it."""
    pair = (lambda x: (np.maximum(x, 0), x), lambda dy, x: dy * (x > 0))
    asked: dict[str, Any] = {"like": "relu", "budget": "1ms", "laws": ["saved copies"], "corpus": tmp_path}
    assert examine(pair, deny=["saved copies"], **asked).wrong
    assert examine(pair, deny=["saved copies"], **asked).replayed.broken
    (said,) = examine(pair, **asked).replayed.unasked
    assert said.endswith("saved copies is a hazard here, which this run does not deny")


def test_plain_calls_read_and_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without corpus= the folder in the working directory is left alone."""
    monkeypatch.chdir(tmp_path)
    Corpus().keep(entry())
    found = examine(wrong(), like="relu", cases=[OTHER], laws=["reference"])
    assert (found.judged, len(Corpus().contents().counterexamples)) == ([OTHER], 1)


def test_verify_replays_and_keeps_too(tmp_path: Path) -> None:
    """Its message says what became of the corpus."""
    Corpus(tmp_path).keep(entry(subject="mine", fixed="2024-05-06T07:08:09+00:00"))
    with pytest.raises(GradientError, match="was fixed on 2024-05-06, broke again"):
        verify(wrong(), like="relu", cases=[OTHER], laws=["reference"], corpus=str(tmp_path))


def test_a_subject_that_claims_nothing_has_its_examples_kept(tmp_path: Path) -> None:
    """Numbers that were given are written out, so that the file stands for itself; nobody else takes them."""
    x = np.array([0.5, -1.5, 2.0])
    bad = Subject("cube", lambda arrays, _: (arrays["x"] ** 3, arrays["x"]), lambda dy, x: {"dx": 2 * dy * x**2})
    asked: dict[str, Any] = {"inputs": {"x": x}, "budget": "1ms", "laws": ["finite differences"], "corpus": tmp_path}
    assert examine(bad, **asked).wrong
    kept = only(tmp_path)
    assert set(kept.case.values) == {"x", "dy"}
    assert examine(bad, **asked).replayed.broken
    other = Subject("other", bad.forward, lambda dy, x: {"dx": 3 * dy * x**2})
    assert examine(other, **asked).replayed.counterexamples == 0


def test_arguments_that_are_called_as_nothing_is_in_python_are_read_again(tmp_path: Path) -> None:
    """The parameters of a module, or of layers of a layer; one of them need not be x."""
    arrays = {"layers[0].W": np.array([0.5, -1.5]), "state['h']": np.array([2.0, 1.0])}

    def forward(given: Any, _: Any) -> tuple[Array, Any]:
        return given["layers[0].W"] * given["state['h']"], given

    def backward(dy: Array, given: Any) -> dict[str, Array]:
        return {"dlayers[0].W": 2 * dy * given["state['h']"], "dstate['h']": dy * given["layers[0].W"]}

    asked: dict[str, Any] = {"inputs": arrays, "budget": "1ms", "laws": ["finite differences"], "corpus": tmp_path}
    assert examine(Subject("product", forward, backward), **asked).wrong
    assert set(only(tmp_path).case.arguments) == set(arrays)
    again = examine(Subject("product", forward, backward), **asked).replayed
    assert again.broken
    assert not again.skipped


def test_a_file_is_json_that_git_can_compare(tmp_path: Path) -> None:
    """One field a line, the end of the last line included."""
    assert replayed_on(wrong(), tmp_path).wrong
    (path,) = tmp_path.iterdir()
    text = path.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert len(text.splitlines()) > len(json.loads(text))


def _said(law: str, status: Any, compared: int = 1) -> Verdict:
    return Verdict(law, "dx", status, "why", compared=compared)


@pytest.mark.parametrize(
    ("law", "verdicts", "status"),
    [
        ("adjoint", [_said("adjoint", "right"), _said("adjoint", "wrong")], "broken"),
        ("adjoint", [_said("adjoint", "right"), _said("reference", "wrong")], "holds"),
        ("adjoint", [_said("adjoint", "blind", 0)], "unasked"),
        ("adjoint", [_said("adjoint", "right", 0)], "unasked"),
        ("saved copies", [_said("saved copies", "hazard")], "hazard"),
        ("runs", [_said("reference", "right")], "holds"),
        ("runs", [_said("runs", "blind", 0)], "unasked"),
        ("shape", [_said("shape", "wrong")], "broken"),
    ],
)
def test_a_law_stands_as_its_own_verdicts_say(law: str, verdicts: list[Verdict], status: str) -> None:
    """A layer that ran is shown by any comparison; silence settles nothing."""
    assert standing(law, verdicts) == status


def test_a_layer_that_goes_to_another_folder_takes_the_corpus_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative folder is meant from where the question was asked, also before the layer's first call."""
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(tmp_path)

    def forward(x: Array) -> tuple[Array, Array]:
        os.chdir(other)
        return x.clip(0), x

    found = examine((forward, lambda dy, _: dy), like="relu", budget="1ms", corpus="kept")
    assert found.replayed.folder == "kept"
    assert (list(other.iterdir()), sorted(path.name for path in tmp_path.iterdir())) == ([], ["kept", "other"])


def test_what_was_found_between_calls_is_not_called_mended_by_a_replay(tmp_path: Path) -> None:
    """Its case is right by itself, broken or mended; the file says so and stays as it is."""
    stored = entry(subject="mine:relu", alone="in a new process this case is right as a first call: ...")
    Corpus(tmp_path).keep(stored)
    found = replayed_on(right("mine:relu"), tmp_path)
    assert not found.replayed.fixed
    (said,) = found.replayed.unasked
    assert "reference holds on this case by itself, as it did when it was found: it broke after other calls" in said
    assert only(tmp_path).fixed is None
    assert only(tmp_path).alone == stored.alone
    assert "in a new process" not in entry().alone


@pytest.mark.usefixtures("every_variation")
def test_a_finding_between_calls_is_kept_as_one(tmp_path: Path) -> None:
    """With what is known of its case alone."""

    class Stale:
        x: Array | None = None

        def forward(self, x: Array) -> Array:
            self.x = x.copy() if self.x is None else self.x
            return x**2

        def backward(self, dy: Array) -> Array:
            return 2 * np.asarray(self.x) * dy

    found = examine(Stale, inputs=(np.arange(1.0, 4.0),), budget="1ms", corpus=tmp_path, laws=["finite differences"])
    assert found.findings["finite differences"].alone
    assert only(tmp_path).alone == found.findings["finite differences"].alone
