"""Layers that by design do not give the gradients of all their arguments: the first of a network has no use for dx.

They say so, ``supports={"gradients": ["weight", "bias"]}``; nobody guesses it, since a gradient may also be forgotten.
What they do not give is the reference's, so that the laws that look at all gradients at once can speak of the others;
of it nobody says anything, and the headline names it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis.strategies import SearchStrategy

from checks.adapters.callables import name_of
from checks.adapters.given import by_argument
from checks.adapters.options import can_hold
from checks.adapters.options import holding as having
from checks.adapters.pair_preamble import YOURS
from checks.adapters.torch_kinds import is_module
from checks.adapters.words import own_name
from checks.errors import UsageError
from checks.families.unclaimed import Unclaimed
from checks.family import Family
from checks.nearest import near
from checks.subject import Subject
from checks.types import Array, Arrays, Config, gradient_of

#: Source of a pair that nobody has said anything of.
PAIR = f"from your_module import forward, backward{YOURS}"

_NAMED = """{text}

back = backward


def backward(dy, saved):
    given = back(dy, saved)
    return dict(zip({names}, given if isinstance(given, (tuple, list)) else [given]))

"""


def giving(subject: Subject, family: Family, limit: Any) -> Subject:
    """The subject that gives the gradients of these arguments alone; the others are computed by the reference.

    It may give them by name, with None in the place of the others, or in order with the others left out. Raises
    UsageError where ``limit`` does not name some of the arguments of the family.
    """
    given = _named(limit, family.arguments)
    ungiven = frozenset(gradient_of(name) for name in family.arguments if name not in given)
    return _Giving(subject, family.reference, given, ungiven).subject if ungiven else subject


@dataclass
class _Giving:
    """A subject with the gradients that it gives, and the reference that gives the others.

    ``moved`` says whether those that came in order were seen to begin with the given ones.
    """

    inner: Subject
    reference: Subject
    given: Sequence[str]
    ungiven: frozenset[str]
    moved: bool = False

    @property
    def subject(self) -> Subject:
        """Both as one."""
        inner = self.inner
        return replace(
            inner,
            forward=self._forward,
            backward=self._backward,
            ungiven=self.ungiven,
            preamble=self._shown,
            some=None,
            preamble_of_some=None,
            sized=None,
            modes={mode: self._of(other) for mode, other in inner.modes.items()},
            sibling=self._of(inner.sibling) if inner.sibling else None,
            untouched=self._of(inner.untouched) if inner.untouched else None,
        )

    def _of(self, inner: Subject) -> Subject:
        return _Giving(inner, self.reference, self.given, self.ungiven).subject

    def _forward(self, arrays: Arrays, config: Config) -> tuple[Array, Any]:
        before = {name: value.copy() for name, value in arrays.items()}  # a layer may write to its own
        y, saved = self.inner.forward(arrays, config)
        return y, (before, config, saved)

    def _backward(self, dy: Array, kept: Any) -> Mapping[str, Array]:
        arrays, config, saved = kept
        own = self._in_place(self.inner.backward(dy, saved), arrays)
        return {**self.reference.pull(arrays, config, dy).gradients, **own}

    def _in_place(self, gradients: Mapping[str, Array], arrays: Arrays) -> Mapping[str, Array]:
        """Those that are given, by name, where they came under their names or in order without the others."""
        given = [name for name in self.given if name in arrays]
        found = {of: gradients[of] for of in map(gradient_of, given) if gradients.get(of) is not None}
        in_order = [gradients[of] for of in map(gradient_of, arrays) if gradients.get(of) is not None]
        moved = dict(zip(map(gradient_of, given), in_order, strict=False))
        self.moved = not _fit(found, given, arrays) and _fit(moved, given, arrays)
        return moved if self.moved else found

    def _shown(self, arrays: Arrays, config: Config) -> str:
        """See ``Subject.preamble``; a backward that leaves some out stands in one that names the others."""
        text = self.inner.preamble(arrays, config) if self.inner.preamble else PAIR
        names = [gradient_of(name) for name in self.given if name in arrays]
        if not self.moved:
            return text
        return _NAMED.format(text=text.rstrip("\n"), names=names) if text and "def backward" not in text else ""


def _fit(gradients: Mapping[str, Any], given: Sequence[str], arrays: Arrays) -> bool:
    """Whether there is a gradient of the shape of its argument for each that is given."""
    shapes = {of: getattr(value, "shape", None) for of, value in gradients.items()}
    return all(shapes.get(gradient_of(name)) == arrays[name].shape for name in given)


def holding(subject: Any, inputs: Any, limit: Any) -> tuple[Any, Any, Mapping[str, str]]:
    """A layer that has those of its examples of which it gives no gradient, the other examples, and their names.

    With each name stands what is to be said of it, in brackets.

    Raises UsageError where nobody can hold them.
    """
    if isinstance(inputs, SearchStrategy):
        raise UsageError(
            f"supports has gradients={limit!r:.80} beside a strategy; expected one example: inputs=(x, ...)"
        )
    given, names = by_argument(subject, inputs), _names(limit)
    ungiven = {name: value for name, value in given.items() if not _among(name, names)}
    if ungiven and not can_hold(subject):
        raise UsageError(
            f"supports has gradients={limit!r}, and {name_of(subject)} is a class that is built with its arguments; "
            "expected an object of it"
        )
    rest = {name: value for name, value in given.items() if name not in ungiven}
    held = ungiven if rest else _in_its_format(subject, ungiven)
    told = {name: "" if held[name] is value else f" (in {held[name].dtype})" for name, value in ungiven.items()}
    return (having(subject, held), rest, told) if ungiven else (subject, inputs, {})


def _in_its_format(subject: Any, held: Mapping[str, Any]) -> Mapping[str, Any]:
    """Examples in the one format of a module's parameters: where no other is left, it is examined in that."""
    if not is_module(subject) or len(formats := {each.dtype for each in subject.parameters()}) != 1:
        return held
    torch: Any = sys.modules["torch"]  # a module of it is there
    tensors = {name: torch.as_tensor(value) for name, value in held.items()}
    other = {name: each for name, each in tensors.items() if each.is_floating_point() and {each.dtype} != formats}
    return {**held, **{name: each.to(*formats) for name, each in other.items()}}


def without(sheet: Unclaimed, ungiven: Mapping[str, str], limit: Any) -> Unclaimed:
    """The sheet of a layer that has these arguments already, of which it gives no gradient.

    Nor is it asked about those that it keeps itself, where they are not among those that are named. Raises UsageError
    where ``limit`` names something that is none of the others.
    """
    if limit is not None:
        named = _named(limit, [own_name(name) for name in sheet.arguments])
        kept = frozenset(gradient_of(name) for name in sheet.arguments if own_name(name) not in named)
        sheet.subject = replace(sheet.subject, ungiven=sheet.subject.ungiven | kept)
    if ungiven:
        sheet.unexamined = (*map(gradient_of, ungiven), *sheet.unexamined)
        why = "held as given, since supports says that the layer gives no gradient of it"
        sheet.subject.remarks.append(f"{why}: {', '.join(name + said for name, said in ungiven.items())}")
    return sheet


def _names(limit: Any) -> list[Any]:
    return [limit] if isinstance(limit, str) or not isinstance(limit, Iterable) else list(limit)


def _named(limit: Any, arguments: Sequence[str]) -> list[str]:
    """Those of the arguments that a limit names."""
    names = _names(limit)
    for name in names:
        if name not in arguments and not any(_is_part(each, name) for each in arguments):
            meant = near(str(name), arguments)
            raise UsageError(
                f"supports has gradients={limit!r:.80}, of which {name!r:.80} is no argument{meant}; expected those of "
                f"{', '.join(arguments)} of which the layer gives the gradients"
            )
    if not names:
        raise UsageError(f"supports has gradients={limit!r}: nothing is left to examine; expected some of {arguments}")
    return [name for name in arguments if name in names or any(_is_part(name, each) for each in names)]


def _among(argument: str, names: Sequence[Any]) -> bool:
    """Whether names are of an argument, or of some of its arrays."""
    return argument in names or any(_is_part(name, argument) for name in names)


def _is_part(name: Any, argument: Any) -> bool:
    """Whether a name is of an array in a structure: ``weights[0]``, ``state.h``."""
    return str(name).startswith((f"{argument}[", f"{argument}."))
