"""No statement of the repository computes a verdict and drops it; the finder is shown finding them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from checks.selftest.house import ROOT
from checks.selftest.house.discarded import discarded, faults
from checks.selftest.house.floors import modules

DROPPED = [
    "a == b",
    "not ok(a)",
    "close(a) and close(b)",
    "np.allclose(a, b)",
    "numpy.testing.np.array_equal(a, b)",
    "isinstance(a, int)",
    "(a == b).all()",
    "with pytest.raises(ValueError):\n    a == b",
]

USED = [
    "assert a == b",
    "np.testing.assert_allclose(a, b)",
    "ok = np.allclose(a, b)",
    "with pytest.raises(ValueError, match='x'):\n    np.allclose(a, b)",
    "'''a docstring'''",
]


@pytest.mark.long
def test_no_verdict_is_dropped() -> None:
    """Both packages, the tests and conftest.py use every verdict that they compute."""
    paths = [*modules(ROOT).values(), ROOT / "conftest.py"]
    assert faults(paths) == []


@pytest.mark.parametrize("source", DROPPED)
def test_a_dropped_verdict_is_found(source: str) -> None:
    """A comparison or a predicate alone on its line is found."""
    assert len(list(discarded(ast.parse(source)))) == 1


@pytest.mark.parametrize("source", USED)
def test_a_used_verdict_is_left_alone(source: str) -> None:
    """An assertion, an assignment or an expected exception uses the verdict."""
    assert list(discarded(ast.parse(source))) == []


def test_the_project_s_own_judging_functions_count_as_predicates(tmp_path: Path) -> None:
    """Dropping the answer of a function declared to return a Verdict is found, with file and line."""
    path = tmp_path / "module.py"
    path.write_text("def judge(claim) -> Verdict: ...\n\njudge(1)\n", encoding="utf-8")
    assert faults([path]) == [f"{path}:3 judge(1)"]
