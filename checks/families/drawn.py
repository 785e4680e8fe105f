"""Subjects that claim nothing, on examples that a Hypothesis strategy draws."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import partial
from typing import Self, TypeAlias, TypeVar

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy

from checks.case import Case, nested
from checks.case_text import parse_known
from checks.errors import GradproofError, SubjectError, UsageError
from checks.families.example import loud, rounded, unusual, upstream
from checks.families.unclaimed import Unclaimed, demanding_real
from checks.patience import Patience
from checks.refusals import RAISED
from checks.subject import Subject
from checks.types import Arrays, Config, Shape, Shapes, carrier

T = TypeVar("T")

#: Arrays by name, and the keywords of their case.
Drawing: TypeAlias = tuple[Arrays, Config]

#: Examples that one sweep draws at least.
FEWEST = 20

#: One of so many examples has an unusual dy.
EVERY = 3


class Drawn(Unclaimed):
    """A family of one subject on examples that a strategy draws, each spelled out in its case.

    ``keywords`` names what has no gradient and is drawn with each example: indices, labels, a mask.
    """

    def __init__(
        self,
        subject: Subject,
        examples: SearchStrategy[Drawing],
        unexamined: tuple[str, ...] = (),
        keywords: tuple[str, ...] = (),
    ) -> None:
        """``examples`` draws arrays by argument name, all of one format, of any shapes, and ``keywords`` beside them.

        Raises UsageError where formats differ.
        """
        arrays, config = first_of(examples)
        super().__init__(subject, arrays, unexamined, config=config)
        self.examples, self.fewest, self.keywords = examples, FEWEST, keywords

    def varied(self, patience: Patience) -> Self:
        """The same: a strategy shows what else there is."""
        return self

    def drawing(self, examples: SearchStrategy[Drawing]) -> Drawn:
        """The same subject on the examples of another strategy."""
        found = copy(self)
        found.examples = examples.map(partial(_rounded, dtype=self.dtype)) if self.narrowed else examples
        return found

    def in_format(self, dtype: str) -> Drawn:
        """The same examples in another format."""
        return Drawn(self.subject, self.examples.map(partial(_rounded, dtype=dtype)), self.unexamined, self.keywords)

    def output_shape(self, shapes: Shapes, config: Config) -> Shape:
        """Shape of y on ones of these shapes."""
        ones = {name: np.ones(shape, carrier(self.dtype)) for name, shape in shapes.items() if name != "dy"}
        return self.subject.apply(ones, config).shape

    def read(self, text: str) -> Case:
        """A case from its text, which spells everything out.

        Raises CaseError where it is a case of other arguments.
        """
        return self._demand_own(parse_known(text, self.arguments))

    def cases(self) -> SearchStrategy[Case]:
        """Drawn examples, each with dy from a drawn seed."""
        return st.builds(self._spelled_out, self.examples, st.integers(0, 2**32 - 1))

    def simpler(self, case: Case) -> Iterator[Case]:
        """None: a strategy says which shapes there are."""
        yield from ()

    def sweep(self, seed: int, count: int) -> Iterator[Case]:
        """As many examples as asked for, the same ones for the same seed."""
        found = draws(self.examples, seed, max(count, FEWEST))
        for arrays, _ in found:
            self._demand_alike(arrays)
        for place, drawing in enumerate(found):
            yield self._spelled_out(drawing, seed + place)

    def _spelled_out(self, drawing: Drawing, seed: int) -> Case:
        """The case of an example; where the forward raises on it, one on which it raises again, to be judged."""
        arrays, config = drawing
        self._demand_alike(arrays)
        try:
            with demanding_real(self.subject.name):
                y = self.subject.apply(arrays, config)
        except SubjectError:
            return self.example(arrays, (), seed, config)
        case = self.example(arrays, y.shape, seed, config)
        if seed % EVERY == EVERY - 1 and not loud(y).any():
            return case.holding("dy", upstream(y.shape, self.dtype, unusual(seed // EVERY), seed))
        return case.holding("dy", np.where(loud(y), 0, case.dy)) if seed % 2 and loud(y).any() else case

    def example(self, arrays: Arrays, y: Shape, seed: int, config: Config) -> Case:
        """A case that spells out its arguments, in its format, with a dy of the shape of y."""
        arrays = rounded(arrays, self.dtype)
        shapes = {name: value.shape for name, value in arrays.items()} | {"dy": y}
        values = {name: nested(value) for name, value in arrays.items()}
        return Case(self.name, shapes, config, self.dtype, "normal", seed=seed, values=values)

    def _demand_alike(self, arrays: Arrays) -> None:
        if arrays.keys() != set(self.arguments):
            drawn, first = ", ".join(arrays), ", ".join(self.arguments)
            raise UsageError(f"inputs drew {drawn} after {first}; expected the same arguments in all examples")
        if wrong := [
            f"{name} of {value.dtype}" for name, value in arrays.items() if value.dtype != carrier(self.dtype)
        ]:
            raise UsageError(f"inputs drew {wrong[0]} after {self.dtype}; expected one format for all examples")


def _rounded(drawing: Drawing, dtype: str) -> Drawing:
    arrays, config = drawing
    return rounded(arrays, dtype), config


def first_of(examples: SearchStrategy[T]) -> T:
    """One example: the plainest that Hypothesis tries first."""
    return draws(examples, 0, 1)[0]


def few_of(examples: SearchStrategy[T]) -> SearchStrategy[T]:
    """Some examples of a strategy as another one, which can travel to another process: few strategies can."""
    return st.sampled_from(draws(examples, 0, FEWEST))


def draws(examples: SearchStrategy[T], seed: int, count: int) -> list[T]:
    """At most ``count`` examples of a strategy, the same ones for the same seed; fewer where there are no more.

    Raises UsageError where it draws none, or raises while it draws.
    """
    found: list[T] = []
    whatever = settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )

    @seeded(seed)
    @whatever
    @given(examples)
    def collect(example: T) -> None:
        found.append(example)

    try:
        collect()
    except GradproofError:
        raise
    except Unsatisfiable as error:
        raise UsageError(f"inputs={examples!r:.80} draws no example; expected a strategy that finds some") from error
    except RAISED as error:
        raise UsageError(
            f"inputs={examples!r:.80} raised {type(error).__name__} while it drew: {error}; expected a strategy that "
            "draws examples"
        ) from error
    return found
