"""What a subject claims to compute: one sheet per family fills this form."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from checks.case import Case, parse
from checks.errors import UsageError
from checks.kink import Kink, Subgradients
from checks.subject import Pull, Subject
from checks.sum_law import SumLaw
from checks.types import Array, Arrays, Config, Shape, Shapes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hypothesis.strategies import SearchStrategy


class Family(ABC):
    """A kind of layer: its arguments, its reference, its textbook form, its PyTorch twin, its traits and its cases."""

    name: ClassVar[str]
    #: Arguments that have a gradient, in the order in which a forward takes them.
    arguments: ClassVar[tuple[str, ...]]
    #: Kinds of data that keep away from kinks, exact integers first.
    kinds: ClassVar[tuple[str, ...]] = ("integers", "normal")
    #: True where right layers are also computed by FFT or Winograd; then ``spectral_mass`` is needed.
    transforms: ClassVar[bool] = False
    #: True where the layer selects entries of x and never multiplies them (max pooling, ReLU): mass follows the
    #: selection.
    selects: ClassVar[bool] = False
    #: The keyword that declares which of several valid gradients is given at kinks; empty where that is mere custom.
    convention: ClassVar[str] = ""
    #: True where the layer bends everywhere (tanh, softplus): no step is short enough to be exact, derivatives are
    #: limits.
    smooth: ClassVar[bool] = False
    #: True where the first axis of x, y and dy counts samples that know nothing of each other.
    samplewise: ClassVar[bool] = False
    #: True where each kernel, on the first axis of weight, makes a channel of y that knows nothing of the others.
    kernelwise: ClassVar[bool] = False
    #: True where samples and channels alike know nothing of each other.
    channelwise: ClassVar[bool] = False
    #: Whether each entry of y hangs on the entry of x in its place alone.
    pointwise: ClassVar[bool] = False
    #: Arguments that, multiplied together by c > 0, multiply y by c: their own gradients stay, the others' grow by c.
    homogeneous: ClassVar[tuple[str, ...]] = ()

    #: Cases that are examined whatever the budget, unless each takes long.
    fewest: int = 20

    #: Names of what is limited in its cases, so that a subject takes them.
    bounded: frozenset[str] = frozenset()

    #: Parameters that the subject keeps, and of which nobody has found a gradient: a pass says nothing of theirs.
    unexamined: tuple[str, ...] = ()

    #: What shows that a subject computes in a narrower format than its examples had; empty where nothing does.
    narrowed: str = ""

    #: Other names by which people know the family, without punctuation; a variant has its own.
    aliases: ClassVar[tuple[str, ...]] = ()

    @property
    def lineage(self) -> tuple[str, ...]:
        """Its name, then the names of the families of which it is a variant, the nearest first."""
        return tuple(dict.fromkeys(vars(kind)["name"] for kind in type(self).__mro__ if "name" in vars(kind)))

    @property
    @abstractmethod
    def reference(self) -> Subject:
        """The hand-written NumPy layer of this family."""

    def of(self, subject: Subject) -> Family:  # noqa: ARG002 - for families that hold their subject
        """The same claim about another subject: the family itself, unless it is made for one subject."""
        return self

    @abstractmethod
    def textbook(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """Output and gradients by definition: slow, obviously right."""

    @property
    def definition(self) -> Subject:
        """The textbook form as a subject, for where the reference itself is in doubt."""

        def forward(arrays: Arrays, config: Config) -> tuple[Array, tuple[Arrays, Config]]:
            dy = np.zeros(self.output_shape({name: value.shape for name, value in arrays.items()}, config))
            return self.textbook(arrays, config, dy).y, (arrays, config)

        def backward(dy: Array, saved: tuple[Arrays, Config]) -> Arrays:
            return self.textbook(*saved, dy).gradients

        return Subject(f"textbook {self.name}", forward, backward)

    @abstractmethod
    def torch_twin(self, torch: Any, tensors: dict[str, Any], config: Config) -> Any:
        """The same layer in PyTorch, as a function of tensors by name; ``torch`` is the module."""

    @abstractmethod
    def roundings(self, shapes: Shapes, config: Config) -> dict[str, int]:
        """How many roundings an element of ``y`` and of each gradient goes through at most, in any order of summing."""

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

    def unusual(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:  # noqa: ARG002
        """Cases that a sweep does not reach, for these counts of spatial axes; none unless a sheet has some."""
        return iter(())

    @abstractmethod
    def simpler(self, case: Case) -> Iterator[Case]:
        """Cases one step plainer than ``case``, plainest first: what shrinking tries."""

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the keywords that its cases have."""
        return ()

    def undecided(self, case: Case) -> Array:  # noqa: ARG002
        """True at entries of x, or for whole planes, where a case lies at a kink and several gradients are valid."""
        return np.zeros((), bool)

    def beyond(self, case: Case) -> str:  # noqa: ARG002
        """Why what is wrong on a case is a hazard and no more; empty where it is wrong."""
        return ""

    def no_number(self, case: Case) -> Literal["wrong", "hazard", "right"]:  # noqa: ARG002
        """What a gradient that is NaN is on a case: nothing, where a layer may have none and nobody asked for it."""
        return "wrong"

    def exact_twin(self, case: Case) -> Case:
        """A case much like this one on which sums of integers are exact; the case itself where they are."""
        return case

    def left_out(self, case: Case) -> Config:
        """The keywords of a case without those that stand at what leaving them out means."""
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

    def patterned(self, seed: int) -> Iterator[Case]:  # noqa: ARG002
        """A few of these whose numbers stand in special orders; none where a family cannot draw them."""
        return iter(())

    def alike(self, case: Case) -> Iterator[Case]:  # noqa: ARG002
        """Cases with other settings and arrays of the same shapes, dy too: what is kept by shapes mistakes them."""
        return iter(())

    def resettled(self, case: Case) -> Iterator[Case]:  # noqa: ARG002
        """Cases on the same windows with one setting plainer; none unless a sheet has settings."""
        return iter(())

    def larger(self, case: Case) -> Case:
        """The same settings on larger arrays, if the family knows any."""
        return case

    def divides(self, shapes: Shapes, config: Config) -> bool:  # noqa: ARG002 - sheets use what they need
        """True where results are quotients that rounding may touch even on integer data."""
        return False

    def largest_divisor(self, shapes: Shapes, config: Config) -> float:  # noqa: ARG002
        """Largest number by which a sum is divided: the sum is that much larger than its quotient."""
        return 1.0

    def reach(self, case: Case, argument: str) -> float:  # noqa: ARG002
        """How far all entries of an argument may move at once while the layer stays linear in it."""
        return float("inf")

    def reached(self, case: Case, argument: str, places: Array) -> Array:  # noqa: ARG002
        """For each entry of an argument the box of outputs that it can reach, all outputs unless a sheet knows better.

        ``places`` holds indices (entries, axes); the boxes (entries, axes of y, 2) hold the first output and the one
        after the last along each axis.
        """
        boxes = np.zeros((len(places), len(case.shapes["dy"]), 2), np.intp)
        boxes[:, :, 1] = case.shapes["dy"]
        return boxes

    def steps(self, case: Case) -> Shape:  # noqa: ARG002
        """For each spatial axis, by how many cells x moves when y moves by one; 0 where borders make a difference."""
        return ()

    def kinks(self, case: Case) -> tuple[Kink, ...]:  # noqa: ARG002
        """Arguments with x where several gradients are valid; none where the layer has no such place."""
        return ()

    def subgradients(self, arrays: Arrays, config: Config, dy: Array) -> Subgradients:  # noqa: ARG002
        """The values of dx that are valid at a kink.

        Raises UsageError where the layer has none.
        """
        raise UsageError(f"{self.name} has no kinks; ask for subgradients only on the inputs that kinks gives")

    def sum_laws(self, shapes: Shapes, config: Config) -> tuple[SumLaw, ...]:  # noqa: ARG002
        """Sums of gradients that are known from dy alone."""
        return ()

    def peak(self, largest: Mapping[str, float]) -> float:
        """Largest product of operands behind any result, from the largest absolute value of each argument and dy.

        A layer that multiplies no two of them overrides this with the largest operand.
        """
        return max(1.0, *largest.values()) ** 2

    def forward_mass(self, arrays: Arrays, config: Config) -> Array:
        """Sum of absolute values behind each element of y, in the format of ``arrays``."""
        return np.abs(self.reference.apply(self._operands(arrays), config))

    def mass(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """Sum of absolute values behind each element of y and of each gradient, in the format of ``arrays``."""
        pull = self.reference.pull(self._operands(arrays), config, np.abs(dy))
        return Pull(np.abs(pull.y), {name: np.abs(value) for name, value in pull.gradients.items()})

    def spectral_mass(self, arrays: Arrays, config: Config, dy: Array) -> Pull | None:  # noqa: ARG002
        """What a transform's error is a multiple of: for each result the sum of the products of whole planes' 2-norms.

        In the shapes of the results, spatial axes of one cell; None where nobody uses transforms.
        """
        return None

    def running_mass(self, arrays: Arrays, config: Config, dy: Array) -> Pull | None:  # noqa: ARG002
        """What the error of running sums is a multiple of: for each result the sum of absolute values of its plane.

        In the shapes of the results, spatial axes of one cell; None where nobody adds up running sums.
        """
        return None

    def _operands(self, arrays: Arrays) -> Arrays:
        return arrays if self.selects else {name: np.abs(value) for name, value in arrays.items()}

    def textbook_steps(self, shapes: Shapes, config: Config) -> int:  # noqa: ARG002
        """Steps that the loops of the textbook form take: output positions, unless a sheet knows better."""
        return math.prod(shapes["dy"][2:])
