"""Faults of format and range: narrow detours, wrong dtypes, clips, swallowed and spread NaN, mixing, kinks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from checks.adapters.numpy_pair import numpy_pair
from checks.families import family
from checks.families.ties import held_at_padding, tied_subgradients
from checks.selftest.contracts.plant import Forward, Plant, backward, forward, gradients, outputs
from checks.subject import Subject
from checks.types import Array, Arrays, Config


def detour(narrow: str) -> Callable[[Array], Array]:
    """Through a narrower format and back."""
    return lambda value: value.astype(narrow).astype(value.dtype) if value.dtype.itemsize > 4 else value


def half_detour(value: Array) -> Array:
    """Float32 through float16 and back."""
    return value.astype("float16").astype("float32") if value.dtype == np.float32 else value


def _on_dy(change: Callable[[Array], Array]) -> Callable[[Subject], Subject]:
    return backward(lambda dy, pull: pull(change(dy)))


def _on(name: str, change: Callable[[Array], Array]) -> Callable[[Subject], Subject]:
    return forward(lambda arrays, right, config: right({**arrays, name: change(arrays[name])}, config))


def _on_x(change: Callable[[Array], Array]) -> Callable[[Subject], Subject]:
    return _on("x", change)


def _kernels_together(arrays: Arrays, right: Forward, config: Config) -> tuple[Array, Any]:
    y, saved = right(arrays, config)
    return (y + 0 * arrays["weight"].sum()).astype(y.dtype), saved


def _with_dy(change: Callable[[Array, Array], Array]) -> Callable[[Subject], Subject]:
    return backward(lambda dy, pull: {**pull(dy), "dx": change(pull(dy)["dx"], dy)})


def _own_sample(dx: Array, dy: Array) -> Array:
    return np.asarray(dx + 0 * dy.sum(axis=tuple(range(1, dy.ndim)), keepdims=True))


def _ties(choose: Callable[..., Array]) -> Callable[[Subject], Subject]:
    """Max pooling with another rule for ties."""

    def make(right: Subject) -> Subject:
        def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            return right.forward(arrays, config)[0], (arrays["x"].copy(), config)

        return Subject("planted", run, lambda dy, saved: {"dx": choose(*saved, dy).astype(dy.dtype)})

    return make


def _convention(name: str) -> Callable[..., Array]:
    return lambda x, config, dy: tied_subgradients(x, config, dy).conventions[name]


def _all_of_them(x: Array, config: Config, dy: Array) -> Array:
    valid = tied_subgradients(x, config, np.abs(dy))
    split = tied_subgradients(x, config, dy).conventions["split"]
    return np.where(valid.low == valid.high, split, np.sign(split) * valid.high)


def _strayed(x: Array, config: Config, dy: Array) -> Array:
    """A search for the largest that starts at index -1: windows of minus infinity end in the last cell."""
    nothing = np.isneginf(family("max_pool").reference.apply({"x": x}, config))
    dx = np.array(tied_subgradients(x, config, np.where(nothing, 0, dy)).conventions["first"])
    last: tuple[slice | int, ...] = (slice(None), slice(None), *(-1,) * (x.ndim - 2))
    dx[last] += np.where(nothing, dy, 0).sum(axis=tuple(range(2, x.ndim)))
    return dx


def _strayed_at_padding(x: Array, config: Config, dy: Array) -> Array:
    """Padding wins over minus infinity, and what it won ends in the last cell."""
    held = held_at_padding(x, config)
    y, apart = (np.isneginf(family("max_pool").reference.apply({"x": each}, config)) for each in (x, held))
    first = tied_subgradients(x, config, np.where(y & ~apart, 0, dy)).conventions["first"]
    return first + _strayed(x, config, np.where(y & ~apart, dy, 0))


def _raises_at_padding(x: Array, config: Config, dy: Array) -> Array:
    """A cell of padding is looked up in x."""
    if family("max_pool").won_by_padding(x, config):
        raise IndexError("index -1 is out of bounds for axis 2")
    return tied_subgradients(x, config, dy).conventions["first"]


def _lost(x: Array, config: Config, dy: Array) -> Array:
    """Windows of minus infinity are won by their padding."""
    nothing = np.isneginf(family("max_pool").reference.apply({"x": x}, config))
    return tied_subgradients(x, config, np.where(nothing, 0, dy)).conventions["first"]


def _relu(slope: Callable[[Array], Array]) -> Callable[[Subject], Subject]:
    """ReLU with other slopes, whatever ``at_zero`` says."""

    def run(x: Array, at_zero: float = 0.0) -> tuple[Array, Array]:
        return np.where(x < 0, 0, x).astype(x.dtype), slope(x).astype(x.dtype)

    return lambda _: numpy_pair("planted", run, lambda dy, slopes: np.where(slopes == 0, 0, dy * slopes), ("x",))


def _zero_border(arrays: Arrays, right: Forward, config: Config) -> tuple[Array, Any]:
    y, saved = right(arrays, config)
    padded = config.get("padding", 0) not in {0, (0, 0), (0, 0, 0)}
    return (np.maximum(y, 0) if padded else y), saved


def _halves(arrays: Arrays, right: Forward, config: Config) -> tuple[Array, Any]:
    """Overflows where x alone does not."""
    return (arrays["x"] + np.abs(arrays["x"])) / 2, right(arrays, config)[1]


def _masks_infinity(right: Subject) -> Subject:
    """No gradient where x is infinite."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = right.forward(arrays, config)
        return y, (saved, np.isfinite(arrays["x"]))

    def pull(dy: Array, both: Any) -> Arrays:
        saved, finite = both
        return {"dx": np.where(finite, right.backward(dy, saved)["dx"], 0).astype(dy.dtype)}

    return Subject("planted", run, pull)


def _past_nan(arrays: Arrays, right: Forward, config: Config) -> tuple[Array, Any]:
    """Gives a NaN as the largest, and records the largest number beside it as the winner."""
    return right(arrays, config)[0], right({"x": np.fmax(arrays["x"], -np.inf)}, config)[1]


def _skips_zeros(arrays: Arrays, right: Forward, config: Config) -> tuple[Array, Any]:
    """A tap of weight 0 reads nothing, so that NaN * 0 is 0."""
    x, weight = arrays["x"], arrays["weight"]
    strange = ~np.isfinite(x)
    y, _ = right({**arrays, "x": np.where(strange, 0, x).astype(x.dtype)}, config)
    read, _ = right({"x": strange.astype(x.dtype), "weight": (weight != 0).astype(x.dtype)}, config)
    return np.where(read > 0, np.nan, y).astype(y.dtype), right(arrays, config)[1]


def _without_first_column(dx: Array) -> Array:
    changed = dx.copy()
    changed[..., :1] = 0
    return changed


PLANTS = (
    Plant("dx comes wider", "conv", "dtype", gradients(lambda dx: dx.astype("float64")), "hazard"),
    Plant("y comes narrower", "relu", "dtype", outputs(lambda y: y.astype("float16"))),
    Plant("dx comes as truth values", "relu", "dtype", gradients(lambda dx: dx != 0)),
    Plant("y comes as truth values", "relu", "dtype", outputs(lambda y: y > 0)),
    Plant("dx comes as integers", "max_pool", "dtype", gradients(lambda dx: np.rint(dx).astype(np.int64))),
    Plant("dx through float32", "conv", "dtype", gradients(detour("float32"))),
    Plant("x through float32", "max_pool", "dtype", _on_x(detour("float32"))),
    Plant("dy through float32", "avg_pool", "dtype", _on_dy(detour("float32"))),
    Plant("weight through float32", "conv", "dtype", _on("weight", detour("float32"))),
    Plant("dx through float16", "relu", "dtype", gradients(half_detour)),
    Plant("dx flat", "conv", "shape", gradients(np.ravel)),
    Plant("dx of one sample", "relu", "shape", gradients(lambda dx: dx[:1])),
    Plant("dy clipped", "conv", "scaling", _on_dy(lambda dy: np.clip(dy, -1e7, 1e7))),
    Plant("x clipped", "relu", "scaling", _on_x(lambda x: np.minimum(x, 1e30).astype(x.dtype))),
    Plant("small weights pruned", "conv", "scaling", _on("weight", lambda w: np.where(np.abs(w) < 1e-6, 0, w))),
    Plant("weight clipped", "conv", "scaling", _on("weight", lambda w: np.clip(w, -1e6, 1e6))),
    Plant("half of x and its magnitude", "relu", "scaling", forward(_halves), "hazard"),
    Plant("dy sixteen times and back", "relu", "scaling", _on_dy(lambda dy: dy * dy.dtype.type(16) / 16)),
    Plant("dx sixteen times and back", "avg_pool", "scaling", gradients(lambda dx: dx * dx.dtype.type(16) / 16)),
    Plant("eight times and back", "conv", "scaling", gradients(lambda dx: dx * dx.dtype.type(8) / 8), "hazard"),
    Plant("small dx dropped", "avg_pool", "scaling", gradients(lambda dx: np.where(np.abs(dx) < 1e-12, 0, dx))),
    Plant("subnormals dropped", "max_pool", "scaling", gradients(
        lambda dx: np.where(np.abs(dx) < np.finfo(dx.dtype).smallest_normal, 0, dx)), "hazard"),
    Plant("NaN in dy to 0", "conv", "special values", _on_dy(np.nan_to_num)),
    Plant("NaN in x to 0", "avg_pool", "special values", _on_x(np.nan_to_num)),
    Plant("infinite weight to the largest number", "conv", "special values", _on("weight", np.nan_to_num)),
    Plant("NaN of one kernel in all", "conv", "special values", forward(_kernels_together)),
    Plant("NaN of one sample in all", "conv", "special values", _with_dy(lambda dx, dy: dx + 0 * dy.sum())),
    Plant("NaN all over its sample", "conv", "special values", _with_dy(_own_sample), "hazard"),
    Plant("stride 1 where none is said", "max_pool", "defaults", forward(
        lambda arrays, right, config: right(arrays, {"stride": 1, **config})), "hazard"),
    Plant("padding 1 where none is said", "conv", "defaults", forward(
        lambda arrays, right, config: right(arrays, {"padding": 1, **config})), "hazard"),
    Plant("slope 1 at 0 where none is said", "relu", "defaults", forward(
        lambda arrays, right, config: right(arrays, {"at_zero": 1.0, **config})), "hazard"),
    Plant("infinite x masked", "relu", "special values", _masks_infinity),
    Plant("zeros of the weight skipped", "conv", "special values", forward(_skips_zeros), "hazard"),
    Plant("NaN dropped by a comparison", "relu", "special values", outputs(
        lambda y: np.where(y > 0, y, 0).astype(y.dtype)), "hazard"),
    Plant("what a NaN won to another cell", "max_pool", "special values", forward(_past_nan), "hazard"),
    Plant("dx divided by the batch", "conv", "batch", gradients(lambda dx: dx / dx.dtype.type(max(len(dx), 1)))),
    Plant("y minus its mean over the batch", "relu", "batch", outputs(lambda y: y - y.mean(axis=0, keepdims=True))),
    Plant("dx divided by the channels", "avg_pool", "channels", gradients(lambda dx: dx / dx.dtype.type(dx.shape[1]))),
    Plant("first column forgotten", "conv", "translation", gradients(_without_first_column)),
    Plant("all of dy to every tied cell", "max_pool", "kinks", _ties(_all_of_them)),
    Plant("none of dy to tied cells", "max_pool", "kinks", _ties(
        lambda x, config, dy: np.where((v := tied_subgradients(x, config, dy)).low == v.high, v.low, 0))),
    Plant("windows of minus infinity to the last cell", "max_pool", "kinks", _ties(_strayed)),
    Plant("windows of minus infinity won by padding to the last cell", "max_pool", "kinks", _ties(_strayed_at_padding),
          "hazard"),
    Plant("padding that won over minus infinity looked up", "max_pool", "kinks", _ties(_raises_at_padding), "hazard"),
    Plant("windows of minus infinity to nobody", "max_pool", "kinks", _ties(_lost), "hazard"),
    Plant("padding counts as 0", "max_pool", "kinks", forward(_zero_border)),
    Plant("last of the tied", "max_pool", "convention", _ties(_convention("last")), "hazard"),
    Plant("split among the tied", "max_pool", "convention", _ties(_convention("split")), "hazard"),
    Plant("0 divided by 0 at 0", "relu", "kinks", _relu(lambda x: np.where(x == 0, np.nan, x > 0))),
    Plant("slope 2 at 0", "relu", "kinks", _relu(lambda x: np.where(x == 0, 2, x > 0))),
    Plant("slope 1 at -0 alone", "relu", "convention", _relu(lambda x: (x > 0) | ((x == 0) & np.signbit(x)))),
    Plant("slope 0 below a threshold", "relu", "beside kinks", _relu(lambda x: x > 1e-30)),
    Plant("slope 1 at 0, whatever is declared", "relu", "convention", _relu(lambda x: x >= 0)),
)  # fmt: skip
