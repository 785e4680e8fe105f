"""Which parameters of a module hold the arrays of a case, and what their shapes say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checks.adapters.callables import name_of
from checks.adapters.torch_kinds import is_scripted, uncompiled
from checks.adapters.torch_traced import traced_settings
from checks.adapters.words import WORDS, Fixed, first_present, fixed_by, names_of
from checks.errors import UsageError
from checks.types import Shape


def core_of(module: Any) -> tuple[str, Any]:
    """The part of a module that holds its settings and parameters, after its dotted name: itself, or its only part."""
    parts = list(module.named_children())
    own = settings_of(module) or list(module.named_parameters(recurse=False))
    if own or len(parts) != 1:
        return "", module
    ((name, part),) = parts
    inside, core = core_of(part)
    return f"{name}.{inside}", core


def formats_of(module: Any) -> dict[str, str]:
    """The format of every parameter of a module, by its dotted name."""
    return {name: str(each.dtype).removeprefix("torch.") for name, each in uncompiled(module).named_parameters()}


def settings_of(module: Any) -> dict[str, Fixed]:
    """Keywords that a module holds in its attributes; a scripted one shows those asked for, a traced one its graph."""
    if not is_scripted(module):
        return fixed_by(vars(module))
    names = [name for each in WORDS.values() for name in each if hasattr(module, name)]
    return fixed_by({name: getattr(module, name) for name in names} or traced_settings(module))


def places_in(module: Any, arguments: tuple[str, ...]) -> dict[str, str]:
    """The parameter that holds each argument but the inputs."""
    from torch.nn.parameter import is_lazy

    held = dict(module.named_parameters())
    if lazy := [name for name, parameter in held.items() if is_lazy(parameter)]:
        raise UsageError(
            f"{name_of(module)} does not know the shape of {', '.join(lazy)} yet; expected a module that has run once: "
            "call it with an input first"
        )
    places = {name: name if name in held else first_present(names_of(name), held) for name in arguments}
    found = {name: place for name, place in places.items() if place}
    if missing := [name for name in held if name not in found.values()]:
        what = "none of which has a" if len(missing) == len(held) else f"and {', '.join(missing)} has no"
        raise UsageError(
            f"{name_of(module)} has parameters {', '.join(held)}, {what} place among "
            f"{', '.join(arguments)}; expected a module whose parameters are those of the family; without like=, "
            f"inputs=(x, ...) examines every parameter{_adapter(list(held), arguments, found)}"
        )
    return found


def _adapter(held: Sequence[str], arguments: Sequence[str], found: Mapping[str, str]) -> str:
    """What to write where each parameter stands for an argument, under a name of its own; empty where they do not."""
    left = [name for name in arguments if name != "x" and name not in found]
    if len(held) > len(left) + len(found):
        return ""
    known, others = {place: name for name, place in found.items()}, iter(left)
    whose = {place: known.get(place) or next(others) for place in held}
    given = ", ".join(f'"{place}": {name}' for place, name in whose.items())
    taken = ", ".join(("x", *(name for name in arguments if name in whose.values())))
    return (
        "; or write the adapter, and say in supports= what the module was built with, as {'stride': 2}:\n"
        f"    def layer({taken}): return torch.func.functional_call(module, {{{given}}}, x)\n"
        "    examine(layer, like=...)"
    )


def places_of(module: Any, arguments: tuple[str, ...]) -> dict[str, str]:
    """The dotted name of the parameter that holds each argument but the inputs, in a module or in its only part."""
    inside, core = core_of(module)
    return {name: inside + place for name, place in places_in(core, arguments).items()}


def padded(module: Any) -> dict[str, Any]:
    """How a module pads, where it pads at all."""
    padding = getattr(module, "padding", 0)
    pads = any(padding) if isinstance(padding, tuple) else padding not in {0, "valid"}
    return {"padding_mode": module.padding_mode} if pads and hasattr(module, "padding_mode") else {}


def channels(module: Any, places: Mapping[str, str]) -> dict[str, Any]:
    """The shape of the weight fixes kernel and channels; whether there is a bias is fixed too."""
    held = dict(module.named_parameters())
    shape: Shape = held[places["weight"]].shape if "weight" in places else ()
    if len(shape) < 3:  # noqa: PLR2004 - channels out, channels in, and at least one axis: else it is no kernel
        return {}
    outputs, per_group, *kernel = shape
    groups = int(settings_of(module).get("groups", Fixed(getattr(module, "groups", 1))).value)
    fixed = {"in_channels": per_group * groups, "out_channels": outputs, "groups": groups}
    return {**fixed, "axes": len(kernel), "kernel_size": Fixed(tuple(kernel)), "bias": "bias" in places}


def about_padding(module: Any) -> Iterator[str]:
    """About embeddings that leave out the gradient of one row, as PyTorch documents it."""
    for place, part in module.named_modules():
        if (row := getattr(part, "padding_idx", None)) is not None:
            weight = ".".join(filter(None, (place, "weight")))
            yield (
                f"{name_of(part)} has padding_idx={row}: PyTorch leaves out the gradient of {weight}[{row}] by design, "
                "so that what is told of that row is no mistake"
            )
