"""A layer whose tests lose their name to others is an error at collection: nothing would say that it is not tested."""

from __future__ import annotations

import pytest

from checks.bound_twice import bound_twice

pytest_plugins = ["pytester"]

#: Layers of which some are wrong, and no reader would know.
HEAD = """
import sys
from checks import layer_tests
import checks

wrong, right = (lambda x: (x, x), lambda dy, x: 2 * dy), (lambda x: (x.clip(0), x), lambda dy, x: dy * (x > 0))
"""

LOST = {
    "to another layer": ("test_relu = layer_tests(wrong, 'relu')\ntest_relu = layer_tests(right, 'relu')\n", 8, 9),
    "to a function": ("test_relu = checks.layer_tests(wrong, 'relu')\n\n\ndef test_relu(): pass\n", 8, 11),
    "in a class": (
        "class TestRelu:\n    test_it = layer_tests(wrong, 'relu')\n    test_it: object = layer_tests(right, 'relu')\n",
        9,
        10,
    ),
}

#: What is no mistake.
KEPT = """
test_one = layer_tests(right, "relu")
test_other = layer_tests(right, "relu")
shared = right
shared = wrong
if sys.platform:
    test_branch = layer_tests(right, "relu")
else:
    test_branch = layer_tests(wrong, "relu")


class TestRelu:
    test_one = layer_tests(right, "relu")
"""


@pytest.mark.parametrize("way", LOST)
def test_a_layer_whose_tests_lose_their_name_is_an_error_that_names_both_lines(
    pytester: pytest.Pytester, way: str
) -> None:
    """And nothing else of the file runs as if all were well."""
    text, first, second = LOST[way]
    path = pytester.makepyfile(test_lost=f"{HEAD}\n{text}")
    shift = path.read_text(encoding="utf-8").splitlines().index("import sys") - 1
    said = pytester.runpytest("-p", "checks.plugin", "-p", "no:cacheprovider", "--collect-only", "-q")
    assert said.ret == pytest.ExitCode.INTERRUPTED
    (told,) = [line for line in said.outlines if "is bound in line" in line]
    assert f"in line {first + shift} and again in line {second + shift} of test_lost.py" in told


def test_names_of_their_own_in_branches_and_in_classes_are_no_mistake(pytester: pytest.Pytester) -> None:
    """Nor what is no layer's."""
    path = pytester.makepyfile(test_kept=HEAD + KEPT)
    assert bound_twice(path) == {}
    said = pytester.runpytest("-p", "checks.plugin", "-p", "no:cacheprovider", "--collect-only", "-q", "-k", "adjoint")
    assert said.ret == 0
    assert len([line for line in said.outlines if line.endswith("[adjoint]")]) == 4
