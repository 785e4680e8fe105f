"""The convolution sheet: 1 to 3 spatial axes, stride, padding, dilation, groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from math import prod
from typing import Any, ClassVar

import numpy as np

import reference_impl
from checks.adapters.gradients import by_name
from checks.case import Case
from checks.families.borders import axes_of
from checks.families.built import Layer
from checks.families.geometric import GeometricFamily
from checks.strategies import cells
from checks.strategies.geometry import PADDING_WORDS, Geometry, padding_mode
from checks.strategies.large import plain_windows
from checks.subject import Pull
from checks.sum_law import SumLaw
from checks.types import Array, Arrays, Config, Shape, Shapes
from reference_impl import textbook

#: Unusual cases before those of long sums in half precision.
BEFORE_SUMS = 3


class Convolution(GeometricFamily):
    """y[n, o, j] = bias[o] + sum over c, i of x[n, c, stride j + dilation i - padding] * weight[o, c, i]."""

    name = "conv"
    aliases = ("convolution", "crosscorrelation")
    layer: ClassVar[Layer] = (reference_impl.conv_forward, reference_impl.conv_backward)
    arguments = ("x", "weight", "bias")
    homogeneous = ("x", "bias")
    kernelwise = True
    transforms = True
    #: own: every channel of x is a group.
    narrower: ClassVar[cells.Space] = {"groups": ("own",)}
    implied: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]] = {
        "stride": ("stride", ("one",)),
        "padding": ("padding", ("none",)),
        "dilation": ("dilation", ("one",)),
        "groups": ("groups", ("one", "own")),
    }
    defaults: ClassVar[Config] = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
    space: ClassVar[cells.Space] = {
        "data": ("integers", "normal"),
        "axes": cells.AXES,
        "batch": cells.BATCH,
        "groups": cells.GROUPS,
        "channels": cells.CHANNELS,
        "kernel": cells.KERNEL,
        "stride": cells.STRIDE,
        "remainder": cells.REMAINDER,
        "padding": ("none", "symmetric", "asymmetric", "beyond half", *PADDING_WORDS),
        "dilation": cells.DILATION,
        "output": cells.OUTPUT,
        "bias": ("no", "yes"),
        "block": cells.BLOCK,
        "dtype": ("float64", "float32", "float16"),
    }
    mode_cells: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]] = {"bias": ("bias", {"no": False, "yes": True})}

    def unusual(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:
        """See ``CaseSource``; some of few cells, so that the bias's gradient may be asked for over many samples."""
        counts = tuple(axes)
        found = super().unusual(seed, counts)
        yield from islice(found, BEFORE_SUMS)
        for count in counts:
            geometry = replace(plain_windows(count), modes=self.usual_modes)
            yield self.case(geometry, "float16", self.kinds[0], 2 * count)  # the law asks even seeds
        yield from found

    def peak(self, largest: Mapping[str, float]) -> float:
        """The largest times the second largest: no argument is multiplied with itself, and bias with nothing."""
        *_, second, first = sorted((1.0, 1.0, *largest.values()))
        return first * second

    def computed_with_mass(self, arrays: Arrays, config: Config, dy: Array) -> tuple[Pull, Pull]:
        """One convolution of as many channels again, which are groups of their own: those of the sizes."""
        if "groups" not in config or any(np.iscomplexobj(value) for value in (*arrays.values(), dy)):
            return super().computed_with_mass(arrays, config, dy)
        both = {name: _beside_sizes(value, axis=int(name == "x")) for name, value in arrays.items()}
        whole = self.computed(both, {**config, "groups": 2 * config["groups"]}, _beside_sizes(dy, axis=1))
        halves = {of: _halves(value, axis=int(of in {"y", "dx"})) for of, value in whole.named().items()}
        found, mass = ({of: pair[part] for of, pair in halves.items()} for part in range(2))
        return Pull(found.pop("y"), found), Pull(mass.pop("y"), mass)

    def textbook(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """Convolution spelled out: zeros between, rotated kernel, full correlation, crop."""
        operands: tuple[Any, ...] = tuple(arrays.values())
        whole = {**config, "groups": self._groups({name: array.shape for name, array in arrays.items()}, config)}
        gradients = textbook.conv_backward(dy, *operands, **whole)
        return Pull(textbook.conv_forward(*operands, **whole), by_name(tuple(gradients), self.arguments))

    def torch_twin(self, torch: Any, tensors: dict[str, Any], config: Config) -> Any:
        """torch.nn.functional.conv1d, conv2d or conv3d; an input whose borders differ is padded first."""
        functional, x = torch.nn.functional, tensors["x"]
        padding: int | Shape = 0
        shapes: Shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
        axes = axes_of(shapes, config)
        if all(axis.before == axis.after for axis in axes):
            padding = tuple(axis.before for axis in axes)
        else:
            x = functional.pad(x, [amount for axis in reversed(axes) for amount in (axis.before, axis.after)])
        rest = {name: config[name] for name in ("stride", "dilation") if name in config}
        rest["groups"] = self._groups(shapes, config)
        convolve = getattr(functional, f"conv{len(axes)}d")
        return convolve(x, tensors["weight"], tensors.get("bias"), padding=padding, **rest)

    def roundings(self, shapes: Shapes, config: Config) -> dict[str, int]:
        """N products and n additions: kernel * C/groups for y, kernel * O/groups for dx, N * outputs for dweight."""
        kernel, (n, o, *out) = prod(shapes["weight"][2:]), shapes["dy"]
        groups = shapes["x"][1] // shapes["weight"][1]
        found = {"y": kernel * shapes["weight"][1] + 1, "dx": kernel * o // groups, "dweight": n * prod(out)}
        return found | ({"dbias": n * prod(out)} if "bias" in shapes else {})

    def spectral_mass(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """A convolution of 2-norms: each plane of x, weight and dy as one cell."""
        norms = {name: _norms(value) for name, value in arrays.items() if name != "bias"}
        config = {word: value for word, value in config.items() if word == "groups"}
        return self.reference.pull(norms, config, _norms(dy))

    def textbook_steps(self, shapes: Shapes, config: Config) -> int:
        """One step for each tap of the kernel."""
        return prod(shapes["weight"][2:])

    def sum_laws(self, shapes: Shapes, config: Config) -> tuple[SumLaw, ...]:
        """Every output of channel o holds bias[o] once, so dbias is the sum of dy over batch and space."""
        if "bias" not in shapes:
            return ()
        space = tuple(range(2, len(shapes["dy"])))
        return (SumLaw("dbias", (), (0, *space), np.ones(()), "each output of a channel holds its bias once"),)

    def shapes(self, geometry: Geometry) -> Shapes:
        """X (N, C, *size), weight (O, C/groups, *kernel), bias (O,)."""
        g = geometry
        found: dict[str, Shape] = {
            "x": (g.batch, g.groups * g.inputs, *g.along("size")),
            "weight": (g.groups * g.outputs, g.inputs, *g.along("kernel")),
        }
        return found | ({"bias": (g.groups * g.outputs,)} if g.modes.get("bias") else {})

    def keywords(self, geometry: Geometry) -> Config:
        """stride, padding, dilation and groups as PyTorch names them, padding as pairs where it is not symmetric."""
        g = geometry
        pairs = tuple(zip(g.along("before"), g.along("after"), strict=True))
        padding: Any = g.keyword("before") if all(before == after for before, after in pairs) else pairs
        if g.modes.get("padding") in PADDING_WORDS:
            padding = g.modes["padding"]
        return {
            "stride": g.keyword("stride"),
            "padding": padding,
            "dilation": g.keyword("dilation"),
            "groups": g.groups,
        }

    def geometry_of(self, shapes: Shapes, config: Config) -> Geometry:
        """The numbers behind shapes and keywords."""
        (n, _, *_), (o, per_group, *_) = shapes["x"], shapes["weight"]
        groups = self._groups(shapes, config)
        word = padding_mode(config.get("padding"))
        modes = {"bias": "bias" in shapes, "padding": word}
        return Geometry(n, groups, per_group, o // groups, axes_of(shapes, config), modes)

    def nearest(self, geometry: Geometry) -> Geometry:
        """With a group for every channel of x where the space is confined to that."""
        found = super().nearest(geometry)
        return replace(found, groups=found.groups * found.inputs, inputs=1) if self._own_groups else found

    def fault(self, geometry: Geometry) -> str:
        """With one channel of x in each group where the space is confined to that."""
        shared = f"{geometry.inputs} channels of x in a group; expected each channel to be a group of its own"
        return super().fault(geometry) or (shared if self._own_groups and geometry.inputs > 1 else "")

    def _groups(self, shapes: Shapes, config: Config) -> int:
        """What the layer is told; channels of x by those that one kernel sees where it is not told."""
        told = int(config.get("groups", 1))
        return shapes["x"][1] // max(1, shapes["weight"][1]) if self._is_implied("groups") else told

    @property
    def _own_groups(self) -> bool:
        return tuple(self.space["groups"]) == self.narrower["groups"]

    def output_channels(self, geometry: Geometry) -> int:
        """O."""
        return geometry.groups * geometry.outputs

    def modes(self, row: cells.Row) -> Mapping[str, Any]:
        """Whether there is a bias, and whether padding is given as a word."""
        return {**super().modes(row), "padding": padding_mode(row["padding"])}

    def mode_options(self, geometry: Geometry) -> dict[str, str]:
        """With ``padding: same`` or ``padding: valid`` where padding is given as a word."""
        word = geometry.modes.get("padding")
        return {**super().mode_options(geometry), **({"padding": word} if word in PADDING_WORDS else {})}

    @property
    def plain_modes(self) -> dict[str, Any]:
        """Without a bias, padding in numbers."""
        return {**super().plain_modes, "padding": "numbers"}

    @property
    def usual_modes(self) -> dict[str, Any]:
        """With a bias."""
        return {**self.plain_modes, "bias": True}


def _beside_sizes(values: Array, axis: int) -> Array:
    """Numbers, and behind them along an axis their absolute values."""
    return np.concatenate([values, np.abs(values)], axis)


def _halves(values: Array, axis: int) -> tuple[Array, Array]:
    """The first half along an axis, 0 or 1, and the second."""
    half = values.shape[axis] // 2
    return (values[:half], values[half:]) if axis == 0 else (values[:, :half], values[:, half:])


def _norms(planes: Array) -> Array:
    space = tuple(range(2, planes.ndim))
    return np.asarray(np.sqrt(np.sum(np.abs(planes) ** 2, axis=space, keepdims=True)))


FAMILY = Convolution()
