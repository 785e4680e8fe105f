"""Examples that hold tuples, lists or dictionaries of arrays, taken apart with the layer that takes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from checks.adapters.flattened import flattened
from checks.adapters.given import by_argument
from checks.adapters.own_names import own_code, parameter_of
from checks.adapters.remarks import held_at_values
from checks.adapters.sources import variable
from checks.adapters.spelling import Name
from checks.adapters.structures import form_of, has_form, is_structure, leaves, options, parts, rebuilt
from checks.errors import UsageError
from checks.subject import Subject

#: Where a script's reader puts their own layer.
_ONE_BY_ONE = "from your_module import forward, backward  # yours: (y, saved), then gradients, of arrays one by one"


@dataclass(frozen=True)
class Taken:
    """A layer that takes each array by its name; ``forms`` are the structures that were given to ``whole``."""

    whole: Any
    layer: Any
    forms: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, obj: Any, inputs: Any) -> Taken:
        """A layer and an example for it.

        Raises UsageError where it takes no structures.
        """
        given = by_argument(obj, inputs)
        forms = {parameter_of(obj, name): form_of(value) for name, value in given.items() if is_structure(value)}
        if not forms:
            return cls(obj, obj)
        own = obj.forward if isinstance(obj, Subject) else own_code(obj)
        return cls(obj, flattened(obj, forms, tuple(parameter_of(obj, name) for name in given), own), forms)

    def inputs(self, inputs: Any) -> Any:
        """An example for the layer, from one for the whole.

        Raises UsageError where it is not made as the first was.
        """
        if not self.forms:
            return inputs
        given = by_argument(self.whole, inputs)
        return {part: leaf for name, value in given.items() for part, leaf in self._apart(name, value)}

    def told(self, subject: Subject, flat: Any, arguments: Collection[str]) -> Subject:
        """The layer as a subject, in whose scripts a reader hands over the arrays one by one.

        ``flat`` is an example for the layer; what of it is no argument is held.
        """
        if not self.forms:
            return subject
        held = [pair for name, form in self.forms.items() for pair in options(form, name)]
        subject.remarks.extend(held_at_values(dict(held)))

        def shown(part: str) -> Any:
            return Name(variable(part)) if part in arguments else flat[part]

        every = (f"{name}={rebuilt(form, map(shown, parts(form, name)))!r}" for name, form in self.forms.items())
        yours = f"{_ONE_BY_ONE}: {', '.join(every)}"
        return replace(subject, preamble=lambda *_: yours, preamble_of_some=None, spelled=None)

    def _apart(self, name: str, value: Any) -> list[tuple[str, Any]]:
        name = parameter_of(self.whole, name)
        form = self.forms.get(name)
        if form is None and not is_structure(value):  # whether it has a gradient is for others to say
            return [(name, value)]
        seen = list(parts(form_of(value), name))
        if list(options(form, name)) != (there := list(options(form_of(value), name))):
            raise UsageError(
                f"inputs drew {dict(there)} after {dict(options(form, name))}; expected what has no gradient to be the "
                "same in all examples: examine once for each"
            )
        if not has_form(form, value):
            raise UsageError(
                f"inputs drew {', '.join(seen)} after {', '.join(parts(form, name))}; expected as many arrays in the "
                "same structure in all examples"
            )
        return list(zip(parts(form, name), leaves(form, value), strict=True))
