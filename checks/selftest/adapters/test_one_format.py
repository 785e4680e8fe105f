"""Examples of several formats are examined in the widest of them, and a note says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import UsageError, examine, story
from checks.adapters.one_format import in_one_format
from checks.types import Array

QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}

RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(3, 4)), RNG.normal(size=4)


def scaled(x: Any, w: Any) -> tuple[Any, Any]:
    """Rows times a weight for each column."""
    return x * w, (x, w)


def back(dy: Any, saved: Any) -> tuple[Any, Any]:
    """Of both."""
    x, w = saved
    return dy * w, (dy * x).sum(0)


def without_sum(dy: Any, saved: Any) -> tuple[Any, Any]:
    """The last row of x alone counts for w."""
    x, w = saved
    return dy * w, (dy * x)[-1]


def in_torch(dtype: torch.dtype, array: Array) -> Any:
    """A tensor of these numbers."""
    return torch.from_numpy(array).to(dtype)


MIXED = {
    "float32": (in_torch(torch.bfloat16, X), in_torch(torch.float32, W)),
    "float64": (X.astype(np.float32), W),
}


@pytest.mark.parametrize("dtype", MIXED)
@pytest.mark.parametrize(("backward", "wrong"), [(back, False), (without_sum, True)])
def test_mixed_examples_are_examined_in_the_widest_format(dtype: str, backward: Any, wrong: bool) -> None:
    """Of PyTorch's and of NumPy's arrays; a wrong backward is wrong there."""
    found = examine((scaled, backward), inputs=MIXED[dtype], **QUICK)
    assert bool(found.wrong) is wrong, story(found)
    assert {case.dtype for case in found.judged} == {dtype}
    (said,) = (note for note in found.notes if note.startswith("inputs of"))
    assert f"all are examined in {dtype}" in said


def test_both_kinds_of_half_precision_meet_in_float32_and_whole_numbers_stay() -> None:
    """A number that is no array stays, too, whatever its format."""
    given = {"x": in_torch(torch.bfloat16, X), "y": [in_torch(torch.float16, W), np.arange(3)], "eps": np.float64(1e-3)}
    found, said = in_one_format(given)
    assert (found["x"].dtype, found["y"][0].dtype, found["y"][1].dtype.kind) == (torch.float32, torch.float32, "i")
    assert found["eps"] == given["eps"]
    assert "bfloat16 and of float16" in said


def test_what_a_strategy_draws_in_several_formats_is_refused() -> None:
    """Its examples are drawn anew for each case."""
    from hypothesis import strategies as st

    with pytest.raises(UsageError, match="expected arrays of one format"):
        examine((scaled, back), inputs=st.sampled_from([MIXED["float64"]]), **QUICK)
