"""A layer under test as two functions on NumPy arrays, with all that is known of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

from checks.arithmetic import OBSERVED, demand_known
from checks.case import Case
from checks.computing import Changes
from checks.errors import SubjectError
from checks.generators import Generators
from checks.refusals import REFUSALS
from checks.types import Array, Arrays, Config, Shape

#: Y and what a backward needs, from arrays and a configuration.
Forward: TypeAlias = Callable[[Arrays, Config], tuple[Array, Any]]

#: What stands in ``modes`` for the mode of use of a layer that has trained before, on other numbers.
TRAINED = "eval, having trained"


@dataclass(frozen=True)
class Layer:
    """A forward and a backward, and how they are to be understood; ``Subject`` says what each field means."""

    name: str
    forward: Forward
    backward: Callable[[Array, Any], Mapping[str, Array]]
    limits: Config = field(default_factory=dict)
    refusals: tuple[type[Exception], ...] = REFUSALS
    #: What it means where it breaks: another thing of a second source.
    failure: type[SubjectError] = SubjectError
    arithmetic: str = OBSERVED
    tolerance: float = 0.0
    stateful: bool = False
    device: str = "cpu"
    #: The format in which its framework computes wider ones, too, in its user's process; empty where it keeps each.
    usual: str = ""
    #: Formats that NumPy lacks and that its arrays may carry (``checks.types.carrier``).
    carried: tuple[str, ...] = ()
    some: Callable[[Arrays, Config, Array, frozenset[str]], Arrays] | None = None
    #: For a few of several outputs, by place, the gradients where it alone is used, and those for zeros upstream of the
    #: others: from arrays, a configuration, dy, and the place with which to begin; None where nobody can ask so.
    of_outputs: Callable[[Arrays, Config, Array, int], dict[int, tuple[Arrays, Arrays]]] | None = None
    #: Why it is not to be handed these very arrays, on which its framework is known to fail; None where nobody knows.
    crash: Callable[[Arrays, Config], str] | None = None
    #: Y as it comes where no gradient will be asked for, from arrays and a configuration; None where nobody can say so.
    inference: Callable[[Arrays, Config], Array] | None = None
    modes: Mapping[str, Self] = field(default_factory=dict)
    layout: str = ""
    #: The shape of the weight that an object was built with; empty where there is none, or nobody knows its axes.
    built_with: Shape = ()
    #: The axes of the bias that an object was built with, as a layout names them, where it is no plain row of numbers.
    bias_axes: str = ""
    ungiven: frozenset[str] = frozenset()
    #: The same layer, where this turns the shapes of its arrays for the sizes that it is told; None: it is told none.
    sized: Callable[[Callable[[str, Shape], Shape]], Self] | None = None
    #: The same layer where nobody sets to zero what it adds up from call to call; None where it is this very one.
    untouched: Self | None = None
    #: Another layer of the same class, with an object of its own; None where a layer is no object, or has no other.
    sibling: Self | None = None
    #: The same layer where nobody writes down its calls: for questions beside what a law shows; None: nobody does here.
    unrecorded: Self | None = None
    generators: Generators = field(default_factory=Generators, repr=False, compare=False)
    #: Shapes of y that came so far, by the forward, the shapes of its arguments and the configuration.
    seen: dict[Any, Shape] = field(default_factory=dict, repr=False, compare=False)
    #: What its calls would have changed for whoever computes after them: it is put back after each.
    changes: Changes = field(default_factory=dict, repr=False, compare=False)
    #: The parameter that takes all keywords in one dictionary, and in words what calls with this configuration added to
    #: it since this was asked last, and what else they changed in it; None where it takes no such dictionary.
    written: Callable[[Config], tuple[str, list[str], list[str]]] | None = None
    #: What else is to be said of it, as far as its first calls have shown it.
    remarks: list[str] = field(default_factory=list)
    #: How its forward is called, which of its own parameters takes what; empty where they are called as we call them.
    called_as: str = ""
    #: Numbers of its parameters of which nothing is known, at their defaults, as source: ``steps=1``.
    at_defaults: tuple[str, ...] = ()
    #: Keywords that are a word unless they are said: ``padding="valid"``.
    worded: frozenset[str] = frozenset()
    #: What is to be said of a function that takes no weight, where its family has one; empty where it takes one.
    unplaced: str = ""
    #: What to write where they mean something else.
    adapter: str = ""
    #: The arguments of a call of its forward as source, from names of arrays and a configuration; None: ours.
    spelled: Callable[[Mapping[str, str], Config], str] | None = None
    #: Source that makes ``forward(x, ...) -> (y, saved)`` and ``backward(dy, saved)`` of what its user has, for calls
    #: with these arrays and this configuration, empty where nobody can say it; None: they are a pair of functions.
    #: Raises UnscriptedError where it is nothing around which a reader can write such a pair.
    preamble: Callable[[Arrays, Config], str] | None = None
    #: The same of the layer where the gradients of these arguments alone are asked for; None where nobody can say it.
    preamble_of_some: Callable[[frozenset[str]], Callable[[Arrays, Config], str]] | None = None
    #: By way of which classes its reader gets at classes and functions that are inside of one, by their own names.
    owners: Mapping[str, str] = field(default_factory=dict)
    #: Lets go of what earlier calls left in an object; None where it cannot.
    forget: Callable[[], None] | None = None
    #: Lets it be, for a while, as nobody has called it yet, whatever it keeps its state in; None where nobody can.
    #: Raises SubjectError where it keeps too much for that.
    afresh: Callable[[], AbstractContextManager[None]] | None = None
    #: Whether the next call makes a new object then, of a class.
    builds: bool = False
    #: Whether what it saves is a graph of its framework's, which one backward may use up.
    used_up: bool = False
    #: Where its state comes to rest, and the state with which each call begins; None: as its user left it.
    resting: Resting | None = None
    rest: Any = None
    #: Those of its arguments that it keeps itself, as a module its parameters, and lays out in memory as it pleases.
    own: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    #: The names under which it was said to take its arrays, in their order; empty where nobody said so.
    arguments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        demand_known(self.arithmetic)


class Resting(ABC):
    """What a layer keeps from call to call, and where that comes to rest on a case. Abstract or final."""

    @abstractmethod
    def find(self, case: Case) -> Any:
        """Its state at rest on the numbers of a case; None where it is to begin as its user left it."""

    @abstractmethod
    def begin(self, rest: Any) -> None:
        """Let the next call begin with a state that ``find`` gave.

        Raises one of ``REFUSALS`` where there is none with which its gradient could be judged.
        """
