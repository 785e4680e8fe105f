"""What the caller has set around the question changes no answer: gradients that are off, errors that NumPy raises."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import numpy as np
import pytest
import torch

from checks import examine, story
from reference_impl import relu_backward, relu_forward

AROUND = {
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "another device": lambda: torch.device("meta"),
    "errors raised": lambda: np.errstate(all="raise"),
}


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("layer", [(relu_forward, relu_backward), torch.nn.ReLU()], ids=["NumPy", "PyTorch"])
@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_a_right_layer_is_right_whatever_is_set_around_the_question(
    around: Callable[[], AbstractContextManager[object]], layer: object
) -> None:
    """An evaluation block, a test suite in which NumPy raises; afterwards it is as the caller had it."""
    with around():
        before = torch.is_grad_enabled(), torch.is_inference_mode_enabled(), np.geterr()
        found = examine(layer, "relu", budget="0.2s")
        assert before == (torch.is_grad_enabled(), torch.is_inference_mode_enabled(), np.geterr())
    assert not found.wrong
    assert found.compared


@pytest.mark.parametrize(("on", "told"), [(True, True), (False, False)])
def test_a_note_says_that_autocast_is_on_around_the_question(*, on: bool, told: bool) -> None:
    """It is the caller's wish, so that the layer computes under it; alone "it computes in bfloat16" would puzzle."""
    with torch.autocast("cpu", enabled=on):
        found = examine(torch.nn.ReLU(), "relu", budget="0.1s")
    assert ("PyTorch's autocast (cpu) is on where this was asked" in story(found)) is told
