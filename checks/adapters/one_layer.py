"""One layer of what is handed over as one: a dictionary of its two functions is a pair, and several layers are not."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from checks.adapters.callables import name_of
from checks.adapters.closing import with_back
from checks.adapters.context import out_of_context
from checks.adapters.foreign import Foreign
from checks.adapters.methods import PAIRS, methods_of
from checks.adapters.own_pair import object_of
from checks.adapters.partials import as_given
from checks.adapters.slotted import with_dictionary
from checks.adapters.swapped import demand_in_order
from checks.adapters.torch_kinds import applied, function_class, is_module
from checks.adapters.unrecognised import not_recognised
from checks.adapters.vectorized import spelled
from checks.counted import count
from checks.errors import UsageError
from checks.subject import Subject

#: Layers that a message names.
MOST_NAMED = 3


def one_layer(obj: Any) -> Any:
    """A layer as it is; a pair of a dictionary with functions called as methods are, ``{"forward": f, "backward": g}``.

    A pair, too, of two functions that save in a context which they are handed, and of one function that gives y and the
    function that goes back from there; the object itself of a pair of its own methods, see ``object_of``.

    Raises UsageError where it is a collection of layers, or of anything else, or nothing that could be called.
    """
    if isinstance(obj, ModuleType):
        raise UsageError(f"the module {obj.__name__} where a layer is asked for; expected {_within(obj)}")
    if isinstance(obj, Mapping):
        return one_layer(_pair_of(obj))
    if not isinstance(obj, (tuple, list)):
        if not (callable(obj) or _is_layer(obj) or isinstance(obj, Foreign)):
            raise UsageError(not_recognised(obj, ("x",)))
        return out_of_context(with_dictionary(obj)) if methods_of(obj) else with_back(out_of_context(obj))
    obj = _by_methods(obj)
    if obj and all(map(_is_layer, obj)):
        raise UsageError(_several(obj, "layers[0]"))
    if len(obj) != len(PAIRS[0]) or not all(map(callable, obj)):
        raise UsageError(not_recognised(obj, ("x",)))
    obj = type(obj)(map(spelled, obj)) if type(obj) in {tuple, list} else obj
    demand_in_order(*obj)
    if (owner := object_of(*obj)) is not None:
        return with_dictionary(owner)
    return out_of_context(type(obj)(map(as_given, obj)) if type(obj) in {tuple, list} else obj)


def _by_methods(obj: Any) -> Any:
    """A named tuple with both methods, between which it keeps nothing, as their pair; anything else as it is."""
    if (own := methods_of(obj)) is None:
        return obj
    pair = getattr(obj, own.forward), getattr(obj, own.backward)
    return obj if object_of(*pair) is not None else pair


def _within(module: ModuleType) -> str:
    """What may be meant of a module, in which a pair of functions may stand under the usual names."""
    pair = next((pair for pair in PAIRS if all(callable(getattr(module, name, None)) for name in pair)), ())
    named = f", such as ({', '.join(f'{module.__name__}.{name}' for name in pair)})" if pair else ""
    return f"a layer in it{named}"


def _pair_of(obj: Mapping[Any, Any]) -> Any:
    names = {str(name).lower(): name for name in obj}
    for pair in PAIRS:
        if names.keys() >= set(pair) and all(callable(obj[names[name]]) for name in pair):
            return tuple(spelled(obj[names[name]]) for name in pair)
    if obj and all(map(_is_layer, obj.values())):
        raise UsageError(_several(obj.values(), f"layers[{next(iter(obj))!r}]"))
    raise UsageError(not_recognised(obj, ("x",)))


def _is_layer(obj: Any) -> bool:
    """Whether it is one by itself: a function may be the half of one."""
    if isinstance(obj, (tuple, list)) and methods_of(obj) is None:
        return len(obj) == len(PAIRS[0]) and all(map(callable, obj))
    known = isinstance(obj, Subject) or is_module(obj) or methods_of(obj) is not None
    return known or bool(applied(obj) or function_class(obj))


def _several(layers: Any, first: str) -> str:
    every = list(layers)
    pairs = [isinstance(each, (tuple, list)) and methods_of(each) is None for each in every]
    named = [", ".join(map(name_of, each)) if pair else name_of(each) for pair, each in zip(pairs, every, strict=True)]
    more = ", ..." if len(named) > MOST_NAMED else ""
    return (
        f"{count(len(every), 'layer')} where one is asked for ({', '.join(named[:MOST_NAMED])}{more}); expected one: "
        f"examine({first}, ...), and the others in their turn; on the command line the name of each, MODULE:NAME"
    )
