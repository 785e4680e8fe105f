"""Which cases a family has: drawn, swept, and made plainer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from checks.case import Case, parse
from checks.types import Config, Shape, Shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hypothesis.strategies import SearchStrategy


class CaseSource(ABC):
    """What makes cases of a family, and tells what they visit."""

    #: Kinds of data that keep away from kinks, exact integers first.
    kinds: ClassVar[tuple[str, ...]] = ("integers", "normal")
    #: Cases that are examined whatever the budget, unless each takes long.
    fewest: int = 20

    @abstractmethod
    def output_shape(self, shapes: Shapes, config: Config) -> Shape:
        """Shape of y and dy for arguments of these shapes.

        Raises CaseError where the configuration is not valid.
        """

    @abstractmethod
    def case_of(self, shapes: Shapes, config: Config, dtype: str, data: str, seed: int) -> Case:
        """A case from argument shapes and keywords, its numbers chosen so that sums are exact where that is possible.

        Raises CaseError where the configuration is not valid.
        """

    def read(self, text: str) -> Case:
        """A case from its text.

        Raises CaseError where the text is no case.
        """
        return parse(text)

    @abstractmethod
    def cells(self, case: Case) -> set[str]:
        """Names of the configuration cells that a case visits."""

    @abstractmethod
    def combinations(self, case: Case) -> set[frozenset[str]]:
        """Pairs of configuration cells that a case meets, and triples of those that matter most."""

    @abstractmethod
    def unmet(self, combinations: set[frozenset[str]]) -> list[tuple[str, str]]:
        """Combinations of this family's cells that are not among those met, each with the reason."""

    @property
    def all_cells(self) -> frozenset[str]:
        """Every configuration cell that a case of this family can visit; none where nothing is known of them."""
        return frozenset()

    @abstractmethod
    def cases(self) -> SearchStrategy[Case]:
        """Hypothesis strategy of cases: valid, wide, shrinking to the plainest layer."""

    @abstractmethod
    def sweep(self, seed: int, count: int) -> Iterator[Case]:
        """At least ``count`` cases from a seed, beginning with a covering array of configuration cells."""

    def common(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:  # noqa: ARG002
        """Cases as networks have them most, for these counts of spatial axes; none unless a sheet has some."""
        return iter(())

    def bordered(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:  # noqa: ARG002
        """Cases whose padding differs from axis to axis, or is said in a word; none where there is no padding."""
        return iter(())

    def showing(self, seed: int) -> Iterator[Case]:  # noqa: ARG002
        """A small case on which most mistakes show; none unless a sheet has one."""
        return iter(())

    def unusual(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:  # noqa: ARG002
        """Cases that a sweep does not reach, for these counts of spatial axes; none unless a sheet has some."""
        return iter(())

    def long_sums(self, axes: Iterable[int]) -> Iterator[Case]:  # noqa: ARG002
        """Cases in half precision on which a law looks how long sums are kept; none where a family has no such law."""
        return iter(())

    def long_windows(self, axes: Iterable[int]) -> Iterator[Case]:  # noqa: ARG002
        """Windows of more cells than a byte, or bfloat16, can count; none where a family has no windows."""
        return iter(())

    def usual_windows(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:  # noqa: ARG002
        """Windows as networks have them, in every kind of groups or mode; none where a family has no windows."""
        return iter(())

    @abstractmethod
    def simpler(self, case: Case) -> Iterator[Case]:
        """Cases one step plainer than ``case``, plainest first: what shrinking tries."""

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the keywords that its cases have."""
        return ()

    def exact_twin(self, case: Case) -> Case:
        """A case much like this one on which sums of integers are exact; the case itself where they are."""
        return case

    def following(self, case: Case) -> bool:  # noqa: ARG002
        """Whether a keyword that can be left out holds what another one says, as a stride that is the window."""
        return False

    def left_out(self, case: Case) -> Config:
        """The keywords of a case without those that stand at what leaving them out means."""
        return case.config

    def told_apart(self, case: Case) -> Config:
        """The keywords of a case, those that all axes share told for each of them; the same where nobody takes that."""
        return case.config

    def work(self, case: Case) -> int:
        """About what a slow layer has to do: to compare cases, not to count operations."""
        return case.sizes()

    def random(self, seed: int) -> Iterator[Case]:  # noqa: ARG002
        """Small cases of every configuration, without end; none where a family cannot draw them."""
        return iter(())

    def mixed(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:  # noqa: ARG002
        """Small cases of these counts of axes, every number on its own; none where a family cannot draw them."""
        return iter(())

    def single(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:  # noqa: ARG002
        """Small cases of one sample, one channel or one window; none where a family has no paths for these."""
        return iter(())

    def tailed(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:  # noqa: ARG002
        """The same with a count past the end of a block in each; none where a family cannot draw them."""
        return iter(())

    def patterned(self, seed: int) -> Iterator[Case]:  # noqa: ARG002
        """A few of these whose numbers stand in special orders; none where a family cannot draw them."""
        return iter(())

    def plain_upstream(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:  # noqa: ARG002
        """Cases as networks have them most whose dy is ones, or a single 1; none unless a sheet has some."""
        return iter(())

    def alike(self, case: Case) -> Iterator[Case]:  # noqa: ARG002
        """Cases with other settings and arrays of the same shapes, dy too: what is kept by shapes mistakes them."""
        return iter(())

    def resettled(self, case: Case) -> Iterator[Case]:  # noqa: ARG002
        """Cases on the same windows with one setting plainer; none unless a sheet has settings."""
        return iter(())

    def strided(self, case: Case) -> Iterator[Case]:  # noqa: ARG002
        """The same with longer strides; none where a family has no strides."""
        return iter(())

    def larger(self, case: Case) -> Case:
        """The same settings on larger arrays, if the family knows any."""
        return case
