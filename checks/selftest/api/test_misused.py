"""What is no case, no name of a law and no limit is refused by its value, before any work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from checks import Isolation, UsageError, adapt, conv_cases, examine, geometries, pool_cases, story
from reference_impl import relu_backward, relu_forward


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"cases": [3]}, r"cases=\[3\] is of list; expected a list of cases or of their texts"),
        ({"laws": [None]}, r"laws=\[None\] is of list; expected names of laws"),
        ({"laws": [3]}, r"laws=\[3\] is of list; expected names of laws"),
        ({"deny": [None]}, r"deny=\[None\] is of list; expected names of laws"),
    ],
)
def test_lists_of_something_else_are_refused(asked: dict[str, Any], told: str) -> None:
    """Not by an error of whatever is asked of them."""
    with pytest.raises(UsageError, match=told):
        examine((relu_forward, relu_backward), "relu", **asked)


@pytest.mark.parametrize("limits", [{"seconds": "5"}, {"memory": "1GB"}, {"memory": 1}, {"memory": -1}])
def test_limits_under_which_no_process_could_work_are_refused(limits: dict[str, Any]) -> None:
    """A right layer would be called wrong: it runs out of what nobody can do without."""
    with pytest.raises(UsageError, match=r"expected seconds above 0, and bytes of memory, 402,653,184 or more"):
        Isolation(**limits)


class Unshown:
    """Cannot be made a text."""

    def __repr__(self) -> str:
        raise RuntimeError("no text")


PAIR = (relu_forward, relu_backward)
MISUSED: dict[str, tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], str]] = {
    "no examination": (story, (None,), {}, r"^story\(None\) is of NoneType; expected an examination, such as story\("),
    "a number": (story, (3,), {}, r"^story\(3\) is of int; expected an examination"),
    "an odd layer": (story, (Unshown(),), {}, r"^story\(<Unshown .*\) is of Unshown; expected an examination"),
    "no name": (geometries, (3,), {}, r"^like=3 is of int; expected the name of a family: .*conv"),
    "no names": (adapt, (PAIR, 1), {}, r"^arguments=1 is of int; expected the names of"),
    "one name": (adapt, (PAIR, "x"), {}, r"^arguments='x' is of str; expected the names of"),
    "no axes": (conv_cases, (), {"axes": 0}, r"^the limits of these cases have axes=0; expected whole numbers from 1"),
    "no limit": (pool_cases, (), {"axe": 2}, r"^the limits of these cases have 'axe', .* did you mean axes\?"),
    "too much": (conv_cases, (), {"axes": 9}, r"^these limits take no case of conv: "),
}


@pytest.mark.parametrize("way", MISUSED)
def test_what_cannot_be_told_drawn_or_adapted_is_refused_by_its_value(way: str) -> None:
    """And nobody speaks of arguments that were not given."""
    misused, given, named, told = MISUSED[way]
    with pytest.raises(UsageError, match=told):
        misused(*given, **named)


def test_names_in_a_list_are_as_good_as_in_a_tuple() -> None:
    """Nothing is refused that can be understood."""
    names: Any = ["x"]
    found = examine(adapt(PAIR, names), "relu", laws=["adjoint"], budget="1ms")
    assert story(found).startswith("relu_forward as relu: right by adjoint")
