"""``torch.nn.Module``: its inputs and all of its parameters; buffers are left as they were, and so is its mode.

The module's own parameters are never written to: each call runs it with the case's arrays in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from inspect import BoundArguments, signature
from itertools import count
from typing import Any, TypeAlias

from checks.adapters.callables import name_of
from checks.adapters.signature import read
from checks.adapters.switches import EVAL, OTHER, TRAIN
from checks.adapters.torch_buffers import Buffers, rested
from checks.adapters.torch_built import Built
from checks.adapters.torch_given import array
from checks.adapters.torch_kinds import COMPILED, forward_of, is_scripted, uncompiled
from checks.adapters.torch_left import forgetting
from checks.adapters.torch_max_norm import about_lengths, as_long_as_they_are, shortening
from checks.adapters.torch_module_preamble import as_it_is, as_it_is_built, as_it_is_compiled
from checks.adapters.torch_padding_rows import about_rows, held_rows, padding_rows
from checks.adapters.torch_parameters import about_padding, channels, core_of, padded, places_in, places_of, settings_of
from checks.adapters.torch_parametrized import bare
from checks.adapters.torch_preamble import Calling, shown
from checks.adapters.torch_surroundings import called, surrounded
from checks.adapters.torch_tensors import Format, Layer, spared, torch_subject
from checks.adapters.torch_windows import Windows
from checks.adapters.words import Fixed, Turn, as_it_comes, sizes
from checks.errors import UsageError
from checks.subject import Subject
from checks.types import Arrays, Config

#: Axes of a matrix.
MATRIX = 2

#: What brings a module that was just built to a mode, as source.
_STEP = {TRAIN: "", EVAL: ".eval()"}

#: A layer in one mode, and how it is called.
Mode: TypeAlias = tuple[Layer, Calling]


def adapt_module(module: Any, arguments: tuple[str, ...], fmt: Format) -> Subject:
    """Subject from a module in the mode that it is in, with the other one (train, eval); its attributes fix the case.

    An argument that ``forward`` does not take is the parameter of that name. Raises UsageError where one has neither.
    """
    remarks = fmt.outputs.remarks
    module = module if is_scripted(module) or hasattr(module, COMPILED) else bare(module, arguments, remarks)
    plain = uncompiled(module)
    inside, core = ("", plain) if set(dict(plain.named_parameters())) & set(arguments) else core_of(plain)
    held = places_in(core, arguments)
    places = {name: inside + place for name, place in held.items()}
    inputs = tuple(name for name in arguments if name not in places)
    plan, buffers = read(forward_of(module), inputs, "function"), Buffers(plain)
    rows, shortened = padding_rows(plain), shortening(plain)
    _tell(remarks, *about_padding(plain), *about_rows(rows), *about_lengths(shortened))
    keeping = partial(replace, own=frozenset(places))

    def layer(leaves: Mapping[str, Any], config: Config) -> Any:
        state = {places[name]: leaf for name, leaf in leaves.items() if name in places}
        _stand_in(plain, state)
        state = held_rows(plain, rows, state)
        given = {name: leaf for name, leaf in leaves.items() if name in inputs}
        whole = {**buffers.copies(leaves), **state}
        whole = whole if plain is module else {f"{COMPILED}.{name}": value for name, value in whole.items()}
        buffers.left = whole
        return as_long_as_they_are(shortened, partial(plan.call, partial(called, module, whole), given, config))

    limits = {**plan.limits(), **settings_of(core), **channels(core, held), **padded(core), **fmt.limits()}
    limits["words"] = frozenset(plan.words) | {word for word, value in limits.items() if isinstance(value, Fixed)}
    inplace = any(getattr(part, "inplace", False) is True for part in plain.modules())
    runs = spared(layer) if inplace else layer
    if plain is not module:  # compiled anew in each mode, which takes long
        compiled = torch_subject(f"{name_of(plain)} ({_mode(plain)}, compiled)", runs, limits, fmt)
        return keeping(shown(compiled, as_it_is_compiled, fmt))
    if not hasattr(plain, "training"):  # torch.jit.freeze leaves it one mode
        frozen = torch_subject(f"{_title(plain)} (frozen)", runs, limits, fmt)
        return keeping(shown(frozen, as_it_is(plain, plan, places, fmt, "", "", buffers), fmt))

    def one(mode: str) -> Mode:
        said = as_it_is(plain, plan, places, fmt, ".clone()" * inplace, _STEP[mode], buffers)
        return _switched(plain, mode, runs), said

    found = rested(_in_modes(_title(plain), _mode(plain), one, limits, fmt), buffers)
    return keeping(found if is_scripted(plain) else _forgetting(found, forgetting(plain)))


def _tell(remarks: list[str], *told: str) -> None:
    remarks.extend(each for each in told if each not in remarks)


def _stand_in(module: Any, state: Mapping[str, Any]) -> None:
    """Give the arrays that stand in for parameters their hooks, by which a gradient may be changed.

    Raises UsageError where a parameter is a matrix, as of ``Linear``, and cannot be a kernel.
    """
    own = dict(module.named_parameters())
    for name, leaf in state.items():
        if own[name].ndim == MATRIX < leaf.ndim:
            raise UsageError(
                f"{name_of(module)} keeps a matrix of shape {tuple(own[name].shape)} at {name}, and a kernel of shape "
                f"{tuple(leaf.shape)} belongs there; expected a function that takes the kernel and reshapes it: "
                "def layer(x, weight, bias=None): ...; examine(layer, like=...)"
            )
        for hook in (own[name]._backward_hooks or {}).values() if leaf.requires_grad else ():  # noqa: SLF001 - no other way
            leaf.register_hook(hook)


def adapt_module_class(kind: Any, arguments: tuple[str, ...], fmt: Format, turn: Turn = as_it_comes) -> Subject:
    """Subject from a class of modules, built from the keywords that its constructor takes.

    One module is called again and again, as in training, for as long as its constructor would be told the same.

    ``turn`` makes our shapes of its arrays', from which the constructor is told sizes. A window with sides alike is
    handed over as one number where a number for each axis is not understood.

    Raises UsageError where the signature of the constructor cannot be understood.
    """
    built = read(kind, (), "module")
    flags = {"bias": "bias"} if "bias" in built.signature.parameters else {}
    objects, windows = Built(kind), Windows("kernel_size" in built.limits().get("square", ()) or None)

    def bind(leaves: Mapping[str, Any], numbers: Config) -> BoundArguments:
        bound = built.bind({}, numbers)
        bound.arguments |= {name: name in leaves for name in flags}
        return bound

    def numbers_of(leaves: Mapping[str, Any], config: Config) -> Config:
        return {**sizes(dict(leaves), turn), **config}

    def likeliest(leaves: Mapping[str, Any], config: Config) -> BoundArguments:
        return bind(leaves, windows.forms(numbers_of(leaves, config))[0])

    def layer(mode: str, leaves: Mapping[str, Any], config: Config) -> Any:
        def give(numbers: Config) -> Any:
            return objects.give(mode, bind(leaves, numbers), leaves)

        return windows.answered(numbers_of(leaves, config), give, partial(once, mode, leaves))

    def once(mode: str, leaves: Mapping[str, Any], module: Any) -> Any:
        try:
            return _run_in(mode, module, leaves)
        except BaseException:
            objects.forget()  # what has raised may have stopped half-way
            raise

    limits = {**built.limits(), **({} if flags or "weight" not in arguments else {"bias": True}), **fmt.limits()}

    def one(mode: str) -> Mode:
        return partial(layer, mode), as_it_is_built(kind, likeliest, fmt, _STEP[mode])

    found = _forgetting(_in_modes(name_of(kind), TRAIN, one, limits, fmt), objects.forget)
    return replace(_as_built(found, kind, arguments), sized=partial(adapt_module_class, kind, arguments, fmt))


def _run_in(mode: str, module: Any, leaves: Mapping[str, Any]) -> Any:
    """What a module gives in a mode, some of these tensors in place of its parameters."""
    module.train(mode == TRAIN)
    places = places_of(module, tuple(leaves))
    state = {places[name]: leaf for name, leaf in leaves.items() if name in places}
    _stand_in(module, state)
    inputs = [leaf for name, leaf in leaves.items() if name not in places]
    surrounded(partial(in_mode, module, mode))
    return called(module, {**Buffers(module).copies(leaves), **state}, *inputs)


def _as_built(found: Subject, kind: Any, arguments: tuple[str, ...]) -> Subject:
    """The subject of a class, which is built, in each of its modes; its own are the arguments its forward lacks."""
    module: Any = kind.func if isinstance(kind, partial) else kind
    own = frozenset(arguments[1:]).difference(signature(module.forward).parameters)
    modes = {mode: replace(other, builds=True) for mode, other in found.modes.items()}
    return replace(found, modes=modes, own=own, builds=True)


def _forgetting(subject: Subject, forget: Callable[[], None] | None) -> Subject:
    """The subject that in each of its modes can be as nobody has called it."""
    modes = {mode: replace(other, forget=forget) for mode, other in subject.modes.items()}
    return replace(subject, modes=modes, forget=forget)


def _in_modes(name: str, own: str, modes: Callable[[str], Mode], limits: Config, fmt: Format) -> Subject:
    """The subject in its own mode, with itself in the other one."""
    (layer, said), (layer_there, said_there) = modes(own), modes(OTHER[own])
    first = torch_subject(f"{name} ({own})", layer, limits, fmt)
    # Never the same seed twice: a mode that draws numbers is not to be taken for one that repeats itself.
    other = torch_subject(f"{name} ({OTHER[own]})", layer_there, limits, fmt, count())
    return replace(shown(first, said, fmt), modes={OTHER[own]: shown(other, said_there, fmt)})


def _switched(module: Any, mode: str, layer: Layer) -> Layer:
    """A layer that runs its module in this mode, and leaves every part of it in the mode in which it was."""

    def run(leaves: Mapping[str, Any], config: Config) -> Any:
        around = partial(in_mode, module, mode)
        surrounded(around)
        return around(lambda: layer(leaves, config))

    return layer if _mode(module) == mode else run


def in_mode(module: Any, mode: str, run: Callable[[], Any]) -> Any:
    """What a call gives while a module is in this mode; each part of it is in its own afterwards."""
    before = {part: part.training for part in module.modules()}
    module.train(mode == TRAIN)
    try:
        return run()
    finally:
        for part, trained in before.items():
            part.training = trained


def _mode(module: Any) -> str:
    return TRAIN if module.training else EVAL


def _title(module: Any) -> str:
    """What to call a module: by its class, or by the one that was scripted or traced."""
    return f"{module.original_name}, scripted" if is_scripted(module) else name_of(module)


def parameters_of(module: Any) -> Arrays:
    """Every parameter of a module as an array, by its dotted name."""
    return {name: array(parameter).copy() for name, parameter in uncompiled(module).named_parameters()}
