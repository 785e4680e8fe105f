"""Subjects that claim nothing, on examples that a Hypothesis strategy draws."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import partial
from typing import Self

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy

from checks.case import Case, nested
from checks.case_text import parse_called
from checks.errors import GradproofError, SubjectError, UsageError
from checks.families.example import loud, rounded, unusual, upstream
from checks.families.unclaimed import Unclaimed, demand_real
from checks.refusals import RAISED
from checks.subject import Subject
from checks.types import Arrays, Config, Shape, Shapes, carrier

#: Examples that one sweep draws at least.
FEWEST = 20

#: One of so many examples has an unusual dy.
EVERY = 3


class Drawn(Unclaimed):
    """A family of one subject on examples that a strategy draws, each spelled out in its case."""

    def __init__(self, subject: Subject, examples: SearchStrategy[Arrays], unexamined: tuple[str, ...] = ()) -> None:
        """``examples`` draws arrays by argument name, all of one format, of any shapes.

        Raises UsageError where formats differ.
        """
        super().__init__(subject, first_of(examples), unexamined)
        self.examples, self.fewest = examples, FEWEST

    def varied(self) -> Self:
        """The same: a strategy shows what else there is."""
        return self

    def drawing(self, examples: SearchStrategy[Arrays]) -> Drawn:
        """The same subject on the examples of another strategy."""
        found = copy(self)
        found.examples = examples.map(partial(rounded, dtype=self.dtype)) if self.narrowed else examples
        return found

    def output_shape(self, shapes: Shapes, config: Config) -> Shape:
        """Shape of y on ones of these shapes."""
        ones = {name: np.ones(shape, carrier(self.dtype)) for name, shape in shapes.items() if name != "dy"}
        return self.subject.apply(ones, config).shape

    def read(self, text: str) -> Case:
        """A case from its text, which spells everything out."""
        return parse_called(text, self.arguments)

    def cases(self) -> SearchStrategy[Case]:
        """Drawn examples, each with dy from a drawn seed."""
        return st.builds(self._spelled_out, self.examples, st.integers(0, 2**32 - 1))

    def simpler(self, case: Case) -> Iterator[Case]:
        """None: a strategy says which shapes there are."""
        yield from ()

    def sweep(self, seed: int, count: int) -> Iterator[Case]:
        """As many examples as asked for, the same ones for the same seed."""
        found = draws(self.examples, seed, max(count, FEWEST))
        for arrays in found:
            self._demand_format(arrays)
        for place, arrays in enumerate(found):
            yield self._spelled_out(arrays, seed + place)

    def _spelled_out(self, arrays: Arrays, seed: int) -> Case:
        """The case of an example; where the forward raises on it, one on which it raises again, to be judged."""
        self._demand_format(arrays)
        try:
            y = demand_real(self.subject.name, self.subject.apply(arrays, {}))
        except SubjectError:
            return self.example(arrays, (), seed)
        case = self.example(arrays, y.shape, seed)
        if seed % EVERY == EVERY - 1 and not loud(y).any():
            return case.holding("dy", upstream(y.shape, self.dtype, unusual(seed // EVERY), seed))
        return case.holding("dy", np.where(loud(y), 0, case.dy)) if seed % 2 and loud(y).any() else case

    def example(self, arrays: Arrays, y: Shape, seed: int) -> Case:
        """A case that spells out its arguments, in its format, with a dy of the shape of y."""
        arrays = rounded(arrays, self.dtype)
        shapes = {name: value.shape for name, value in arrays.items()} | {"dy": y}
        values = {name: nested(value) for name, value in arrays.items()}
        return Case(self.name, shapes, {}, self.dtype, "normal", seed=seed, values=values)

    def _demand_format(self, arrays: Arrays) -> None:
        if wrong := [
            f"{name} of {value.dtype}" for name, value in arrays.items() if value.dtype != carrier(self.dtype)
        ]:
            raise UsageError(f"inputs drew {wrong[0]} after {self.dtype}; expected one format for all examples")


def first_of(examples: SearchStrategy[Arrays]) -> Arrays:
    """One example: the plainest that Hypothesis tries first."""
    return draws(examples, 0, 1)[0]


def draws(examples: SearchStrategy[Arrays], seed: int, count: int) -> list[Arrays]:
    """At most ``count`` examples of a strategy, the same ones for the same seed; fewer where there are no more.

    Raises UsageError where it draws none, or raises while it draws.
    """
    found: list[Arrays] = []
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
    def collect(example: Arrays) -> None:
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
