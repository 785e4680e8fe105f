"""A layer that takes tuples, lists or dictionaries of arrays, as one that takes each array by its name.

Its forward gets the structures put together again at each call; the gradients that a backward gives in the same
structures are taken apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from typing import Any

from checks.adapters.callables import name_of
from checks.adapters.flat import Again, Flat
from checks.adapters.flat_backward import FlatBackward, Gave
from checks.adapters.foreign import Foreign
from checks.adapters.instead import put_around
from checks.adapters.methods import Methods, methods_of
from checks.adapters.returned_names import returned_names
from checks.adapters.torch_kinds import COMPILED, calling, forward_of, function_class, is_module
from checks.errors import UsageError
from checks.subject import Subject


def flattened(
    obj: Any, forms: Mapping[str, Any], arguments: tuple[str, ...], own: Callable[..., Any], gave: Gave
) -> Any:
    """A layer that takes each array of these structures by its name, from one that takes the ``arguments``.

    ``own`` is what is called with the arrays; ``gave`` is told what a hand-written backward gives. Raises UsageError
    where such a layer cannot be made.
    """
    if isinstance(obj, (Subject, Foreign)):
        return obj if isinstance(obj, Subject) else replace(obj, function=Flat(obj.function, forms))
    if isinstance(obj, (tuple, list)):
        _, *saved = returned_names(obj[0]) or ("",)  # by such a name a backward is handed what was saved
        again = Again(obj[1], {name: form for name, form in forms.items() if name not in saved})
        return (Flat(obj[0], forms), FlatBackward(again, forms, arguments, gave))
    if instead := _instead(obj):
        raise UsageError(f"inputs: {', '.join(forms)} of {name_of(obj)} holds several arrays; expected {instead}")
    if is_module(obj):
        return calling(obj, Flat(forward_of(obj), forms))
    methods = methods_of(obj)
    return _object(copy(obj), methods, forms, arguments, gave) if methods else Flat(own, forms)


def _object(obj: Any, methods: Methods, forms: Mapping[str, Any], arguments: tuple[str, ...], gave: Gave) -> Any:
    """An object whose two methods do so in our calls."""
    put_around(obj, methods.forward, lambda forward: Flat(forward, forms))
    put_around(obj, methods.backward, lambda backward: FlatBackward(backward, forms, arguments, gave))
    return obj


def _instead(obj: Any) -> str:
    """What to give in place of a layer that structures cannot be given to; empty where they can."""
    if function_class(obj):
        return "a function that hands apply each array by itself, for PyTorch derives by no tensor inside a tuple"
    if isinstance(obj, type):
        return f"an object: examine({name_of(obj)}(...), inputs=...)"
    return "the module as it was before torch.compile" if is_module(obj) and hasattr(obj, COMPILED) else ""
