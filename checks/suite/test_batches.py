"""No samples, one sample, many samples."""

from __future__ import annotations

import numpy as np
import pytest

from checks.families import families
from checks.suite.verdicts import examine
from checks.types import Config, Shape

ARGUMENTS = {"x": (3, 4, 5), "weight": (6, 3, 2, 3), "bias": (6,)}
CONFIGS: dict[str, Config] = {"max_pool": {"kernel_size": 2}, "avg_pool": {"kernel_size": (3, 2), "padding": 1}}
FAMILIES = pytest.mark.parametrize("name", ["avg_pool", "conv", "max_pool", "relu"])


def _shapes(name: str, batch: int) -> dict[str, Shape]:
    shapes = {word: ARGUMENTS[word] for word in families()[name].arguments}
    return {**shapes, "x": (batch, *ARGUMENTS["x"])}


@FAMILIES
@pytest.mark.parametrize("batch", [0, 1, 2, 9])
def test_every_batch_size_passes_every_witness(name: str, batch: int) -> None:
    """An empty batch has an empty y; nothing else is special about it."""
    sheet = families()[name]
    case = sheet.case_of(_shapes(name, batch), CONFIGS.get(name, {}), "float64", sheet.kinds[0], 0)
    assert examine(case, sheet) >= (0 if batch == 0 else 1)


@FAMILIES
def test_no_samples_give_zero_gradients_of_the_right_shape(name: str) -> None:
    """The sum over nothing is zero, in the shape of the argument."""
    sheet = families()[name]
    shapes = _shapes(name, 0)
    case = sheet.case_of(shapes, CONFIGS.get(name, {}), "float64", sheet.kinds[0], 0)
    for word, shape in shapes.items():
        gradient = sheet.reference.vjp(case).gradients[f"d{word}"]
        assert gradient.shape == shape
        assert not np.any(gradient)


@FAMILIES
def test_samples_do_not_see_each_other(name: str) -> None:
    """Gradients of x for a batch are those of its samples, one by one; those of parameters add up."""
    sheet = families()[name]
    case = sheet.case_of(_shapes(name, 3), CONFIGS.get(name, {}), "float64", sheet.kinds[0], 5)
    inputs, dy = case.inputs, case.dy
    ones = [{**inputs, "x": inputs["x"][i : i + 1]} for i in range(3)]
    alone = [sheet.reference.pull(one, case.config, dy[i : i + 1]).gradients for i, one in enumerate(ones)]
    whole = sheet.reference.vjp(case).gradients
    exact = not sheet.divides(case.shapes, case.config)
    tolerance = 0.0 if exact else 2 * np.finfo(float).eps * np.abs(dy).max()
    np.testing.assert_allclose(whole["dx"], np.concatenate([each["dx"] for each in alone]), rtol=0, atol=tolerance)
    for word in [argument for argument in case.arguments if argument != "x"]:
        np.testing.assert_array_equal(whole[f"d{word}"], sum(each[f"d{word}"] for each in alone))
