"""Where what came and what must be are too far apart, whatever formats they are of."""

from __future__ import annotations

import numpy as np

from checks.diagnosis.difference import Difference


def test_complex_results_can_be_told_from_real_ones() -> None:
    """A layer that mixes up its calls may give what another one was asked for."""
    got = np.array([1 + 0j, 2 + 1j], np.clongdouble)
    found = Difference("dx", got, np.array([1.0, 2.0]), np.zeros(2))
    assert found.wrong.tolist() == [False, True]
