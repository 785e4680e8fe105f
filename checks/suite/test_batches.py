"""No samples, one sample, many samples."""

from __future__ import annotations

import numpy as np
import pytest

from checks.case import Case
from checks.families.geometric import GeometricFamily
from checks.strategies.geometry import Axis
from checks.suite.layers import SHEETS, layer
from checks.suite.verdicts import examine

AXES = (Axis(4, 3, before=1, after=1), Axis(5, 2, before=1, after=1))


def _case(sheet: GeometricFamily, batch: int, seed: int = 0) -> Case:
    return layer(sheet, AXES, batch=batch, seed=seed)


@SHEETS
@pytest.mark.parametrize("batch", [0, 1, 2, 9])
def test_every_batch_size_passes_every_witness(sheet: GeometricFamily, batch: int) -> None:
    """An empty batch has an empty y; nothing else is special about it."""
    assert examine(_case(sheet, batch), sheet) >= (0 if batch == 0 else 1)


@SHEETS
def test_no_samples_give_zero_gradients_of_the_right_shape(sheet: GeometricFamily) -> None:
    """The sum over nothing is zero, in the shape of the argument."""
    case = _case(sheet, 0)
    assert set(case.arguments) == set(sheet.arguments)
    for word in case.arguments:
        gradient = sheet.reference.vjp(case).gradients[f"d{word}"]
        assert gradient.shape == case.shapes[word]
        assert not np.any(gradient)


@SHEETS
def test_samples_do_not_see_each_other(sheet: GeometricFamily) -> None:
    """Gradients of x for a batch are those of its samples, one by one; those of parameters add up."""
    case = _case(sheet, 3, 5)
    inputs, dy = case.inputs, case.dy
    ones = [{**inputs, "x": inputs["x"][i : i + 1]} for i in range(3)]
    alone = [sheet.reference.pull(one, case.config, dy[i : i + 1]).gradients for i, one in enumerate(ones)]
    whole = sheet.reference.vjp(case).gradients
    exact = not sheet.divides(case.shapes, case.config)
    tolerance = 0.0 if exact else 2 * np.finfo(float).eps * np.abs(dy).max()
    np.testing.assert_allclose(whole["dx"], np.concatenate([each["dx"] for each in alone]), rtol=0, atol=tolerance)
    for word in [argument for argument in case.arguments if argument != "x"]:
        np.testing.assert_array_equal(whole[f"d{word}"], sum(each[f"d{word}"] for each in alone))
