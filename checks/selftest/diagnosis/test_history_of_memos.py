"""A pair with a memo that finds too much again: laws whose own calls meet in it are no story of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks import examine, story
from checks.selftest.diagnosis import by_itself

MEMO = """
import numpy as np

from reference_impl import conv_backward, conv_forward

memo = {}


def forward(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    settings = (stride, padding, dilation, groups)
    y, saved = conv_forward(x, weight, bias, *settings)
    key = x.reshape(-1)[:2].tobytes(), x.shape, x.dtype.str, weight.shape, y.shape, str(settings)
    return y, (saved, memo.setdefault(key, saved))


def backward(dy, both):
    saved, found = both
    dx, _, dbias = conv_backward(dy, saved)
    return dx, conv_backward(dy, found)[1], dbias
"""

CASE = 'conv(x=(2,3,4), weight=(2,3,1), dy=(2,2,4); stride=1, padding=0, dilation=1, groups=1; data="integers", seed=1)'


def test_a_law_whose_calls_meet_in_a_memo_says_that_each_is_right_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The NaN that did not come is none of the story: x with it was taken for x without it."""
    monkeypatch.syspath_prepend(tmp_path)
    module = by_itself.written(MEMO, tmp_path, monkeypatch)
    found = examine((module.forward, module.backward), "conv1d", cases=[CASE], laws=["special values", "reference"])
    assert set(found.findings) == {"special values"}
    alone = found.findings["special values"].alone
    assert alone.startswith("in a new process each call on this case is right as a first call"), story(found)
    assert "those of this law spoil each other" in alone
