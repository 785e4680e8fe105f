"""What is no case, no name of a law and no limit is refused by its value, before any work."""

from __future__ import annotations

from typing import Any

import pytest

from checks import Isolation, UsageError, examine
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
