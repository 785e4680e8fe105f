"""The ReLU sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

import reference_impl
from checks.case import Case
from checks.families.built import Layer
from checks.families.geometric import GeometricFamily
from checks.kink import Kink, Subgradients
from checks.rounding import TINIEST
from checks.strategies import cells
from checks.strategies.geometry import Axis, Geometry
from checks.subject import Pull
from checks.types import Array, Arrays, Config, Shapes, carrier
from reference_impl import textbook


class ReLU(GeometricFamily):
    """y = max(x, 0); dx = dy where x > 0, ``at_zero`` * dy at 0."""

    name = "relu"
    layer: ClassVar[Layer] = (reference_impl.relu_forward, reference_impl.relu_backward)
    arguments = ("x",)
    homogeneous = ("x",)
    channelwise = True
    pointwise = True
    selects = True
    kinds = ("distinct", "spread")
    space: ClassVar[cells.Space] = {
        "data": ("distinct", "spread"),
        "axes": ("1", "2 different", "3", "2 equal"),
        "batch": cells.BATCH,
        "channels": cells.CHANNELS,
        "output": cells.OUTPUT,
        "at_zero": ("zero", "one", "half"),
        "block": cells.BLOCK,
        "dtype": ("float64", "float32", "float16"),
    }
    defaults: ClassVar[Config] = {"at_zero": 0.0}
    convention = "at_zero"
    implied: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]] = {"at_zero": ("at_zero", ("zero",))}
    mode_cells: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
        "at_zero": ("at_zero", {"zero": 0.0, "one": 1.0, "half": 0.5})
    }

    def textbook(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """ReLU by cases."""
        x = arrays["x"]
        return Pull(textbook.relu_forward(x, **config), {"dx": textbook.relu_backward(dy, x, **config)})

    def torch_twin(self, torch: Any, tensors: dict[str, Any], config: Config) -> Any:
        """torch.relu, which uses 0 at 0; another convention takes ``at_zero * x`` there."""
        x, at_zero = tensors["x"], config.get("at_zero", 0.0)
        return torch.where(x == 0, at_zero * x, torch.relu(x)) if at_zero else torch.relu(x)

    def kinks(self, case: Case) -> tuple[Kink, ...]:
        """Zeros of both signs among the smallest normal numbers; then subnormals, which hardware may flush to 0."""
        rng, least = np.random.default_rng([case.seed, 17]), float(np.finfo(carrier(case.dtype)).smallest_normal)
        tiny = TINIEST[case.dtype]
        zeros = rng.choice([0.0, -0.0, 1.0, -1.0, least, -least], case.shapes["x"]).astype(carrier(case.dtype))
        subnormals = rng.choice([tiny, -tiny], case.shapes["x"]).astype(carrier(case.dtype))
        flushed = Kink({"x": subnormals}, "subnormal numbers", "hazard", "hazard")
        return Kink({"x": zeros}, "zeros of both signs"), flushed

    def subgradients(self, arrays: Arrays, config: Config, dy: Array) -> Subgradients:
        """Any slope from 0 to 1 at 0, and the one that ``at_zero`` declares."""
        declared = float(config.get("at_zero", 0.0))
        slopes = {f"at_zero={slope:g}": slope for slope in (0.0, 1.0, declared)}
        on, kink = (arrays["x"] > 0) * dy.astype(np.float64), (arrays["x"] == 0) * dy.astype(np.float64)
        chosen: Arrays = {key: on + slope * kink for key, slope in slopes.items()}
        ends = list(chosen.values())
        low, high = np.minimum.reduce(ends), np.maximum.reduce(ends)
        least, most = np.minimum(low, 0), np.maximum(high, 0)
        return Subgradients(low, high, least, most, chosen, f"at_zero={declared:g}")

    def roundings(self, shapes: Shapes, config: Config) -> dict[str, int]:
        """None: values are selected; one product at 0 where the convention is neither 0 nor 1."""
        return {"y": 0, "dx": 0 if config.get("at_zero", 0.0) in {0.0, 1.0} else 1}

    def peak(self, largest: Mapping[str, float]) -> float:
        """The largest upstream value: nothing is multiplied."""
        return largest["dy"]

    def reach(self, case: Case, argument: str) -> float:
        """As far as the data keep away from 0."""
        return case.reach

    def shapes(self, geometry: Geometry) -> Shapes:
        """X (N, C, *size)."""
        return {"x": (geometry.batch, geometry.inputs, *geometry.along("size"))}

    def keywords(self, geometry: Geometry) -> Config:
        """The convention at 0."""
        return dict(geometry.modes)

    def geometry_of(self, shapes: Shapes, config: Config) -> Geometry:
        """The numbers behind shapes and keywords."""
        n, c, *size = shapes["x"]
        return Geometry(n, 1, c, 1, tuple(map(Axis, size)), {"at_zero": config.get("at_zero", 0.0)})


FAMILY = ReLU()
