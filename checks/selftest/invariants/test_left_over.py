"""What cancels inside of a backward excuses no more than rounding explains."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from checks import examine, story

X = torch.randn(4, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
CASE = "unclaimed(input=(4,2), weight=(2,), bias=(2,), dy=(4,2); ; "
CASE += 'dtype="float64", data="given", span=12, unit=1, seed={})'


class Bent(torch.nn.LayerNorm):
    """One whose backward is bent a little by dy."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:  # noqa: A002 - PyTorch's own name
        """Adds 0 to y, whose gradient is 1e-8 |dy|."""
        return _Bent.apply(super().forward(input))  # type: ignore[no-untyped-call, no-any-return]


class _Bent(torch.autograd.Function):
    @staticmethod
    def forward(_: Any, y: torch.Tensor) -> torch.Tensor:
        return y.clone()

    @staticmethod
    def backward(_: Any, *dy: torch.Tensor) -> torch.Tensor:
        return dy[0] + 1e-8 * dy[0].abs()


@pytest.mark.parametrize("seed", [5, 11, 15, 22])
def test_a_normalization_of_nearly_equal_numbers_is_linear(seed: int) -> None:
    """Terms a thousand times the gradient cancel by their difference: rounded anew it is as far off."""
    found = examine(torch.nn.LayerNorm(2).double(), inputs=(X,), cases=[CASE.format(seed)], laws=["linearity"])
    assert not found.wrong, story(found)


def test_a_normalization_that_is_not_linear_is_found_there() -> None:
    """By a hundred millionth of dy."""
    found = examine(Bent(2).double(), inputs=(X,), cases=[CASE.format(11)], laws=["linearity"])
    assert "linearity" in found.findings
