"""One convolution, and what every right subject must make of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.adapters import adapt
from checks.families import family
from checks.subject import Pull, Subject
from checks.types import Arrays, Config

CONFIG: Config = {"stride": 2, "padding": 1, "dilation": 1, "groups": 1}
_RNG = np.random.default_rng(0)
ARRAYS: Arrays = {
    "x": _RNG.standard_normal((2, 3, 5, 5)),
    "weight": _RNG.standard_normal((4, 3, 3, 3)),
    "bias": _RNG.standard_normal(4),
}
DY = _RNG.standard_normal((2, 4, 3, 3))


def expected() -> Pull:
    """What the reference makes of it."""
    return family("conv").reference.pull(ARRAYS, CONFIG, DY)


def assert_agrees(obj: Any, **options: Any) -> Subject:
    """Adapt an object; its output and gradients are those of the reference."""
    subject = adapt(obj, **options)
    found, want = subject.pull(ARRAYS, CONFIG, DY).named(), expected().named()
    assert found.keys() == want.keys()
    for name, value in found.items():
        np.testing.assert_allclose(value, want[name], rtol=1e-12, atol=1e-12, err_msg=name)
    return subject
