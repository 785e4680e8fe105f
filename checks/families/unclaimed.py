"""Subjects that claim nothing: no reference, no sums, only examples of their arguments.

What is left needs no second source: the gradient against numerical derivatives of the subject's own forward, each with
its error, and the laws that every backward keeps. Not a sheet that anybody can ask for by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from functools import cached_property, partial
from itertools import chain, islice
from typing import Literal, Self

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checks.case import Case
from checks.case_text import parse_known
from checks.claim import DERIVED, Verdict
from checks.errors import CaseError, ComplexError, SubjectError, UsageError
from checks.families.asked_example import Asked
from checks.families.blurred import blurred
from checks.families.degenerate import ABSENT
from checks.families.elsewhere import elsewhere
from checks.families.estimated import EstimatedFamily
from checks.families.example import (
    AS_GIVEN,
    IN_NARROW,
    NARROWER,
    NEARER,
    NORMAL,
    SETTINGS,
    ZEROED,
    Example,
    loud,
    rounded,
    unusual,
)
from checks.families.former import former
from checks.families.held import Held
from checks.families.other_shapes import OtherShapes
from checks.families.rules import symmetric
from checks.families.slices import parts, sliced
from checks.families.variations import MADE_ALIKE, WITH_ZEROS, Variations
from checks.families.variations_told import BEYOND, CALLED, DROWNED, OF_NOTHING, in_its_lengths
from checks.patience import Patience
from checks.strategies.turns import by_turns
from checks.subject import Subject
from checks.types import Array, Arrays, Config, Shape, Shapes, carrier, format_name

#: Variations that come first; then those of its lengths and of its numbers take turns: a short time shows some of both.
FIRST = 6


def format_of(subject: Subject, arrays: Arrays) -> str:
    """The one format of all examples; bfloat16 where float32 carries it, or a subject computes in that alone.

    Raises UsageError where their formats differ.
    """
    formats = {format_name(array.dtype) for array in arrays.values()}
    if len(formats) != 1:
        raise UsageError(f"inputs of {', '.join(sorted(formats)) or 'no format'}; expected arrays of one format")
    (found,), wanted = formats, subject.limits.get("dtype")
    return str(wanted) if wanted == "bfloat16" and found == str(carrier("bfloat16")) else found


@contextmanager
def demanding_real(name: str) -> Iterator[None]:
    """Where y of a layer is complex it claims nothing: what its dy means is a convention, and there are several.

    Raises UsageError there.
    """
    try:
        yield
    except ComplexError as error:
        raise UsageError(
            f"{name} gives y of {error.dtype}, whose gradient has several conventions; expected its real and imaginary "
            "parts, as of a forward that gives (y.real, y.imag) and a backward that takes a gradient for each"
        ) from error


class Unclaimed(EstimatedFamily):
    """A family of one subject on one example of its arguments, taken to be smooth around it."""

    name = "unclaimed"
    kinds = ("given",)
    smooth = True
    forwards = 1  # of the example

    def __init__(
        self,
        subject: Subject,
        arrays: Arrays,
        unexamined: tuple[str, ...] = (),
        *,
        turned: Mapping[int, Config] | None = None,
        held: Held | None = None,
        config: Config | None = None,
    ) -> None:
        """An example of each argument by name, all of one format; ``unexamined`` names what else the subject keeps.

        ``config`` holds the keywords of the example, ``turned`` those under which it has other whole numbers, by
        ``span``; ``held`` is what the subject holds beside the example. Raises UsageError where formats differ, or y is
        complex.
        """
        self.subject, self.dtype = subject, format_of(subject, arrays)
        self.arrays = rounded(arrays, self.dtype)
        self.unexamined, self.turned, self.config = unexamined, dict(turned or {}), dict(config or {})
        self.y = self._first()
        self.loud = loud(self.y)
        self.arguments: tuple[str, ...] = tuple(arrays)  # type: ignore[misc] # known only with the examples
        self.variations: dict[int, Arrays] = {AS_GIVEN: self.arrays}
        self.held, self.resized = held or Held(), dict[int, Shape]()
        self.fewest = 1

    def _first(self) -> Array:
        """Y of the example, from a forward after which no gradient is asked for where another raises.

        Where each raises, one that is never compared: its case will raise again.
        """
        for forward in (self.subject.apply, self.subject.infer):
            with suppress(SubjectError), demanding_real(self.subject.name):
                return forward(self.arrays, self.config)
        return np.zeros(())

    def varied(self, patience: Patience) -> Self:
        """The same example, also as the layer takes it varied: it is asked, as long as there is ``patience``."""
        found = copy(self)
        asked = Asked(self.subject, self.arrays, self.dtype, self.y, patience, self.held)
        patience.again = partial(asked.applied, self.arrays)
        tried, others = Variations(asked), OtherShapes(asked)
        found.turned = {span: config for span, config in self.turned.items() if tried.takes_with(config, span)}
        shapes = {} if self.loud.any() else others.resized()
        lengths = ((span, other.arrays) for span, other in shapes.items())
        numbers = iter(tried.taken().items())
        settings = [(SETTINGS, self.arrays)] if SETTINGS in found.turned else []
        found.variations = dict(chain(islice(numbers, FIRST), settings, by_turns(lengths, numbers)))
        found.variations |= dict.fromkeys(found.turned, self.arrays)
        found.turned |= {span: {**self.config, **other.config} for span, other in shapes.items() if other.config}
        found.resized = {span: other.y for span, other in shapes.items()}
        held = tried.held_back(found.variations, others.unfollowed)
        drowned = in_its_lengths([DROWNED] if self.loud.any() else [])
        self.subject.remarks.extend([*map(_untaken, asked.untaken.items()), *held, *drowned])
        found.fewest = len(found.variations) + 1  # with one unusual dy; of an example each case asks the same
        return found

    def unreached(self, judged: Iterable[Case]) -> str:
        """The variations that no case was about, where there are any."""
        met = {case.span for case in judged}
        left = dict.fromkeys(CALLED[span] for span in self.variations if span not in {*met, AS_GIVEN})
        several = "variations of the example were" if len(left) > 1 else "variation of the example was"
        return f"{len(left)} {several} not reached, for want of time: {'; '.join(left)}" if left else ""

    def in_format(self, dtype: str) -> Unclaimed:
        """The same example in another format."""
        arrays = rounded(self.arrays, dtype)
        return Unclaimed(self.subject, arrays, self.unexamined, turned=self.turned, held=self.held)

    def of(self, subject: Subject) -> Self:
        """The same examples, and what they gave, of another subject."""
        found = copy(self)
        found.subject = subject
        return found

    def output_shape(self, shapes: Shapes, config: Config) -> Shape:
        """Shape of y on the example."""
        return self.y.shape

    def former(self, case: Case) -> str:
        """See ``Family``: parameters were added, renamed or removed since."""
        return former(case, self.subject, {name: value.shape for name, value in self.arrays.items()})

    def read(self, text: str) -> Case:
        """A case of the example from its text: what the text does not spell out is the example's.

        Raises CaseError where it is a case of other arguments.
        """
        case = self._demand_own(parse_known(text, self.arguments))
        span = case.span if case.span in self.variations else AS_GIVEN
        whole = {name: value for name, value in self.variations[span].items() if name not in case.values}
        given, found = sliced(whole, case.shapes), case.values
        drowning = self._drowning(case.shapes["dy"])
        return Example(
            self.name, case.shapes, case.config, case.dtype, "given", span, case.unit, case.seed, found, given, drowning
        )

    def _demand_own(self, case: Case) -> Case:
        if why := self.former(case):
            raise CaseError(f"the case {why}; expected a case of {', '.join(self.arguments)}: {str(case)!r:.200}")
        return case

    def _drowning(self, shape: Shape) -> Array:
        """Which outputs of a part of y are loud; none where it is no part, as of a layer that turns its axes."""
        part = self.loud[tuple(map(slice, shape))] if len(shape) == self.loud.ndim else self.loud
        return part if part.shape == shape else np.zeros((), bool)

    def case_of(self, shapes: Shapes, config: Config, dtype: str, data: str, seed: int) -> Case:
        """The example, with dy from a seed; nothing else can be asked for."""
        return self._varied(seed, AS_GIVEN)

    def cases(self) -> SearchStrategy[Case]:
        """The example, with dy from a drawn seed."""
        return st.integers(0, 2**32 - 1).map(self._seeded)

    def sweep(self, seed: int, count: int) -> Iterator[Case]:
        """The example with one dy after another, by turns as it was given and varied as the layer takes it.

        A layer that finds again what it kept of its first arguments is seen only where they differ. An unusual dy comes
        with the example nearer to 0, and another after each round.
        """
        turns = [(span, unusual(seed) if span == NEARER else NORMAL) for span in self.variations]
        turns.append((AS_GIVEN, unusual(seed + 1)))
        for place in range(max(count, len(turns))):
            yield self._varied(seed + place, *turns[place % len(turns)])

    def beyond(self, case: Case) -> str:
        """Where the example was moved outwards, or a row made 0: it shows where the layer is meant to be right."""
        return BEYOND.get(case.span, "") if case.data == "given" else ""

    def elsewhere(self, case: Case) -> str:
        """Where the example has other lengths or settings, or was moved outwards on the whole line."""
        return elsewhere(self.arrays, case.span) if case.data == "given" else ""

    def undefined(self, case: Case) -> str:
        """Where an argument was made all zeros, at which norms and deviations have no derivative."""
        return OF_NOTHING if case.data == "given" and case.span in ABSENT else ""

    def asks(self, law: str, case: Case) -> bool:
        """In a narrower format than the example's the derivatives alone: all else is asked in its own."""
        return case.data != "given" or case.span != IN_NARROW or law in DERIVED

    def blurred(self, case: Case, verdict: Verdict) -> str:
        """Where the example was moved far from 0, or its numbers close together."""
        return blurred(case, verdict)

    def symmetric(self, argument: str) -> bool:
        """As the example is, whatever its variations are."""
        return symmetric(self.arrays[argument])

    def no_number(self, case: Case) -> Literal["wrong", "hazard", "right"]:
        """Nothing where single zeros were put into the example; a hazard where its numbers were made the same.

        Where many were made 0, a hazard as far as single zeros are none.
        """
        if case.data != "given" or case.span not in {ZEROED, *MADE_ALIKE}:
            return "wrong"
        nothing = case.span == ZEROED or (case.span in WITH_ZEROS and not self._finite_at_single_zeros)
        return "right" if nothing else "hazard"

    @cached_property
    def _finite_at_single_zeros(self) -> bool:
        """Whether the layer gives finite gradients where single numbers are 0, or does not take that."""
        if ZEROED not in self.variations:
            return True
        gradients = self.subject.pull(self.variations[ZEROED], {}, np.ones(self.y.shape, self.y.dtype)).gradients
        return all(np.all(np.isfinite(value)) for value in gradients.values())

    def simpler(self, case: Case) -> Iterator[Case]:
        """The first entries of a large example along its axes, as far as the layer takes them."""
        yield from parts(case, self.subject, case.shapes["dy"])

    def _seeded(self, seed: int) -> Case:
        return self._varied(seed, AS_GIVEN)

    def _varied(self, seed: int, span: int, unit: int = NORMAL) -> Case:
        config, given, loud = self.turned.get(span, self.config), self.variations[span], self.loud
        shapes = {name: array.shape for name, array in given.items()} | {"dy": self.resized.get(span, self.y.shape)}
        dtype = NARROWER[self.dtype] if span == IN_NARROW else self.dtype
        return Example(self.name, shapes, config, dtype, "given", span, unit, seed, given=given, loud=loud)


def _untaken(found: tuple[str, list[str]]) -> str:
    """What is said of the variations of an example that a layer does not take, and why it does not."""
    why, varied = found
    many = "1 variation of the example is" if len(varied) == 1 else f"{len(varied)} variations of the example are"
    return f"{many} not examined, since {why}: {'; '.join(varied)}"
