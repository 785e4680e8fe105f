"""What a layer does to its process on an example that was moved outwards: nobody said that it is right there."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np
import pytest

from checks import Isolation, examine, story
from checks.examination import Examination
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

#: Its numbers stand up to 24 from 0 where they are moved outwards; steps for derivatives do not come near that.
X = np.array([1.0, 2.0, -3.0])
FAR = 10.0


def squared(x: Array) -> tuple[Array, Array]:
    """Keeps a copy."""
    return x * x, x.copy()


def leaving(x: Array) -> tuple[Array, Array]:
    """A forward that ends its process far out."""
    if FAR < np.max(np.abs(x)) < np.inf:
        os._exit(3)
    return squared(x)


def back(dy: Array, x: Array) -> Array:
    """Right."""
    return 2 * x * dy


def leaving_back(dy: Array, x: Array) -> Array:
    """The same, and ends its process far out."""
    return back(dy, leaving(x)[1])


def hanging_back(dy: Array, x: Array) -> Array:
    """The same, and never answers far out."""
    if FAR < np.max(np.abs(x)) < np.inf:
        time.sleep(1000)
    return back(dy, x)


def asked(layer: Any) -> Examination:
    """By few laws, in a process of its own."""
    return examine(
        layer, inputs=(X,), budget="1ms", laws=["adjoint", "repeatable"], isolate=Isolation(seconds=1, opening=60)
    )


@pytest.mark.long
@pytest.mark.parametrize(("backward", "law"), [(leaving_back, "runs"), (hanging_back, "hangs")])
def test_a_backward_that_ends_or_never_answers_far_out_is_a_hazard(backward: Any, law: str) -> None:
    """As one that raises there is; the hazard says where."""
    found = asked((squared, backward))
    assert not found.wrong, story(found)
    assert set(found.hazards) == {law}
    assert "with the example moved outwards" in found.hazards[law].verdict.why


def test_a_forward_that_ends_far_out_is_examined_on_the_example_as_it_was_given() -> None:
    """It is not varied, and a note says why."""
    found = asked((leaving, back))
    assert not found.wrong, story(found)
    assert "note: it was not found out what else the layer takes: the process ended by itself" in story(found)
    assert {case.span for case in found.judged} == {1}
