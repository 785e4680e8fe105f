"""Eigenvectors have a free phase: PyTorch derives no function of it, which shows nothing of a layer."""

from __future__ import annotations

from typing import Any

import pytest

from checks import examine, story
from checks.errors import UsageError

torch = pytest.importorskip("torch")

MATRIX = torch.tensor([[1.0, 2.0, 0.5], [-1.0, 0.25, 3.0], [0.75, -2.0, -1.5]], dtype=torch.float64)


@pytest.mark.parametrize(
    "layer", [torch.linalg.eig, lambda a: torch.linalg.svd(a.to(torch.complex128)), lambda a: torch.linalg.eig(a)[1]]
)
def test_vectors_whose_phase_is_free_are_no_question_and_what_is_one_is_said(layer: Any) -> None:
    """With the words of PyTorch."""
    with pytest.raises(UsageError, match=r"depends on the phase .* e\^\{i phi\}.*examine\(lambda a: torch.linalg.eig"):
        examine(layer, inputs=(MATRIX,), budget="1s")


@pytest.mark.usefixtures("every_variation")
def test_a_function_of_them_that_does_not_depend_on_it_is_examined() -> None:
    """As right as it is, also where PyTorch takes the roundings of a dy beyond the range of float32 for a phase."""
    found = examine(lambda a: torch.linalg.eig(a)[1].abs(), inputs=(MATRIX,), budget="1s")
    assert found.compared, story(found)
    assert not found.wrong, story(found)


def test_a_backward_that_raises_for_another_reason_is_wrong() -> None:
    """Whatever it says of gradients."""

    class IllDefined(torch.autograd.Function):  # type: ignore[misc,name-defined]
        @staticmethod
        def forward(ctx: Any, a: Any) -> Any:
            """Twice a."""
            return 2 * a

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            """Has none."""
            raise RuntimeError("backward: the gradient is ill-defined")

    assert set(examine(IllDefined.apply, inputs=(MATRIX,), budget="1s").findings) == {"runs"}
