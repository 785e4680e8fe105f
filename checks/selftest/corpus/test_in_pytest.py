"""The corpus in pytest: of a plain run, by items, by the fixture, and where its folder comes from."""

from __future__ import annotations

import re

import pytest

from checks.corpus.store import Corpus
from checks.examination import WITNESSES
from checks.selftest.corpus.entries import CASE, entry
from checks.selftest.house import ROOT

pytest_plugins = ["pytester"]

TESTS = """
from checks import layer_tests
from checks.selftest.corpus.entries import wrong

test_it = layer_tests(wrong(), like="relu")

def test_function(verify_layer):
    verify_layer(wrong(), like="relu", laws=["reference"], budget="1ms")
"""


def there(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's folder with a conftest that asks for the plugin, and one test file."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest('pytest_plugins = ["checks.plugin"]')
    pytester.makepyfile(test_layers=TESTS)


def said(pytester: pytest.Pytester, some: str) -> str:
    """What pytest printed there of some items."""
    quick = ("-p", "no:cacheprovider", "--gradproof-budget=20ms", "-W", "ignore", "-rs")
    return pytester.runpytest_inprocess(*quick, "-k", some).stdout.str()


def test_a_plain_run_of_pytest_litters_nothing(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder is made, and nothing is said of one."""
    there(pytester, monkeypatch)
    assert "corpus" not in said(pytester, "reference").partition("= gradproof =")[2]
    assert not (pytester.path / "gradproof-corpus").exists()


def test_pytest_replays_and_keeps_where_the_folder_exists(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By items and by the fixture; the summary says what became of it, and names what was skipped."""
    there(pytester, monkeypatch)
    corpus = Corpus(pytester.path / "gradproof-corpus")
    corpus.keep(entry(subject="mine", fixed="2024-05-06T07:08:09+00:00"))
    corpus.keep(entry(subject="theirs", case=CASE.but(seed=2)))
    (corpus.folder / "bad.json").write_text("{}", encoding="utf-8")
    text = said(pytester, "reference or golden or function").partition("= gradproof =")[2]
    assert "REGRESSION: relu-reference-" in text
    assert "found elsewhere: relu-reference-" in text
    assert "NOT READ: bad.json: not a file of gradproof" in text
    assert re.search(r"NOT READ, and so not replayed, of .*: bad.json", text)
    assert "no golden digests are recorded that this layer takes" in text
    assert [stored.entry.fixed for stored in corpus.contents().counterexamples] == [None, None]


RIGHT = """
from checks import layer_tests
from reference_impl import relu_backward, relu_forward

test_it = layer_tests((relu_forward, relu_backward), like="relu")

def test_function(verify_layer):
    verify_layer((relu_forward, relu_backward), like="relu", laws=["reference"], budget="1ms")
"""


def test_a_file_that_cannot_be_read_fails_one_item_of_a_right_layer_in_pytest(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that did not run is no green one; one item is enough."""
    there(pytester, monkeypatch)
    pytester.makepyfile(test_layers=RIGHT)
    pytester.mkdir("gradproof-corpus").joinpath("bad.json").write_text("{}", encoding="utf-8")
    quick = ("-p", "no:cacheprovider", "--gradproof-budget=20ms", "-W", "ignore", "-rf")
    outcome = pytester.runpytest_inprocess(*quick, "-k", "reference or textbook or function")
    outcome.assert_outcomes(failed=2, passed=1, deselected=len(WITNESSES) - 2)
    outcome.stdout.fnmatch_lines(["NOT READ, of *gradproof-corpus, and so not replayed: bad.json: not a file of *"])
    outcome.stdout.fnmatch_lines(["FAILED test_layers.py::test_it[[]reference]*"])


@pytest.mark.long
def test_the_folder_comes_from_an_option_a_setting_or_its_being_there(pytester: pytest.Pytester) -> None:
    """In this order; nowhere else does pytest read or write anything."""

    def folder(*options: str) -> object:
        return pytester.parseconfigure("-p", "checks.plugin", *options).option.gradproof_corpus

    assert folder() is None
    pytester.mkdir("gradproof-corpus")
    assert folder() == str(pytester.path / "gradproof-corpus")
    pytester.makeini("[pytest]\ngradproof_corpus = ours")
    assert folder() == str(pytester.path / "ours")
    assert folder("--gradproof-corpus", "theirs") == "theirs"
