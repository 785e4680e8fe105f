"""What a corpus holds and nobody can read, or take, or what cannot be written to it, is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.api import examine
from checks.corpus.store import Corpus
from checks.errors import UsageError
from checks.report.story import story
from checks.selftest.corpus.entries import CASE, OTHER, entry, replayed_on, right, wrong


def test_what_the_subject_does_not_take_is_named(tmp_path: Path) -> None:
    """An entry of another format."""
    Corpus(tmp_path).keep(entry())
    single = [OTHER.but(dtype="float32")]
    found = examine(right(), like="relu", cases=single, supports={"dtype": ["float32"]}, corpus=tmp_path)
    assert (found.replayed.counterexamples, len(found.judged)) == (0, 1)
    assert found.replayed.outside == [f"{entry().stem}.json: the subject does not take its dtype"]


UNSOUND = {
    CASE.but(config={"at_zero": 0.0, "slope": 1}): "keyword 'slope'; expected some of at_zero",
    CASE.but(shapes={"x": (1, 1, 2), "dy": (1, 1, 5)}): "does not fit; expected the shape of y",
    CASE.but(dtype="float7"): "format 'float7'",
    CASE.but(data="magic"): "data 'magic'",
    CASE.but(unit=0): "cannot be drawn",
    CASE.but(shapes={"x": (10**6, 10**6, 2), "dy": (10**6, 10**6, 2)}): "numbers; expected at most",
    CASE.but(family="sigmoid"): "family 'sigmoid' is unknown; expected one of avg_pool",
}


def test_a_case_that_makes_no_layer_is_skipped_by_name(tmp_path: Path) -> None:
    """A damaged or foreign configuration stops nothing, and is no finding about the subject."""
    names = {Corpus(tmp_path).keep(entry(family=case.family, case=case)).name: why for case, why in UNSOUND.items()}
    found = replayed_on(right(), tmp_path)
    told = dict(sentence.split(": ", 1) for sentence in found.replayed.skipped)
    assert (found.wrong, found.replayed.counterexamples, set(told)) == (False, 0, set(names))
    for name, why in names.items():
        assert why in told[name]
    assert f"NOT READ: {next(iter(names))}" in story(found)


def test_a_folder_that_nobody_may_read_stands_in_the_headline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it holds may break again unseen."""
    corpus = tmp_path / "corpus"
    Corpus(corpus).keep(entry())

    def barred(_: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", barred)
    first, *_ = story(replayed_on(right(), corpus)).splitlines()
    assert f"but NOT READ, of {corpus}: {corpus}" in first


def test_golden_digests_that_cannot_be_read_are_named_where_none_are_left(tmp_path: Path) -> None:
    """Recording others would hide what became of them."""
    (tmp_path / "relu-golden.json").write_text("<<<<<<< ours", encoding="utf-8")
    with pytest.raises(UsageError, match=r"record some: gradproof record; NOT READ: relu-golden\.json: "):
        examine(right(), like="relu", laws=["golden digests"], corpus=tmp_path)


def test_what_cannot_be_written_is_in_the_report_and_the_run_goes_on(tmp_path: Path) -> None:
    """Every case is judged and the finding told."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    found = examine(wrong(), like="relu", cases=[OTHER, CASE], laws=["reference"], corpus=tmp_path / "file" / "corpus")
    assert (found.cases, found.wrong) == (2, True)
    assert "NOT KEPT: " in story(found)
