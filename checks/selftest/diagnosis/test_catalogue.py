"""Every known mistake is named first on a case that can tell it from others, and no near-miss is named after it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import numpy as np
import pytest

from checks.adapters import adapt
from checks.case import Case
from checks.diagnosis import Diagnosis, diagnose
from checks.diagnosis.difference import differences
from checks.families import family
from checks.mistakes import CATALOGUE
from checks.mistakes.mistake import Mistake, planted
from checks.selftest.mistakes.showing import all_showing
from checks.subject import Subject
from checks.types import Array
from checks.witness import Trial
from reference_impl import conv_backward, conv_forward

#: Cases that are tried: on the smallest ones several mistakes give the same numbers.
MOST_TRIED = 40


def layer(mistake: Mistake) -> str:
    """A family that can make the mistake, the one with most gradients first."""
    return "conv" if mistake.concerns(family("conv")) else mistake.families[0]


def diagnosis(subject: Subject, case: Case) -> Diagnosis:
    """The diagnosis of the first gradient that is wrong."""
    trial = Trial(subject, family(case.family), case)
    of = next(of for of, difference in differences(trial).items() if difference.wrong.any())
    return diagnose(trial, of)


def telling(mistake: Mistake) -> tuple[Case, Diagnosis] | None:
    """The first case on which a mistake is named first, with its diagnosis."""
    subject = planted(mistake, family(layer(mistake)).reference)
    for case in islice(all_showing(mistake, layer(mistake)), MOST_TRIED):
        found = diagnosis(subject, case)
        if found.matches and found.matches[0].mistake is mistake:
            return case, found
    return None


def nearly(subject: Subject) -> Subject:
    """The subject with the largest entry of each gradient wrong by a thousandth of itself, or by one."""

    def backward(dy: Array, saved: object) -> Mapping[str, Array]:
        return {name: _bent(value) for name, value in subject.backward(dy, saved).items()}

    return Subject(subject.name, subject.forward, backward)


def _bent(gradient: Array) -> Array:
    bent = np.array(gradient, order="C")
    if bent.size:
        flat = bent.reshape(-1)
        place = int(np.argmax(np.abs(flat)))
        flat[place] = flat[place] * 1.125 if flat[place] else 1
    return bent


@pytest.mark.sweep("known mistakes to be named", 5)
@pytest.mark.parametrize("mistake", CATALOGUE, ids=lambda mistake: mistake.name)
def test_a_planted_mistake_is_named_first_and_a_near_miss_is_not(mistake: Mistake) -> None:
    """Its sentence heads the diagnosis; the same gradients with one entry of each off by an eighth have none."""
    found = telling(mistake)
    assert found is not None
    case, said = found
    where = mistake.where_for(family(case.family))
    assert f"what a backward gives that {mistake.does}; see {where}" in said.headline
    subject = nearly(planted(mistake, family(layer(mistake)).reference))
    assert mistake not in [match.mistake for match in diagnosis(subject, case).matches]


def test_a_known_mistake_explains_every_case_on_which_the_law_broke() -> None:
    """On one channel and one column a column that is left out is a channel that is left out; on more it is not."""

    def backward(dy: Any, saved: Any) -> Any:
        dx, dweight, dbias = conv_backward(dy, saved)
        return np.where(np.arange(dx.shape[-1]) > 0, dx, 0), dweight, dbias

    conv = family("conv")
    subject = adapt((conv_forward, backward), conv.arguments)
    config = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
    one, more = (
        conv.case_of({"x": (2, 1, n), "weight": (2, 1, 1), **bias}, config, "float64", "integers", 0)
        for n, bias in ((1, {"bias": (2,)}), (3, {}))
    )
    assert "leaves out the last input channel" in diagnose(Trial(subject, conv, one), "dx").headline
    assert "leaves out the last input channel" not in diagnose(Trial(subject, conv, one), "dx", others=[more]).headline
