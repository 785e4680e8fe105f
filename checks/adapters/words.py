"""What other people call the arguments and keywords of a layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from checks.types import Arrays, Config, Shape

#: Names under which an array is met, our own first; compared without regard to case.
ARRAYS: Mapping[str, tuple[str, ...]] = {
    "x": ("x", "input", "inputs", "inp", "data", "img", "image", "images", "a_prev", "self", "z", "input_tensor"),
    "weight": ("weight", "weights", "w", "kernel", "kernels", "filter", "filters", "filt"),
    "bias": ("bias", "biases", "b"),
}

#: What an argument is called here that is called dy by its layer: dy is the upstream gradient.
OWN_DY = "dy_"

#: Names under which dy is met, in lower case.
UPSTREAM = frozenset(
    {
        "dy",
        "dout",
        "d_out",
        "g",
        "grad",
        "grad_out",
        "grad_output",
        "grad_y",
        "gy",
        "upstream",
        "up",
        "dz",
        "da",
        "error",
    }
    | {"error_tensor", "delta", "output_gradient", "grad_outputs", "out_grad", "dl_dy", "dl_dout", "d_l_d_out"}
)

#: Names under which a configuration keyword is met, PyTorch's first.
WORDS: Mapping[str, tuple[str, ...]] = {
    "kernel_size": (
        *("kernel_size", "kernel_shape", "ksize", "pool_size", "window", "window_shape", "window_size", "filter_size"),
        *("filter_shape", "filtersize", "kernel_dim", "pooling_size", "pool_shape", "size", "pool", "k_size"),
        *("pooling_shape", "kernelsize", "poolsize", "filter_dim", "kern_size", "pool_dim", "window_dim"),
        *("filter_dims", "kernel_dims", "conv_size"),
    ),
    "stride": ("stride", "strides", "window_strides", "stride_shape", "stride_size"),
    "padding": ("padding", "pad", "pads", "pad_size", "padding_size"),
    "dilation": ("dilation", "dilations", "dilate"),
    "groups": ("groups", "group", "n_groups", "feature_group_count"),
    "ceil_mode": ("ceil_mode",),
    "count_include_pad": ("count_include_pad",),
    "divisor_override": ("divisor_override",),
    "at_zero": ("at_zero",),
}

#: Keywords that have a number for each axis.
SQUARE = frozenset({"kernel_size", "stride", "padding", "dilation"})

#: Names under which a keyword is met in two, one for each axis.
PER_AXIS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "kernel_size": tuple(
        (f"{what}{h}", f"{what}{w}")
        for what in ("pool_", "kernel_", "filter_", "k", "f")
        for h, w in (("h", "w"), ("height", "width"))
    )
    + tuple((f"h_{what}", f"w_{what}") for what in ("pool", "kernel", "filter")),
    "stride": (("stride_h", "stride_w"), ("sh", "sw")),
    "padding": (("pad_h", "pad_w"), ("ph", "pw")),
}

#: What people call the channels of x, and of y.
_MAPS = ("channels", "channel", "chans", "chan", "planes", "maps", "filters", "depth", "features", "feature_maps")
_BRIEFLY = ("ch", "c")


def _among(sides: Iterable[str]) -> Iterator[str]:
    """How they are called on one side of a layer: ``in_channels``, ``n_in_channels``, ``nchan_in``."""
    for side in sides:
        yield from (f"{side}_{what}" for what in (*_MAPS, *_BRIEFLY))
        yield from (f"{what}_{side}" for what in (*_MAPS, *_BRIEFLY))
        yield from (f"{form}_{side}_{what}" for form in ("n", "num", "nb") for what in _MAPS)
        yield from (f"n{what}_{side}" for what in _MAPS)
        yield from (f"{side}{what}" for what in _MAPS)


def _counts(*things: str) -> Iterator[str]:
    """How the number of some things is called: ``num_filters``, ``nb_filter``, ``filters_count``."""
    for thing in (*things, *(thing.removesuffix("s") for thing in things)):
        yield from (f"{form}{thing}" for form in ("num_", "n_", "nb_", "no_", "n", "num", "num_of_", "number_of_"))
        yield from (f"{thing}_{form}" for form in ("count", "num", "number"))


#: What a constructor asks for and follows from the shapes of the arrays.
SIZES: Mapping[str, tuple[str, ...]] = {
    "in_channels": ("in_channels", *_among(("in", "input")), "n_in", "cin", "channels", *_counts("channels", "chans")),
    "out_channels": (
        *("out_channels", *_among(("out", "output")), "n_out", "cout"),
        *_counts("filters", "kernels"),
    ),
    "input_shape": ("input_shape", "in_shape", "input_dims", "x_dim", "x_shape"),
}


#: Names of a weight under which a constructor may ask for the number of its kernels, or for their size.
COUNTS, WINDOWS = ("filters", "kernels"), ("kernel", "filter")


@dataclass(frozen=True)
class Fixed:
    """A limit: this very value of a keyword, one number or one for each axis."""

    value: Any


def named(name: str, table: Mapping[str, tuple[str, ...]]) -> str:
    """Our word for a name; empty where the table does not know it."""
    return next((word for word, names in table.items() if name.lower() in names), "")


def per_axis(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The two names under which a keyword stands, where both of a pair are there."""
    spelled = {name.lower(): name for name in names}
    pairs = ((word, pair) for word, each in PER_AXIS.items() for pair in each if set(pair) <= spelled.keys())
    return {word: (spelled[first], spelled[second]) for word, (first, second) in pairs}


def names_of(argument: str) -> tuple[str, ...]:
    """Names under which an argument may be met."""
    return (OWN_DY, "dy") if argument == OWN_DY else ARRAYS.get(argument, (argument,))


def own_name(argument: str) -> str:
    """What the layer itself calls an argument of this name."""
    return "dy" if argument == OWN_DY else argument


def unlike_upstream(argument: str) -> str:
    """An argument's name, or the one under which it stands where its own is that of the upstream gradient."""
    return OWN_DY if argument == "dy" else argument


#: What people make of an argument's name for its gradient.
_GRADIENT_FORMS = (
    *("d{}", "d_{}", "grad_{}", "grad{}", "delta_{}", "nabla_{}", "{}_grad", "{}grad", "g{}"),
    *("gradient_{}", "{}_gradient", "{}_gradients", "{}_grads", "grads_{}", "gradients_{}", "{}gradient"),
    *("{}_diff", "{}diff", "dl_d{}", "dld{}", "d_l_d_{}", "dloss_d{}", "dj_d{}", "de_d{}"),
    *("dlossd{}", "djd{}", "ded{}", "dcost_d{}", "derivative_{}", "{}_derivative", "{}_derivatives", "{}_deriv"),
)


@cache
def gradient_names(argument: str) -> tuple[str, ...]:
    """Names under which the gradient of an argument may be met, in lower case."""
    return tuple(form.format(name.lower()) for form in (*_GRADIENT_FORMS, "{}") for name in names_of(argument))


#: What makes a shape in the order (N, C, *spatial) or (O, I, *kernel) of that of a layer's own array, by name.
Turn = Callable[[str, Shape], Shape]


def as_it_comes(_name: str, shape: Shape) -> Shape:
    """The shape of an array whose axes are in our order."""
    return shape


def sizes(arrays: Arrays, turn: Turn = as_it_comes) -> dict[str, Any]:
    """What follows from the shapes of the arrays: channels, the kernel where there is a weight, a sample's shape.

    The last in the order of the layer's own axes.
    """
    shapes: dict[str, Shape] = {name: turn(name, tuple(array.shape)) for name, array in arrays.items()}
    found: dict[str, Any] = {"in_channels": shapes["x"][1]} if len(shapes.get("x", ())) > 1 else {}
    found |= {"input_shape": tuple(arrays["x"].shape[1:])} if "x" in arrays else {}
    if "weight" in shapes:
        found |= {"out_channels": shapes["weight"][0], "kernel_size": shapes["weight"][2:]}
    return found


def forms(numbers: Config) -> list[Config]:
    """Sizes and keywords as a constructor may want them: a window with sides alike as one number first."""
    window = numbers.get("kernel_size")
    if not isinstance(window, tuple) or len(set(window)) > 1:
        return [numbers]
    return [{**numbers, "kernel_size": window[0]}, numbers]


def fixed_by(attributes: Mapping[str, Any]) -> dict[str, Fixed]:
    """Keywords that are held in attributes of the same name, each at this very value."""
    found = {named(key, WORDS): value for key, value in attributes.items() if named(key, WORDS)}
    found |= {word: tuple(attributes[name] for name in names) for word, names in per_axis(attributes).items()}
    plain = {word: 0 if isinstance(value, str) and value == "valid" else value for word, value in found.items()}
    return {word: Fixed(value) for word, value in plain.items() if isinstance(value, (int, float, tuple, list, str))}


def first_present(names: Iterable[str], holder: Iterable[Any]) -> str:
    """The key of ``holder`` that is spelled like one of ``names``, in any case; empty where none is.

    Keys that are no words (shapes, by which a layer keeps what it computed) are nobody's name.
    """
    keys = {key.lower(): key for key in reversed(list(holder)) if isinstance(key, str)}
    return next((keys[name.lower()] for name in names if name.lower() in keys), "")
