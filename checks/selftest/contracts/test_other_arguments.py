"""What laws share of other arguments stays what it is, whatever a subject does to what it is handed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks.families import families, family
from checks.invariants.other_numbers import others
from checks.invariants.results import Results
from checks.invariants.saved_state import SavedState
from checks.judge import verdicts
from checks.selftest.contracts.plant import Forward, cases, forward
from checks.types import Array, Arrays, Config
from checks.witness import Apart, Trial


def _writes(arrays: Arrays, right: Forward, config: Config) -> tuple[Array, Any]:
    result = right({name: value.copy() for name, value in arrays.items()}, config)
    for value in arrays.values():
        value[...] = 7
    return result


@pytest.mark.parametrize("name", families())
@pytest.mark.parametrize("kind", [Trial, Apart])
def test_a_subject_that_writes_to_its_arguments_spoils_none_of_the_next_law(name: str, kind: type[Trial]) -> None:
    """Each call is handed copies."""
    case = next(case for case in cases(name) if case.filled)
    trial = kind(forward(_writes)(family(name).reference), family(name), case)
    before = {name: np.array(value) for name, value in trial.shared(others).items()}
    for law in (Results(), SavedState()):
        assert verdicts(law, trial)
    assert all(np.array_equal(value, before[name]) for name, value in trial.shared(others).items())
