"""Words, functions, plain numbers and integers among the examples (``eps=1e-3``, indices) are held at their values.

So are arrays with infinite entries, masks that are added, of which the backward gives no gradient, and what is data by
its name: labels, masks, running statistics.

A number of which the backward gives a gradient is an argument like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import partial
from typing import Any

import numpy as np

from checks.adapters import flags, own_names
from checks.adapters.at_once import Loss
from checks.adapters.example_run import Run
from checks.adapters.frameworks import framework_of
from checks.adapters.given import by_argument, parameters_of
from checks.adapters.gradients import by_name
from checks.adapters.homes import ByName
from checks.adapters.kept import is_trained
from checks.adapters.methods import Methods, methods_of
from checks.adapters.outputs import that_count
from checks.adapters.partials import held
from checks.adapters.recognise import adapt
from checks.adapters.remarks import held_at_values
from checks.adapters.structures import is_option
from checks.adapters.told_labels import LABELS
from checks.adapters.torch_kinds import function_class, is_module
from checks.array_kinds import endless
from checks.errors import GradproofError, UsageError
from checks.refusals import RAISED
from checks.subject import Subject
from checks.types import Array, Arrays, gradient_of

#: What labels are called; a letter may be anything, but of a loss.
_LABELS = LABELS | {"gt", "ground_truth", "soft_labels", "one_hot"}


def options_held(obj: Any, inputs: Any, remarks: list[str], place: str = "cpu") -> tuple[Any, Any]:
    """A layer that has its options, and the other examples; ``remarks`` is told of those.

    ``place`` is the device on which a layer of PyTorch gets them.
    """
    obj, inputs = _words_held(obj, inputs, remarks)
    given = by_argument(obj, inputs)
    obj = _flags_held(obj, given, remarks)
    data, others = {*data_among(given)}, {*beside_loss(obj, given)}
    other = data | {name for name, value in given.items() if endless(value)}
    numbers = {name: value for name, value in given.items() if _is_number(value) or _is_entry(name) or name in other}
    if len(numbers) == len(given):  # something is no label: what its name says is not true of it
        numbers = {name: value for name, value in numbers.items() if name not in data}
    if not (numbers or others) or not can_hold(obj):
        return obj, inputs
    if len(numbers) == len(given):
        return _all_held(obj, inputs, numbers, remarks, place)
    numbers |= {name: given[name] for name in others}
    try:
        arrays = {name: _numbers(value) for name, value in given.items()}
        found = _with_gradients(obj, arrays)
        found |= _beside_gradients(numbers, found)
        found -= {name for name in data if _gives_at_once(obj) and not obj[0].may_give(name)}
        letters = {name for name in data if len(name) == 1} - found
        found |= letters if letters and not _gives_one_number(obj, arrays) else set()
    except UsageError:  # a layer that cannot be asked before it has its integers
        found = {name for name in numbers if not is_whole(numbers[name])}
    except (*RAISED, GradproofError):  # a layer may want a number where it gets an array
        found = data | others
    options = {name: value for name, value in numbers.items() if name not in found or type(value) in {bool, int}}
    if not options:
        return obj, inputs
    remarks.extend(held_at_values(options))
    return holding(obj, options, place), {name: value for name, value in given.items() if name not in options}


def _all_held(obj: Any, inputs: Any, numbers: Mapping[str, Any], remarks: list[str], place: str) -> tuple[Any, Any]:
    """The same where there is nothing but integers, as of an embedding: its parameters are what is examined."""
    listed = not is_module(obj)  # PyTorch's take tensors
    whole = all(is_whole(value) or (listed and _is_several(value)) for value in numbers.values())
    if not whole or not (is_module(obj) or methods_of(obj)):
        return obj, inputs
    layer = holding(obj, numbers, place)
    if not parameters_of(layer, {}).values:
        return obj, inputs
    remarks.extend(held_at_values(numbers))
    return layer, {}


def holding(obj: Any, options: Mapping[str, Any], place: str = "cpu") -> Any:
    """A layer that has these arguments already, a layer of PyTorch as tensors where they are arrays."""
    tensors = framework_of(obj) == "torch"
    return held(
        obj,
        {
            name: _tensor(value, place) if tensors and hasattr(value, "shape") else value
            for name, value in options.items()
        },
    )


def data_among(given: Mapping[str, Any]) -> list[str]:
    """Names of arrays of real numbers that may have no gradient: nobody trains what is called so, or asks for one.

    Tensors that require no gradient beside some that do say so; a parameter requires one wherever it is.
    """
    real = {name: value for name, value in given.items() if isinstance(name, str) and _is_real(value)}
    asked = any(_is_asked(value) and not _is_parameter(value) for value in real.values())
    return [name for name, value in real.items() if _is_data(name) or (asked and not _is_asked(value))]


def beside_loss(obj: Any, given: Mapping[str, Any]) -> list[str]:
    """Names of all arrays of real numbers, of a function that gives a loss and its gradients at once.

    Its caller trains by the gradients that it gives, and by no others.
    """
    arrays = given.items() if _gives_at_once(obj) else ()
    return [name for name, value in arrays if np.ndim(value) and _is_real(value)]


def _gives_at_once(obj: Any) -> bool:
    return isinstance(obj, tuple) and isinstance(obj[0], Loss)


def _is_data(name: str) -> bool:
    return name.lower() in _LABELS or not is_trained(name)


def _numbers(value: Any) -> Array:
    return np.asarray(value.detach() if hasattr(value, "detach") else value)


def _is_real(value: Any) -> bool:
    """Whether this is an array or a tensor of real numbers, each of which is one."""
    kind = str(getattr(value, "dtype", "")).removeprefix("torch.")
    return kind.startswith(("float", "bfloat")) and not bool((value != value).any())  # noqa: PLR0124 - NaN


def _is_asked(value: Any) -> bool:
    return getattr(value, "requires_grad", None) is True


def _is_parameter(value: Any) -> bool:
    return "Parameter" in {kind.__name__ for kind in type(value).__mro__}


def _beside_gradients(numbers: Mapping[str, Any], found: set[str]) -> set[str]:
    """Entries of dictionaries of which another entry has a gradient; all where nothing has any."""
    entries = {name: name.partition("[")[0] for name in numbers if _is_entry(name)}
    roots = {name.partition("[")[0] for name in found}
    return {name for name, root in entries.items() if root in roots or not found}


def _flags_held(obj: Any, given: Mapping[str, Any], remarks: list[str]) -> Any:
    """The same layer with the flags set without which it cannot go back."""
    if not can_hold(obj):
        return obj
    parameters = [each for each in own_names.parameters_of(obj) if each.name not in given]
    must, may = flags.required(parameters), flags.left_off(parameters)
    layer = held(obj, must, unasked=True) if must else obj
    remarks.extend([flags.told(must)] if must else [])
    arrays = {name: np.asarray(value) for name, value in given.items()} if may else {}
    if not may or framework_of(obj) or not flags.needed(may, partial(_answered_with, layer, arrays)):
        return layer
    remarks.append(flags.told(may))
    return held(layer, may)


def _answered_with(obj: Any, arrays: Arrays, alight: Mapping[str, Any]) -> None:
    _with_gradients(held(obj, alight) if alight else obj, arrays)


def can_hold(obj: Any) -> bool:
    """Whether arguments of its forward can be held: those of a class are its constructor's."""
    return not isinstance(obj, Subject) and (not isinstance(obj, type) or function_class(obj) is not None)


def _words_held(obj: Any, inputs: Any, remarks: list[str]) -> tuple[Any, Any]:
    """The same for words, functions, None, and tuples and lists of integers: there is no gradient to ask for."""
    given = by_argument(obj, inputs)
    several = {name: value for name, value in given.items() if _is_several(value)}
    words = {name: value for name, value in given.items() if _is_word(value)}
    if not words | several or len(words | several) == len(given) or not can_hold(obj):
        return obj, inputs
    if not several or not _all_derived(held(obj, words), {key: given[key] for key in given if key not in words}):
        words |= several
    remarks.extend(held_at_values(words))
    return held(obj, words), {name: value for name, value in given.items() if name not in words}


def _all_derived(obj: Any, given: Mapping[str, Any]) -> bool:
    """Whether a backward gives a gradient of each example, so that lists of integers are meant for arrays.

    What a framework derives has none of integers.
    """
    try:
        arrays = {name: np.asarray(value) for name, value in given.items()}
        return not framework_of(obj) and _with_gradients(obj, arrays) == given.keys()
    except (*RAISED, GradproofError):  # a layer that wants a tuple may raise where it gets an array
        return False


def _is_number(value: Any) -> bool:
    return _is_plain(value) or is_whole(value) or _is_several(value)


def _is_word(value: Any) -> bool:
    """Whether this is a word, a function or nothing."""
    return value is None or isinstance(value, str) or (callable(value) and not hasattr(value, "shape"))


def _is_several(value: Any) -> bool:
    """Whether this is a tuple or a list of integers, nested or not, such as a shape."""
    return isinstance(value, (tuple, list)) and is_option(value)


def _is_plain(value: Any) -> bool:
    return isinstance(value, (bool, int, float)) and not isinstance(value, np.generic)


def is_whole(value: Any) -> bool:
    """Whether this is an array or a tensor of integers or truth values."""
    kind = getattr(value, "dtype", None)
    return hasattr(value, "shape") and str(kind).removeprefix("torch.").startswith(("int", "uint", "bool"))


def _is_entry(name: object) -> bool:
    """Whether this is an array of a dictionary that nobody trains by its name, such as a running mean."""
    return isinstance(name, str) and "['" in name and not is_trained(name.partition("['")[2].rpartition("'")[0])


def _tensor(value: Any, place: str) -> Any:
    import torch

    return torch.as_tensor(value, device=place)


def _with_gradients(obj: Any, arrays: Arrays) -> set[str]:
    """Names of the examples of which the backward gives a gradient; one of PyTorch's or JAX's that is not 0."""
    methods = methods_of(obj)
    if methods and framework_of(obj) != "torch":
        return _kept_or_given(obj, methods, arrays)
    subject = adapt(obj, tuple(arrays), outputs=that_count(obj))
    y, saved = subject.run_forward({name: array.copy() for name, array in arrays.items()}, {})
    found = subject.backward(np.ones_like(y), saved)
    pair = isinstance(obj, (tuple, list))
    there = {name: value for name in arrays if (value := _of(name, found)) is not None and (pair or np.any(value))}
    return {name for name, value in there.items() if _may_be_of(arrays[name], value)}


def _gives_one_number(obj: Any, arrays: Arrays) -> bool:
    """Whether y is a number, as that of a loss is."""
    if (methods := methods_of(obj)) and framework_of(obj) != "torch":
        return Run(methods, arrays).y(obj).size == 1
    subject = adapt(obj, tuple(arrays), outputs=that_count(obj))
    return subject.run_forward({name: array.copy() for name, array in arrays.items()}, {})[0].size == 1


def _may_be_of(array: Array, gradient: Any) -> bool:
    """Whether a gradient may be that of an array: integers have none, and the next one may stand in its place."""
    return not is_whole(array) or np.shape(gradient) == array.shape


def _of(name: str, gradients: Mapping[str, Any]) -> Any:
    return gradients.get(gradient_of(name))


def _kept_or_given(obj: Any, methods: Methods, arrays: Arrays) -> set[str]:
    twin, run, homes = deepcopy(obj), Run(methods, arrays), ByName(tuple(arrays))
    found = by_name(run.back(twin, run.ahead(twin)), homes.arguments)
    every = {name: found.get(gradient_of(name), homes.gradient(twin, name)) for name in arrays}
    return {name for name, value in every.items() if value is not None and _may_be_of(arrays[name], value)}
