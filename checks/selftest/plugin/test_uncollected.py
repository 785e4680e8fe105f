"""Layers whose tests pytest passes over are named in the summary; those that are left out for now are not."""

from __future__ import annotations

import pytest

from checks.selftest.house import ROOT

pytest_plugins = ["pytester"]

#: Two layers, of which nobody would see that one is wrong.
HEAD = """
from checks import layer_tests

wrong, right = (lambda x: (x, x), lambda dy, x: 2 * dy), (lambda x: (x.clip(0), x), lambda dy, x: dy * (x > 0))
test_right = layer_tests(right, "relu")
"""
PASSED_OVER = {
    "another name": "check_wrong = layer_tests(wrong, 'relu')",
    "a list": "test_all = [layer_tests(wrong, 'relu')]",
    "another name in a class": "class TestIt:\n    wrong = layer_tests(wrong, 'relu')",
    "another class": "class Layers:\n    test_wrong = layer_tests(wrong, 'relu')",
    "no name": "layer_tests(wrong, 'relu')",
}
KEPT = """
made = layer_tests(right, "relu")
test_again = made
class Base:
    test_base = layer_tests(right, "relu")
class TestIt(Base):
    test_it = layer_tests(right, "relu")
for each in "ab":
    globals()[f"test_{each}"] = layer_tests(right, "relu")
"""
QUICK = ("-p", "no:cacheprovider", "-p", "checks.plugin", "--collect-only", "-W", "ignore", "-q")


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A user's folder."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return pytester


@pytest.mark.parametrize("way", PASSED_OVER)
def test_layers_that_are_passed_over_are_named(folder: pytest.Pytester, way: str) -> None:
    """By the line that asks for their tests, whatever is selected."""
    path = folder.makepyfile(test_it=f"{HEAD}\n{PASSED_OVER[way]}\n")
    (line,) = (
        number
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "layer_tests(wrong" in text
    )
    said = folder.runpytest_inprocess(*QUICK, "-k", "subsets").stdout.str()
    assert f"NOT COLLECTED, and so not tested: 1 layer of layer_tests in test_it.py:{line}; expected each under" in said


@pytest.mark.parametrize("which", ["test_it.py", "test_it.py::test_again", "test_it.py::TestIt::test_it"])
def test_those_that_are_collected_elsewhere_or_left_out_for_now_are_not(folder: pytest.Pytester, which: str) -> None:
    """Also under a second name, by a class that inherits them, and where one test is asked for alone."""
    folder.makepyfile(test_it=f"{HEAD}\n{KEPT}\n")
    said = folder.runpytest_inprocess(*QUICK, "-k", "subsets", which).stdout.str()
    assert "[subsets]" in said
    assert "NOT COLLECTED" not in said


def test_workers_hand_them_over(folder: pytest.Pytester) -> None:
    """With xdist they collect, and another process tells; each is told once."""
    pytest.importorskip("xdist")
    folder.makepyfile(test_it=f"{HEAD}\n{PASSED_OVER['a list']}\n")
    run = [option for option in QUICK if option != "--collect-only"]
    said = folder.runpytest_subprocess(*run, "-k", "nothing", "-n2").stdout.str()
    assert said.count("NOT COLLECTED, and so not tested: 1 layer of ") == 1
