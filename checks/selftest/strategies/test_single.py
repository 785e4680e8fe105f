"""One sample, one channel or one window beside several of the others: a path for one of these is met early."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest

from checks.families import family
from checks.oracles.reference import Reference
from checks.scope.limits import Limits
from checks.scope.wide import wide_cases
from checks.selftest.contracts.plant import complaints
from checks.strategies.mixed import light
from checks.strategies.single import single
from checks.subject import Subject
from checks.types import Array, Arrays, Config

#: Cases of the wide look: those of a few seconds.
EARLY = 200

#: Of a pointwise convolution without padding and of stride 1: whether there is one of each, and several of each.
PATHS = {
    "one channel of x, several of y": "inputs < outputs",
    "one channel of y, several of x": "outputs < inputs",
    "one channel of each, several samples": "inputs == outputs == 1 < batch",
    "one channel of each, one sample, several windows": "inputs == outputs == batch == 1 < windows",
    "one window, several samples": "windows == 1 < batch",
    "one window, one sample, several channels of y": "windows == batch == 1 < outputs",
}


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_each_choice_of_numbers_that_are_one_is_there_and_small(axes: int) -> None:
    """Of a pointwise convolution those of four numbers, of one whose kernel is as large as x those of three."""
    found = list(single(axes))
    assert all(map(light, found))
    kernels = [max(each.along("kernel")) == 1 for each in found]
    choices = {(each.batch == 1, each.inputs == 1, each.outputs == 1, *each.axes) for each in found}
    assert (kernels.count(True), kernels.count(False), len(choices)) == (16, 8, 24)


def without_its_bias(right: Subject, path: str) -> Subject:
    """A pointwise path whose bias gets nothing."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = right.forward(arrays, config)
        weight, plain = arrays["weight"], (config["stride"], config["padding"], config["groups"]) == (1, 0, 1)
        numbers = {"batch": len(y), "inputs": arrays["x"].shape[1], "outputs": len(weight), "windows": y[0, 0].size}
        return y, (saved, plain and weight[0, 0].size == 1 and eval(path, numbers))  # noqa: S307 - those of PATHS

    def pull(dy: Array, saved: Any) -> Arrays:
        found = dict(right.backward(dy, saved[0]))
        return {of: np.zeros_like(each) if of == "dbias" and saved[1] else each for of, each in found.items()}

    return Subject("planted", run, pull)


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_path_that_forgets_the_bias_is_found_early(path: str, seed: int) -> None:
    """By the second source alone."""
    conv = family("conv")
    tried = islice(wide_cases(Limits(conv, {"axes": 2}), seed), EARLY)
    assert any(complaints(without_its_bias(conv.reference, path), "conv", tried, [Reference()]))
