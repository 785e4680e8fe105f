"""Where a layer that works on each entry alone is wrong at one number of x, that number is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.case import Case
from checks.diagnosis.at_values import at_values
from checks.diagnosis.difference import Difference, differences
from checks.families import family
from checks.subject import Subject
from checks.witness import Trial

RELU = family("relu")


def forgetting(*numbers: float) -> Subject:
    """ReLU without a gradient where x is one of some numbers."""

    def backward(dy: Any, x: Any) -> Any:
        return {"dx": np.where((x > 0) & ~np.isin(x, numbers), dy, 0)}

    return Subject("relu", lambda arrays, _: (np.maximum(arrays["x"], 0), arrays["x"]), backward)


def wrong_on(subject: Subject, *x: float) -> tuple[Difference, Case]:
    """Its dx for ones, and the case."""
    shape = (1, 1, len(x))
    case = RELU.case_of({"x": shape}, {"at_zero": 0.0}, "float64", "distinct", 0)
    case = case.but(values={"x": (((*x,),),), "dy": (((*(1.0 for _ in x),),),)})
    return differences(Trial(subject, RELU, case))["dx"], case


def test_one_number_at_which_all_is_wrong_explains_it() -> None:
    """On the case and on another."""
    subject = forgetting(255.0)
    told = at_values(*wrong_on(subject, 1.0, 255.0, -3.0), [wrong_on(subject, 255.0)])
    assert told == "x is 255 at every wrong element, and at no right one"


def test_one_wrong_element_alone_explains_nothing() -> None:
    """Every element has some number."""
    assert not at_values(*wrong_on(forgetting(255.0), 1.0, 255.0), [])


def test_many_numbers_are_not_told() -> None:
    """As where all are wrong."""
    numbers = (1.0, 2.0, 3.0, 4.0)
    assert not at_values(*wrong_on(forgetting(*numbers), *numbers), [wrong_on(forgetting(*numbers), *numbers)])


@pytest.mark.long
def test_a_number_comes_before_what_cases_have_in_common_by_chance() -> None:
    """The story names it, and no format or length beside it."""

    def backward(dy: Any, x: Any) -> Any:
        return np.where((x > 0) & (x != 255), dy, 0)

    said = story(examine((lambda x: (np.maximum(x, 0), x), backward), like="relu", budget=6))
    assert "x is 255 at every wrong element" in said
    assert "every wrong case has" not in said
