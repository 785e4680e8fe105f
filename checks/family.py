"""What a subject claims to compute: one sheet per family fills this form."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar, Literal

import numpy as np

from checks.case import Case
from checks.claim import Verdict
from checks.errors import SourceError, UsageError
from checks.kink import Kink, Subgradients
from checks.masses import Masses
from checks.narrowed import Narrowed
from checks.subject import Pull, Subject
from checks.sum_law import SumLaw
from checks.types import Array, Arrays, Config, Shape, Shapes


class Family(Masses):
    """A kind of layer: its arguments, its reference, its textbook form, its PyTorch twin, its traits and its cases."""

    name: ClassVar[str]
    #: Arguments that have a gradient, in the order in which a forward takes them.
    arguments: ClassVar[tuple[str, ...]]
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

    #: Names of what is limited in its cases, so that a subject takes them.
    bounded: frozenset[str] = frozenset()

    #: Parameters that the subject keeps, and of which nobody has found a gradient: a pass says nothing of theirs.
    unexamined: tuple[str, ...] = ()

    #: Forwards that it has made of its subject by the time that the first case is asked for.
    forwards: int = 0

    #: What shows that a subject computes in a narrower format than its examples had; None where nothing does.
    narrowed: Narrowed | None = None

    #: Other names by which people know the family, without punctuation; a variant has its own.
    aliases: ClassVar[tuple[str, ...]] = ()

    @property
    def lineage(self) -> tuple[str, ...]:
        """Its name, then the names of the families of which it is a variant, the nearest first."""
        return tuple(dict.fromkeys(vars(kind)["name"] for kind in type(self).__mro__ if "name" in vars(kind)))

    def takes(self, case: Case) -> bool:  # noqa: ARG002 - for families of one subject
        """Whether the subject of its cases takes a case."""
        return True

    def takes_channels(self, count: int) -> bool:  # noqa: ARG002 - for families of one subject
        """Whether the subject of its cases takes so many channels, where y has as many as x."""
        return True

    def of(self, subject: Subject) -> Family:  # noqa: ARG002 - for families that hold their subject
        """The same claim about another subject: the family itself, unless it is made for one subject."""
        return self

    def former(self, case: Case) -> str:  # noqa: ARG002 - for families of one subject
        """What of a case, though it is one of this name, the subject has no longer, or has beside it since.

        Empty where it is a case of the subject as it is.
        """
        return ""

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

        return Subject(f"textbook {self.name}", forward, backward, failure=SourceError)

    @abstractmethod
    def torch_twin(self, torch: Any, tensors: dict[str, Any], config: Config) -> Any:
        """The same layer in PyTorch, as a function of tensors by name; ``torch`` is the module."""

    def undecided(self, case: Case) -> Array:  # noqa: ARG002
        """True at entries of x, or for whole planes, where a case lies at a kink and several gradients are valid."""
        return np.zeros((), bool)

    def asks(self, law: str, case: Case) -> bool:  # noqa: ARG002
        """Whether a law is asked on a case, as each one is by default."""
        return True

    def blurred(self, case: Case, verdict: Verdict) -> str:  # noqa: ARG002
        """Why what is out of its bound tells nothing on a case; empty where it does, as everywhere by default."""
        return ""

    def beyond(self, case: Case) -> str:  # noqa: ARG002
        """Why what is wrong on a case is a hazard and no more; empty where it is wrong."""
        return ""

    def elsewhere(self, case: Case) -> str:  # noqa: ARG002
        """Where a case is, in words, that nobody gave and on which a wrong derivative is wrong; empty of others."""
        return ""

    def undefined(self, case: Case) -> str:  # noqa: ARG002
        """Why a gradient that is NaN is a hazard on a case, and no more; empty where it is wrong."""
        return ""

    def unreached(self, judged: Iterable[Case]) -> str:  # noqa: ARG002
        """What no case was about though the layer takes it, in a sentence; empty where cells say that."""
        return ""

    def symmetric(self, argument: str) -> bool:  # noqa: ARG002
        """Whether an argument is known to be symmetric matrices."""
        return False

    def no_number(self, case: Case) -> Literal["wrong", "hazard", "right"]:  # noqa: ARG002
        """What a gradient that is NaN is on a case: nothing, where a layer may have none and nobody asked for it."""
        return "wrong"

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

    def won_by_padding(self, x: Array, config: Config) -> bool:  # noqa: ARG002
        """Whether a window of x holds nothing that is larger than its padding, which may win it then."""
        return False

    def sum_laws(self, shapes: Shapes, config: Config) -> tuple[SumLaw, ...]:  # noqa: ARG002
        """Sums of gradients that are known from dy alone."""
        return ()

    def textbook_steps(self, shapes: Shapes, config: Config) -> int:  # noqa: ARG002
        """Steps that the loops of the textbook form take: output positions, unless a sheet knows better."""
        return math.prod(shapes["dy"][2:])
