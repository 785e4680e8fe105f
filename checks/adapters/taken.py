"""Examples that hold tuples, lists or dictionaries of arrays, taken apart with the layer that takes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from inspect import Parameter
from typing import Any

from checks.adapters.flat_backward import Gave
from checks.adapters.flattened import flattened
from checks.adapters.given import by_argument
from checks.adapters.options import can_hold
from checks.adapters.own_names import own_code, parameter_of, parameters_of
from checks.adapters.partials import held
from checks.adapters.remarks import held_at_values
from checks.adapters.structured_preamble import Structured
from checks.adapters.structures import form_of, has_form, is_structure, leaves, options, parts
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
    #: Names of what the whole takes, in its order, and what its backward gave last.
    given: tuple[str, ...] = ()
    gave: Gave = field(default_factory=Gave)

    @classmethod
    def of(cls, obj: Any, inputs: Any) -> Taken:
        """A layer and an example for it.

        Raises UsageError where it takes no structures.
        """
        given = by_argument(obj, inputs)
        forms = {parameter_of(obj, name): form_of(value) for name, value in given.items() if is_structure(value)}
        if not forms:
            return cls(obj, obj)
        options = _without_arrays(obj, forms, given)
        layer = held(obj, options) if options else obj
        if not (several := {name: form for name, form in forms.items() if name not in options}):
            return cls(obj, layer, forms)
        own = obj.forward if isinstance(obj, Subject) else own_code(layer)
        arguments = tuple(name for each in given if (name := parameter_of(obj, each)) not in options)
        gave, names = Gave(), tuple(parameter_of(obj, each) for each in given)
        return cls(obj, flattened(layer, several, arguments, own, gave), forms, names, gave)

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
        seen = [pair for name, form in self.forms.items() for pair in options(form, name)]
        subject.remarks.extend(held_at_values(dict(seen)))
        if not any(list(parts(form, name)) for name, form in self.forms.items()):
            return subject  # its options are held as others are

        whole = Structured(self.whole, self.forms, self.given, tuple(arguments), flat, subject.preamble, self.gave)
        every = ", ".join(f"{name}={whole.told(name)}" for name in self.forms)
        return replace(
            subject,
            preamble=lambda *call: whole(*call) or f"{_ONE_BY_ONE}: {every}",
            preamble_of_some=None,
            spelled=lambda names, _: ", ".join(names.values()),
        )

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


def _without_arrays(obj: Any, forms: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The structures that hold nothing but options, where a layer can be given them by name beforehand."""
    if not can_hold(obj):
        return {}
    placed = {each.name for each in parameters_of(obj) if each.kind is Parameter.POSITIONAL_ONLY}
    names = {parameter_of(obj, name): value for name, value in given.items()}
    return {name: names[name] for name, form in forms.items() if name not in placed and not list(parts(form, name))}
