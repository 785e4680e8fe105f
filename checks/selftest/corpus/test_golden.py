"""Golden digests: exact, the same everywhere, and enough to say where a result is wrong without knowing a right one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reference_impl
from checks.api import examine
from checks.case import Case
from checks.claim import Verdict
from checks.corpus.keys import key_cases
from checks.corpus.recording import Recording, record
from checks.corpus.store import Corpus
from checks.digest import Recorded, digest
from checks.errors import UsageError
from checks.examination import Examination
from checks.families import family
from checks.family import Family
from checks.judge import verdicts
from checks.opening import opened
from checks.oracles.golden import GoldenDigests
from checks.report.story import story
from checks.scope.limits import Limits
from checks.selftest.spoil import case_of, spoiled
from checks.subject import Subject
from checks.types import Array
from checks.witness import Trial

CASE = case_of("conv")


def store(folder: Path, case: Case = CASE, subject: Subject | None = None) -> Recording:
    """Record one case of a family's reference, or of another subject."""
    sheet = family(case.family)
    examination = Examination(subject or sheet.reference, sheet)
    (recording,) = record(examination, Limits(sheet, {}), Corpus(folder), "me", [case])
    return recording


def known(folder: Path) -> Recorded:
    """The only digests there."""
    (stored,) = Corpus(folder).contents().golden
    return stored.entry.recorded


def heard(recorded: Recorded, subject: Subject, sheet: Family | None = None) -> list[Verdict]:
    """What the digests say of a subject."""
    case = recorded.case.but()
    return verdicts(GoldenDigests([recorded]), Trial(subject, sheet or family(case.family), case))


def of_dx(folder: Path, change: Callable[[Array], Any]) -> Verdict:
    """What recorded digests say of a layer whose dx is changed, beside that everything else is right."""
    found = heard(known(folder), spoiled("conv", lambda found: found | {"dx": change(found["dx"].copy())}))
    (wrong,) = [verdict for verdict in found if verdict.status != "right"]
    assert wrong.status == "wrong"
    return wrong


def put(index: Any, value: float) -> Callable[[Array], Array]:
    """A change of some entries."""

    def change(array: Array) -> Array:
        array[index] = value
        return array

    return change


def test_a_digest_knows_integers_and_shapes_not_formats() -> None:
    """Formats, orders and signs of zero make no difference; a shape, a number and a fraction do."""
    a = np.arange(-3.0, 3.0).reshape(2, 3)
    same = [
        a.astype("float32"),
        a.astype("float16"),
        a.astype("longdouble"),
        np.asfortranarray(a),
        -np.where(a == 0, 0, -a),
    ]
    assert {digest(each) for each in same} == {digest(a)}
    assert len({digest(a), digest(a.reshape(3, 2)), digest(a + 1), digest(a + 0j)}) == 4
    for bad in (a + 0.5, a * np.nan, a + np.inf, a + 2.0**60):
        assert digest(bad) is None


@pytest.mark.parametrize("value", [1000.0, 0.5, np.nan, np.inf, 1e-9])
def test_a_single_wrong_entry_is_named_with_what_it_must_be(tmp_path: Path, value: float) -> None:
    """Whole or not, finite or not: the sums give it back, the hash proves it."""
    store(tmp_path)
    right = family("conv").reference.vjp(known(tmp_path).case).gradients["dx"][1, 2, 3, 1]
    wrong = of_dx(tmp_path, put((1, 2, 3, 1), value))
    assert wrong.worst is not None
    assert (wrong.wrong, wrong.worst.index, wrong.worst.want) == (1, (1, 2, 3, 1), right)
    assert "sha256 is" in wrong.why
    assert "with this mended it is the same" in wrong.why


def test_a_wrong_line_is_named_entry_by_entry(tmp_path: Path) -> None:
    """All entries of one row of one plane."""
    store(tmp_path)
    assert of_dx(tmp_path, put((0, 1, 2), 500.0)).wrong == 4


def test_scattered_errors_are_located_by_the_sums(tmp_path: Path) -> None:
    """The samples, channels, rows and columns in which something is wrong."""
    store(tmp_path)
    wrong = of_dx(tmp_path, put(([0, 1], [0, 2], [1, 4], [3, 3]), 500.0))
    assert wrong.of == "sums of dx"
    assert "the sums differ in samples 0, 1; channels 0, 2; rows 1, 4; columns 3" in wrong.why


def test_exchanged_entries_are_found_where_no_sum_differs(tmp_path: Path) -> None:
    """Four entries, exchanged so that each row and column keeps its sum."""
    store(tmp_path)

    def change(dx: Array) -> Array:
        dx[0, 0, :2, :2] += [[1, -1], [-1, 1]]
        return dx

    assert "the sums along every axis agree" in of_dx(tmp_path, change).why


def test_neither_reference_nor_second_source_need_be_there(tmp_path: Path) -> None:
    """A family whose sources all raise: digests judge right and wrong layers all the same."""
    store(tmp_path)

    def absent(*_: object) -> Any:
        raise UsageError("there is no reference here")

    words = {"reference": property(absent), "textbook": absent, "torch_twin": absent, "mass": absent}
    sheet = type("Bare", (type(family("conv")),), words)()
    right = family("conv").reference
    assert {verdict.status for verdict in heard(known(tmp_path), right, sheet)} == {"right"}
    examination = Examination(spoiled("conv", lambda found: found | {"dx": -found["dx"]}), sheet)
    examination.judge(known(tmp_path).case, (GoldenDigests([known(tmp_path)]),))
    assert set(examination.findings) == {"golden digests"}


def test_the_law_can_be_asked_alone(tmp_path: Path) -> None:
    """Nothing else is judged then; where nothing was recorded, how to record is said."""
    store(tmp_path)
    asked: dict[str, Any] = {"like": "conv", "laws": ["golden digests"], "corpus": tmp_path}
    found = examine(family("conv").reference, **asked)
    assert ({case.dtype for case in found.judged}, set(found.tallies)) == ({"float32", "float64"}, {"golden digests"})
    assert "0 counterexamples and 2 golden cases" in story(found)
    with pytest.raises(UsageError, match="holds no golden digests of relu that the subject takes; record some"):
        examine(family("relu").reference, **{**asked, "like": "relu"})
    with pytest.raises(UsageError, match="no corpus; expected its folder, such as corpus='gradproof-corpus'"):
        examine(family("conv").reference, like="conv", laws=["golden digests"])


def test_a_digest_that_was_broken_is_asked_again_and_settled(tmp_path: Path) -> None:
    """As any other counterexample: still broken by the wrong port, fixed by the repaired one."""
    store(tmp_path)
    asked: dict[str, Any] = {"budget": "1ms", "corpus": Corpus(tmp_path, "port"), "laws": ["golden digests"]}
    right = reference_impl.conv_forward, reference_impl.conv_backward
    wrong = right[0], lambda dy, saved: tuple(2 * np.asarray(value) for value in right[1](dy, saved))
    assert examine(wrong, "conv2d", **asked).replayed.kept
    assert examine(wrong, "conv2d", **asked).replayed.files("broken")
    assert examine(right, "conv2d", **asked).replayed.files("fixed")


def test_quotients_by_a_rounded_reciprocal_have_the_same_digest(tmp_path: Path) -> None:
    """49 * (1/49) is not 1 in floating point; a right layer may compute it so."""
    case = family("avg_pool").case_of({"x": (2, 3, 14, 14)}, {"kernel_size": 7}, "float64", "integers", 0)
    assert store(tmp_path, case).new
    nearly = spoiled("avg_pool", lambda found: {"dx": np.nextafter(found["dx"], 0)})
    assert {verdict.status for verdict in heard(known(tmp_path), nearly)} == {"right"}
    off = spoiled("avg_pool", lambda found: {"dx": found["dx"] * (1 + 1e-9)})
    assert "wrong" in {verdict.status for verdict in heard(known(tmp_path), off)}


def test_other_numbers_from_the_same_seed_are_noticed(tmp_path: Path) -> None:
    """Another generator is no wrong layer."""
    store(tmp_path)
    other = replace(known(tmp_path), inputs={**known(tmp_path).inputs, "x": "0"})
    (why,) = {verdict.why for verdict in heard(other, family("conv").reference) if verdict.status == "blind"}
    assert why.startswith("x: NumPy draws other numbers from this seed")


def test_a_transform_has_no_digest(tmp_path: Path) -> None:
    """It rounds integers; that is declared, not wrong."""
    store(tmp_path)
    declared = replace(family("conv").reference, arithmetic="transform")
    assert {verdict.status for verdict in heard(known(tmp_path), declared)} == {"blind"}


THIRDS = family("avg_pool").case_of({"x": (2, 3, 3, 3)}, {"kernel_size": 3}, "float64", "integers", 0).but(unit=1)
REFUSED = {
    "real numbers": (case_of("conv", kind=1), None, "its numbers are no integers (data='normal')"),
    "long sums": (CASE.but(span=10**9), None, "its sums go up to"),
    "no quotients": (THIRDS, None, "holds numbers that are no integers"),
    "wrong": (CASE, spoiled("conv", lambda found: found | {"dx": -found["dx"]}), "is wrong there: reference: dx"),
    "raises": (CASE, spoiled("conv", lambda found: found["nothing"]), "backward raised KeyError"),
}


@pytest.mark.parametrize(("case", "subject", "why"), REFUSED.values(), ids=REFUSED)
def test_what_would_not_be_the_same_everywhere_is_refused(
    tmp_path: Path, case: Case, subject: Subject | None, why: str
) -> None:
    """With the reason, and no file."""
    refused = store(tmp_path, case, subject)
    assert why in refused.refused
    assert Corpus(tmp_path).contents().golden == ()


def test_a_digest_is_not_written_over_by_another(tmp_path: Path) -> None:
    """The same again is known; another one is wrong by the digest that is there."""
    assert store(tmp_path).new
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert not store(tmp_path).new
    (path,) = before
    path.write_bytes(before[path].replace(known(tmp_path).results["dx"].sha256.encode(), b"0" * 64))
    assert "is wrong there: golden digests: dx" in store(tmp_path).refused


@pytest.mark.parametrize("name", ["conv", "relu"])
def test_key_configurations_meet_what_the_subject_takes(name: str) -> None:
    """A dozen at most, none empty, all exact; within the limits of the subject."""
    sheet = family(name)
    every = key_cases(sheet.reference, Limits(sheet, {}))
    assert len(every) == 12
    assert all(case.parts and case.inputs["x"].size for case in every)
    examination, limits = opened(sheet.reference, name, {"dtype": "float32", "axes": 1}, None)
    some = key_cases(examination.subject, limits)
    assert some
    assert {(case.dtype, case.dy.ndim) for case in some} == {("float32", 3)}


@pytest.mark.parametrize("threshold", [1.0, 0.5, 0.1, 0.02])
def test_a_threshold_between_0_and_1_is_met(tmp_path: Path, threshold: float) -> None:
    """Integers alone would not cross it; a right layer has the same digests in every format."""
    sheet = family("relu")
    every = key_cases(sheet.reference, Limits(sheet, {}))
    list(record(Examination(sheet.reference, sheet), Limits(sheet, {}), Corpus(tmp_path), "me", every))
    asked: dict[str, Any] = {"like": "relu", "laws": ["golden digests"], "corpus": tmp_path}
    right = examine(sheet.reference, **asked)
    assert (right.wrong, {case.dtype for case in right.judged}) == (False, {"float16", "float32", "float64"})
    found = examine((lambda x: (np.maximum(x, 0), x), lambda dy, x: dy * (x >= threshold)), **asked)
    verdict = found.findings["golden digests"].verdict
    assert verdict.of in {"dx", "sums of dx"}


def test_a_wrong_fraction_is_named_as_it_is(tmp_path: Path) -> None:
    """Not in the parts that are hashed."""
    case = family("relu").case_of({"x": (2, 3, 4)}, {"at_zero": 0.0}, "float16", "fractions", 1)
    store(tmp_path, case)
    right = family("relu").reference.vjp(known(tmp_path).case).gradients["dx"][1, 2, 3]
    subject = spoiled("relu", lambda found: {"dx": put((1, 2, 3), right + 0.75)(found["dx"])})
    (wrong,) = [verdict for verdict in heard(known(tmp_path), subject) if verdict.status == "wrong"]
    assert wrong.worst is not None
    assert (wrong.worst.index, wrong.worst.got, wrong.worst.want) == ((1, 2, 3), right + 0.75, right)


def test_digests_of_integers_stay_what_they_were() -> None:
    """A file that was recorded before fractions were is read as it was meant."""
    case = family("relu").case_of({"x": (1, 16, 1, 4)}, {"at_zero": 0.0}, "float64", "distinct", 4280554940)
    found = digest(family("relu").reference.vjp(case.but(span=22, unit=16)).y)
    assert found is not None
    assert found.sha256 == "327495ecee553777b9c0532319e7fbe36df29f89b3981a607e592283786f2775"
