"""A plainer case must show the mistake that was found, not another one that breaks the same law."""

from __future__ import annotations

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

V = np.random.default_rng(0).normal(size=(3, 4))


def normed(v: Array, g: Array) -> tuple[Array, tuple[Array, Array, Array]]:
    """Rows of a length that is an argument."""
    length = np.linalg.norm(v, axis=1, keepdims=True)
    return v * (g[:, None] / length), (v.copy(), g.copy(), length)


def normed_back(dy: Array, saved: tuple[Array, Array, Array]) -> tuple[Array, Array]:
    """Divides by g, where the length belongs: where both are 0 that is no number at all."""
    v, g, length = saved
    dg = (dy * v).sum(1) / length[:, 0]
    return dy * (g[:, None] / length) - v * (dg[:, None] * g[:, None] / (length * g[:, None])), dg


@pytest.mark.long
@pytest.mark.usefixtures("every_variation")
def test_a_wrong_number_is_not_shrunk_to_none() -> None:
    """A division of 0 by 0 would tell of another mistake than the factor that is wrong everywhere."""
    found = examine((normed, normed_back), inputs=(V, np.linalg.norm(V, axis=1)), budget="1ms")
    assert found.wrong
    for finding in found.findings.values():
        worst = finding.shrunk_verdict.worst
        assert worst is not None
        assert np.isfinite([worst.got, worst.want]).all(), story(found)
