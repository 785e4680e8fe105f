"""Names for arrays that come with a subject of no known family: its own words for its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import starmap
from typing import Any

import numpy as np

from checks.adapters import own_names
from checks.adapters.as_initial import trained
from checks.adapters.demands import (
    beside_infinity,
    called,
    demand_all,
    demand_format,
    demand_moderate,
    demand_one_format,
    demand_unmasked,
)
from checks.adapters.frameworks import framework_of
from checks.adapters.kept import Kept
from checks.adapters.kept_parameters import kept_by
from checks.adapters.losses import with_targets
from checks.adapters.methods import methods_of
from checks.adapters.one_example import demand_one_example
from checks.adapters.own_names import by_position, in_order, takes, takes_any
from checks.adapters.remarks import about, about_unfound
from checks.adapters.structures import is_numbers
from checks.adapters.templates import in_floating_point
from checks.adapters.unrecognised import not_recognised
from checks.adapters.words import OWN_DY, unlike_upstream
from checks.array_kinds import about_given, endless
from checks.errors import UsageError
from checks.types import Array, Arrays, format_name


def named_inputs(
    obj: Any,
    inputs: Mapping[str, Any] | Sequence[Any] | Array,
    kept: Kept | None = None,
    remarks: list[str] | None = None,
) -> Arrays:
    """Examples as arrays by the names that the forward gives them; a layer's parameters come along in their format.

    ``kept`` holds those of an object, if they were looked for before. ``remarks`` is told where they are of another
    format than the examples, and of those that nobody examines.
    Raises UsageError where there are more examples than names, or too few, one is not called as the forward calls its
    arguments, or not of finite floating point, or formats differ.
    """
    given = by_argument(obj, inputs)
    kept = parameters_of(obj, inputs) if kept is None else kept
    own = {name: value for name, value in kept.values.items() if name not in given}
    if unknown := [name for name in given if name not in own and not (isinstance(name, str) and takes(obj, name))]:
        names = ", ".join([*by_position(obj), *own])
        raise UsageError(f"inputs has {unknown[0]!r}, which {called(obj)} does not take; expected names of {names}")
    arrays = {name: _array(name, value) for name, value in given.items()}
    unfound = about_unfound(kept, arrays)
    for name, array in arrays.items():
        demand_unmasked(name, given[name])
        demand_format(obj, name, array, in_floating_point(name, given[name]), "" if own else unfound)
    demand_one_format(arrays)
    demand_all(obj, inputs, [*arrays, *own])
    told = [] if remarks is None else remarks
    whole = arrays | _alike(trained(own, told), arrays, kept, told)
    told.extend(filter(None, [*starmap(about_given, given.items()), *about(kept, arrays)]))
    for name, array in whole.items():
        demand_moderate(name, array, beside_infinity(obj, name) if endless(array) else "")
    if "dy" in whole:
        told.append(f"the layer's own dy is called {OWN_DY} here, since dy is the upstream gradient")
    return {unlike_upstream(name): array for name, array in whole.items()}


def loss_of(obj: Any, inputs: Any, remarks: list[str]) -> tuple[Any, Any, dict[str, Any]]:
    """A loss that has its targets, the other examples, and these targets; anything else as it is."""
    if framework_of(obj) or (methods_of(obj) is None and not isinstance(obj, (tuple, list))):
        return obj, inputs, {}
    given = dict(by_argument(obj, inputs))
    layer, names = with_targets(obj, given, remarks)
    rest = {name: value for name, value in given.items() if name not in names}
    return layer, rest if names else inputs, {name: given[name] for name in names}


def parameters_of(obj: Any, inputs: Mapping[str, Any] | Sequence[Any] | Array) -> Kept:
    """What a module or an object keeps beside these examples; an object may build it for them."""
    if isinstance(obj, (tuple, list)) or framework_of(obj) != "torch":
        return kept_by(obj, {name: _array(name, value) for name, value in by_argument(obj, inputs).items()})
    if not hasattr(obj, "named_parameters"):
        return Kept()
    from checks.adapters import torch_module, torch_parameters

    return Kept(values=torch_module.parameters_of(obj), formats=torch_parameters.formats_of(obj))


def _alike(own: Arrays, arrays: Arrays, kept: Kept, remarks: list[str]) -> Arrays:
    """A layer's own parameters in the format of its examples: everything is examined in one."""
    theirs = next((array.dtype for array in arrays.values()), None)
    if theirs is None:
        return own
    told = format_name(theirs)
    if others := sorted({kept.formats.get(name, format_name(array.dtype)) for name, array in own.items()} - {told}):
        remarks.append(f"the layer's own parameters, of {', '.join(others)}, are examined in {told}")
    return {name: array.astype(theirs) for name, array in own.items()}


def by_argument(obj: Any, inputs: Any) -> Mapping[str, Any]:
    """Examples by the names of the arguments that they are for, in the order in which the layer takes them.

    Raises UsageError where there are more examples than names, or several examples in a list.
    """
    demand_one_example(obj, inputs)
    if isinstance(inputs, Mapping):
        return in_order(obj, inputs)
    each = inputs if isinstance(inputs, (tuple, list)) else [inputs]
    return dict(zip(_names(obj, each), each, strict=False))


def _array(name: str, value: Any) -> Array:
    """An example as an array; of a tensor its numbers.

    Raises UsageError where it is none.
    """
    try:
        return np.asarray(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"inputs: {name} is {value!r:.80}, of which NumPy says: {error}; expected an array, or a tuple, a list or "
            "a dictionary of arrays"
        ) from error


def _one_list(obj: Any, each: Sequence[Any]) -> str:
    """What is to be said of examples that are plain numbers, as those in a list for one argument are."""
    alone = len(by_position(obj)) == 1 and is_numbers(list(each))
    return "; a list of numbers for one argument stands in a tuple, inputs=([1.0, 2.0],)" if alone else ""


def _names(obj: Any, each: Sequence[Any]) -> list[str]:
    names, count = by_position(obj), len(each)
    if not names and takes_any(obj):
        return [f"x{place or ''}" for place in range(count)]
    if count and not own_names.parameters_of(obj) and isinstance(obj, type) and methods_of(obj) is None:
        raise UsageError(not_recognised(obj, ("x",)))
    if count and not own_names.parameters_of(obj):
        raise UsageError(
            f"inputs has {count} arrays and the forward of {called(obj)} takes none; expected one that does: where it "
            "reads them from an attribute of its object, write\n"
            f"    def forward(x): layer = {called(obj)}(...); layer.input = x; return layer.forward(), layer\n"
            "    examine((forward, lambda dy, layer: layer.backward(dy)), inputs=(x,))  # by the names of its methods"
        )
    if count > len(names):
        raise UsageError(
            f"inputs has {count} arrays and {called(obj)} takes {', '.join(names) or 'none by position'}; expected "
            f"at most {len(names)}, or a dictionary with the names of the arguments{_one_list(obj, each)}"
        )
    return names
