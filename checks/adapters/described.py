"""What is told of how a layer is called: which parameter takes what, and what stays at its default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from inspect import Parameter

from checks.adapters.callables import VARIADIC
from checks.adapters.plan import Plan
from checks.subject import Subject

#: Numbers on which no gradient depends as on a setting: they keep a division from 0, or say how the layer learns.
_ASIDE = re.compile(
    r"(^|.*_)(eps|epsilon|seed|verbose|debug|[ar]?tol|tolerance|lr|learning_rate)(_.*|$)", re.IGNORECASE
)


def watched(plan: Plan, subject: Subject) -> Subject:
    """A subject that is called so, which says what its calls wrote to the dictionary of its keywords."""
    weightless = "weight" not in plan.slots and not plan.variadic
    told = replace(described(subject, plan), unplaced=_unplaced(plan) if weightless else "")
    return replace(told, written=plan.written) if plan.bundle and not plan.packed else told


def described(subject: Subject, *plans: Plan) -> Subject:
    """A subject that is called so, the object of the last plan made by the ones before it."""
    worded = frozenset().union(*(plan.worded for plan in plans))
    told = replace(subject, called_as=called_as(*plans), at_defaults=tuple(at_defaults(*plans)), worded=worded)
    return replace(told, adapter=plans[0].adapter)


def _unplaced(plan: Plan) -> str:
    """The error about a function of a family with a weight that takes none, with the adapter to write.

    Its defaults are not shown: whatever one is may raise as it is.
    """
    own, taken = ", ".join(plan.signature.parameters), ", ".join(plan.slots.values()) or "nothing"
    return (
        f"{plan.name}({own}) takes {taken} and has no parameter for weight; expected arrays first (x, weight, "
        "bias), then PyTorch's keywords (stride, padding, ...); write the adapter and pass it instead:\n"
        f"{plan.adapter}\nor without like=, on examples of what it takes: examine(..., inputs=(x, ...))"
    )


def called_as(*plans: Plan) -> str:
    """Calls one after the other, of a constructor and its method, with what each parameter takes by our own names.

    Empty where all of them are called so.
    """
    taken = [{name: ours for ours, name in (*plan.slots.items(), *plan.words.items())} for plan in plans]
    if all(name == ours for each in taken for name, ours in each.items()):
        return ""
    return ".".join(f"{plan.name}({', '.join(_told(plan, each))})" for plan, each in zip(plans, taken, strict=True))


def _told(plan: Plan, taken: Mapping[str, str]) -> Iterator[str]:
    """What each parameter takes; those that nothing is known of and that have a default keep it."""
    others = _others(plan)
    for name, each in plan.signature.parameters.items():
        if name in taken:
            yield f"{name}={taken[name]}"
        elif name == plan.bundle:
            yield f"{name}=its keywords"
        elif name not in others and each.default is not Parameter.empty and each.kind not in VARIADIC:
            yield f"{name}=its default"


def at_defaults(*plans: Plan) -> Iterator[str]:
    """Numbers that parameters hold of which nothing is known, as source: ``steps=1``."""
    for plan in plans:
        known = {*plan.slots.values(), *plan.words.values(), *_others(plan)}
        yield from (
            f"{name}={each.default!r}"
            for name, each in plan.signature.parameters.items()
            if name not in known and is_setting(each)
        )


def is_setting(parameter: Parameter) -> bool:
    """Whether a parameter has a number of its own that others may be given for."""
    return type(parameter.default) in {int, float} and not _ASIDE.fullmatch(parameter.name)


def _others(plan: Plan) -> set[str]:
    """Parameters that take neither an array nor a keyword of its own and that are given something."""
    return {plan.bundle, *plan.flags, *plan.fixed, *(name for names in plan.spread.values() for name in names)}
