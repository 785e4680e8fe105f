"""A layer that takes tuples, lists or dictionaries of arrays, as one that takes each array by its name.

Its forward gets the structures put together again at each call; the gradients that a backward gives in the same
structures are taken apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from inspect import BoundArguments, Parameter, Signature, unwrap
from typing import Any

from checks.adapters.callables import name_of, signature_of
from checks.adapters.foreign import Foreign
from checks.adapters.gradients import with_names
from checks.adapters.instead import put_around
from checks.adapters.methods import Methods, methods_of
from checks.adapters.structures import has_form, is_part_of, is_structure, leaves, parts, rebuilt
from checks.adapters.torch_kinds import COMPILED, calling, forward_of, function_class, is_module
from checks.adapters.words import gradient_names
from checks.errors import UsageError
from checks.subject import Subject
from checks.types import gradient_of


class Part(Parameter):
    """A parameter for one array of a structure, called as nothing is in Python: ``hx[0]``."""

    __slots__ = ("part", "whole")

    def __init__(self, part: str, whole: Parameter) -> None:
        """``whole`` is the parameter for the structure."""
        kind = Parameter.POSITIONAL_OR_KEYWORD if whole.kind is Parameter.POSITIONAL_ONLY else whole.kind
        super().__init__("part", kind, default=whole.default)
        self.part, self.whole = part, whole

    def replace(self, **changes: Any) -> Part:
        """The same with changes, as ``functools.partial`` makes them."""
        return Part(self.part, self.whole.replace(**changes))

    @property
    def name(self) -> str:
        """With what stands in brackets."""
        return self.part


@dataclass(frozen=True)
class Flat:
    """A callable that takes the arrays of some structures one by one; ``forms`` are those of its parameters."""

    func: Callable[..., Any]
    forms: Mapping[str, Any]

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call it with the structures."""
        whole, flat = self._whole(), self.__signature__.bind(*given, **named).arguments
        held = {name: self._held(name, flat) for name in whole.parameters}
        bound = BoundArguments(whole, {name: value[0] for name, value in held.items() if value})
        return self.func(*bound.args, **bound.kwargs)

    @property
    def __name__(self) -> str:
        """Its own."""
        return name_of(self.func)

    @property
    def __signature__(self) -> Signature:
        """With a parameter for each array."""
        whole = self._whole()
        return whole.replace(parameters=[each for one in whole.parameters.values() for each in self._flat(one)])

    def _whole(self) -> Signature:
        return signature_of(self.func, "function", tuple(self.forms))

    def _flat(self, parameter: Parameter) -> Iterator[Parameter]:
        if parameter.name not in self.forms:
            yield parameter
            return
        for part in parts(self.forms[parameter.name], parameter.name):
            yield Part(part, parameter)

    def _held(self, name: str, flat: Mapping[str, Any]) -> list[Any]:
        """The argument of a call under this name, if there is one."""
        if name not in self.forms:
            return [flat[name]] if name in flat else []
        names = list(parts(self.forms[name], name))
        return [rebuilt(self.forms[name], (flat[part] for part in names))] if set(names) <= flat.keys() else []


@dataclass(frozen=True)
class Again(Flat):
    """A backward that is told the arguments of its forward again, by name; or dy and what was saved, by place."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call it with the structures, or as it is."""
        return super().__call__(*given, **named) if named else self.func(*given)


@dataclass
class Gave:
    """What a backward gave last: as it came, and taken apart."""

    whole: Any = None
    flat: Any = None


@dataclass(frozen=True)
class FlatBackward:
    """A backward whose gradients are taken apart as the arguments are; ``arguments`` are all, in their order.

    ``gave`` is told of them.
    """

    func: Callable[..., Any]
    forms: Mapping[str, Any]
    arguments: tuple[str, ...]
    gave: Gave = field(default_factory=Gave, compare=False)

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Gradients of each array, by name or in the order of the arguments; flat ones stay as they are."""
        self.gave.whole = self.func(*given, **named)
        self.gave.flat = self._apart(self.gave.whole)
        return self.gave.flat

    def _apart(self, whole: Any) -> Any:
        found = with_names(whole, self.arguments)
        if len(self.arguments) == 1 and self._is_whole(self.arguments[0], found):
            return list(leaves(self.forms[self.arguments[0]], found))
        if isinstance(found, Mapping):
            return dict(pair for key, value in found.items() for pair in self._by_name(key, value))
        nested = isinstance(found, (tuple, list)) and any(map(is_structure, found))
        return list(self._in_order(found)) if nested or self._is_short(found) else found

    @property
    def __name__(self) -> str:
        """Its own."""
        return name_of(self.func)

    @property
    def __signature__(self) -> Signature:
        """Its own."""
        return signature_of(self.func, "function", ())

    def _is_short(self, found: Any) -> bool:
        """Whether there is one for each argument, and None for a structure."""
        same = isinstance(found, (tuple, list)) and len(found) == len(self.arguments)
        return same and any(
            each is None for name, each in zip(self.arguments, found, strict=True) if name in self.forms
        )

    def _is_whole(self, name: str, gradient: Any) -> bool:
        return name in self.forms and has_form(self.forms[name], gradient)

    def _by_name(self, key: Any, gradient: Any) -> Iterator[tuple[Any, Any]]:
        names = (name for name in self.forms if isinstance(key, str) and key.lower() in gradient_names(name))
        if (name := next(names, None)) is None:
            yield key, gradient
            return
        names_of_parts = (gradient_of(part) for part in parts(self.forms[name], name))
        yield from zip(names_of_parts, self._leaves(name, gradient), strict=True)

    def _in_order(self, found: Sequence[Any]) -> Iterator[Any]:
        for name, gradient in zip(self.arguments, found, strict=False):  # parameters may follow
            yield from self._leaves(name, gradient) if name in self.forms else [gradient]
        yield from found[len(self.arguments) :]

    def _leaves(self, name: str, gradient: Any) -> Iterator[Any]:
        """What a gradient of a structure holds.

        Raises TypeError where it is of another form.
        """
        form = self.forms[name]
        if gradient is not None and not has_form(form, gradient) and not is_part_of(form, gradient):
            wanted = rebuilt(form, parts(form, gradient_of(name)))
            raise TypeError(f"the backward gave {gradient!r:.80} for {name}; expected {wanted}, as {name} is")
        return leaves(form, gradient)


def handed(backward: Callable[..., Any]) -> Callable[..., Any]:
    """What is called where a backward is handed dy and what was saved, by place: it takes no structure apart."""
    inner = unwrap(backward)
    return inner.func.func if isinstance(inner, FlatBackward) and isinstance(inner.func, Again) else backward


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
        return (Flat(obj[0], forms), FlatBackward(Again(obj[1], forms), forms, arguments, gave))
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
