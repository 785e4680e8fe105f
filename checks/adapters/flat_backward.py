"""A backward whose gradients come in structures, as one that gives the gradient of each array by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import Signature, unwrap
from typing import Any

from checks.adapters.callables import name_of, signature_of
from checks.adapters.flat import Again
from checks.adapters.gradients import with_names
from checks.adapters.structures import has_form, is_part_of, is_structure, leaves, part_key, parts, rebuilt
from checks.adapters.words import first_present, gradient_names
from checks.types import gradient_of


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
            return dict(pair for key, value in self._by_part(found).items() for pair in self._by_name(key, value))
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

    def _by_part(self, found: Mapping[Any, Any]) -> Mapping[Any, Any]:
        """The same with gradients named after keys of a dictionary, ``dWax`` of ``parameters['Wax']``, under its parts.

        Where some of its parts have one, None stands for the others, as in a dictionary of gradients.
        """
        keys = {part: part_key(part) for name in self.forms for part in parts(self.forms[name], name)}
        alone = {part: key for part, key in keys.items() if key and [*keys.values(), *self.arguments].count(key) == 1}
        named = {part: first_present(gradient_names(key), found) for part, key in alone.items()}
        there = {key: gradient_of(part) for part, key in named.items() if key}
        roots = {part.partition("[")[0] for part, key in named.items() if key}
        rest = {gradient_of(part): None for part in keys if not named.get(part) and part.partition("[")[0] in roots}
        return {**{there.get(key, key): value for key, value in found.items()}, **rest} if there else found

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
