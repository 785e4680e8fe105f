"""The subject: the layer under test, a forward and a backward, whatever framework it comes from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from checks.arithmetic import OBSERVED, demand_known
from checks.case import Case
from checks.computing import Changes, Unmoved
from checks.devices import demand_device
from checks.errors import RefusedError, SubjectError, SubjectShapeError, UsageError
from checks.generators import Generators, seed_of
from checks.refusals import RAISED, REFUSALS, is_accident, on_purpose, placed, printable
from checks.shapes import in_order, mended, misshapen, unlike
from checks.types import Array, Arrays, Config, Shape, gradient_of

#: Y and what a backward needs, from arrays and a configuration.
Forward: TypeAlias = Callable[[Arrays, Config], tuple[Array, Any]]

#: Kinds of NumPy's formats that hold numbers.
_NUMBERS = frozenset("fciub")


@dataclass(frozen=True)
class Pull:
    """What one forward and one backward gave: ``y`` and the gradients by name (``dx``, ``dweight``, ...).

    ``misshapen`` says which gradient came with other axes of length 1 than its argument has; empty where none did.
    """

    y: Array
    gradients: Arrays
    misshapen: str = ""

    def named(self) -> Arrays:
        """Everything that was computed, by name."""
        return {"y": self.y, **self.gradients}


@dataclass(frozen=True)
class PullState:
    """One forward and one backward with all that they left: ``pull`` holds copies of what came.

    ``results`` are the very arrays that came, by name; ``saved`` is what the forward saved.
    """

    pull: Pull
    results: Arrays
    saved: Any


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


@dataclass(frozen=True)
class Subject:
    """A layer as two functions on NumPy arrays.

    ``forward(arrays, config) -> (y, saved)`` takes the arguments by name and the layer's keywords; ``backward(dy,
    saved)`` gives one gradient for each argument, by name (``dx`` for ``x``), each in the shape of its argument.
    ``refusals`` are the errors by which its forward turns a case down (none for a layer that takes every case), unless
    it stumbles over an operation on arrays; one of another kind does so where a ``raise`` of its own raised it.
    ``arithmetic`` says how it rounds (see ``checks.arithmetic``); it is observed where it is not declared.
    ``limits`` says which cases it can take, as far as its signature or its attributes tell (empty: any). ``stateful``:
    one object holds the state of its last forward, so that a backward must follow its own forward. ``device`` is where
    it computes, as its framework calls it. ``some(arrays,
    config, dy, wanted)`` gives the gradients of some arguments alone; None where a backward always gives all.
    ``modes`` are other modes of the same layer, each of which claims the same (a module's eval beside its train).
    ``ungiven`` names the gradients that it does not give, by its own word; another source gives them for it.
    ``layout`` says which order of axes the layer itself keeps, where it is turned to get and give (N, C, *spatial).
    """

    name: str
    forward: Forward
    backward: Callable[[Array, Any], Mapping[str, Array]]
    limits: Config = field(default_factory=dict)
    refusals: tuple[type[Exception], ...] = REFUSALS
    arithmetic: str = OBSERVED
    stateful: bool = False
    device: str = "cpu"
    some: Callable[[Arrays, Config, Array, frozenset[str]], Arrays] | None = None
    #: Why it is not to be handed these very arrays, on which its framework is known to fail; None where nobody knows.
    crash: Callable[[Arrays, Config], str] | None = None
    #: Y as it comes where no gradient will be asked for, from arrays and a configuration; None where nobody can say so.
    inference: Callable[[Arrays, Config], Array] | None = None
    modes: Mapping[str, Subject] = field(default_factory=dict)
    layout: str = ""
    ungiven: frozenset[str] = frozenset()
    #: The same layer, where this turns the shapes of its arrays for the sizes that it is told; None: it is told none.
    sized: Callable[[Callable[[str, Shape], Shape]], Subject] | None = None
    #: The same layer where nobody sets to zero what it adds up from call to call; None where it is this very one.
    untouched: Subject | None = None
    #: Another layer of the same class, with an object of its own; None where a layer is no object, or has no other.
    sibling: Subject | None = None
    generators: Generators = field(default_factory=Generators, repr=False, compare=False)
    #: Shapes of y that came so far, by the forward, the shapes of its arguments and the configuration.
    seen: dict[Any, Shape] = field(default_factory=dict, repr=False, compare=False)
    #: What its calls would have changed for whoever computes after them: it is put back after each.
    changes: Changes = field(default_factory=dict, repr=False, compare=False)
    #: What else is to be said of it, as far as its first calls have shown it.
    remarks: list[str] = field(default_factory=list)
    #: The arguments of a call of its forward as source, from names of arrays and a configuration; None: ours.
    spelled: Callable[[Mapping[str, str], Config], str] | None = None
    #: Source that makes ``forward(x, ...) -> (y, saved)`` and ``backward(dy, saved)`` of what its user has, for calls
    #: with these arrays and this configuration, empty where nobody can say it; None: they are a pair of functions.
    #: Raises UnscriptedError where it is nothing around which a reader can write such a pair.
    preamble: Callable[[Arrays, Config], str] | None = None
    #: The same of the layer where the gradients of these arguments alone are asked for; None where nobody can say it.
    preamble_of_some: Callable[[frozenset[str]], Callable[[Arrays, Config], str]] | None = None
    #: Lets go of what earlier calls left in an object; None where it cannot.
    forget: Callable[[], None] | None = None
    #: Whether the next call makes a new object then, of a class.
    builds: bool = False
    #: Where its state comes to rest, and the state with which each call begins; None: as its user left it.
    resting: Resting | None = None
    rest: Any = None
    #: Those of its arguments that it keeps itself, as a module its parameters, and lays out in memory as it pleases.
    own: frozenset[str] = frozenset()
    #: The names under which it was said to take its arrays, in their order; empty where nobody said so.
    arguments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        demand_known(self.arithmetic)

    def start_anew(self) -> None:
        """Be as nobody has called it yet, where it can be."""
        if self.forget is not None:
            self.forget()

    def rested(self, case: Case) -> Subject:
        """The same, whose calls begin with the state that its forwards come to rest at on a case."""
        return self if self.resting is None else replace(self, rest=self.resting.find(case))

    def _begin(self) -> None:
        if self.resting is not None:
            self.resting.begin(self.rest)

    def apply(self, arrays: Arrays, config: Config) -> Array:
        """Run the forward alone on copies of ``arrays``.

        Raises SubjectError where the subject raises or returns no array, SubjectShapeError where an earlier call on
        arrays of these shapes gave y in another one.
        """
        return self.bare_apply(_copies(arrays), config)

    def bare_apply(self, arrays: Arrays, config: Config) -> Array:
        """The same without copies: the forward gets these very arrays."""
        y = self.run_forward(arrays, config)[0]
        self._demand_same_shape(arrays, config, y)
        return y

    def pull(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """Forward, then backward, on copies of ``arrays`` and ``dy``.

        Raises SubjectError where the subject raises, returns no array, or leaves out a gradient, SubjectShapeError
        where y is not of the shape of ``dy``, or a gradient not of that of its argument: of one in which axes of length
        1 alone differ the pull says so, and its numbers come in the shape of the argument.
        """
        return self.keep(arrays, config, dy).pull

    def keep(self, arrays: Arrays, config: Config, dy: Array) -> PullState:
        """The same, with what it left.

        Raises as ``pull``.
        """
        y, saved = self.run_forward(_copies(arrays), config)
        as_given = y.copy()
        if y.shape != dy.shape:  # before the backward stumbles over it
            raise SubjectShapeError(f"{self.name}: {unlike('y', y.shape, dy.shape)}")
        self._demand_same_shape(arrays, config, y)
        came = self.bare_backward(dy.copy(), saved, tuple(arrays), arrays)
        wrong = self._misshapen(came, arrays)
        gradients = self._in_shape(came, arrays, wrong)
        return PullState(Pull(as_given, _copies(gradients), wrong), {"y": y, **gradients}, saved)

    def pull_back(self, arrays: Arrays, dy: Array, saved: object) -> Arrays:
        """Backward on a copy of ``dy``; ``saved`` is of a forward on ``arrays``.

        Raises SubjectError where the subject raises or leaves out a gradient, SubjectShapeError where one is not of
        the shape of its argument, axes of length 1 apart.
        """
        came = self.run_backward(dy.copy(), saved, tuple(arrays))
        return self._in_shape(came, arrays, self._misshapen(came, arrays))

    def vjp(self, case: Case) -> Pull:
        """Forward and backward of one case."""
        return self.pull(case.inputs, case.config, case.dy)

    def pull_some(self, arrays: Arrays, config: Config, dy: Array, wanted: frozenset[str]) -> Arrays:
        """Gradients of the arguments ``wanted``, asked for alone, by name; of all where all are always given.

        Raises SubjectError where the subject raises.
        """
        if self.some is None:
            return self.pull(arrays, config, dy).gradients
        try:
            self._begin()
            with self.generators.seeded(seed_of(arrays)), Unmoved(self.changes):
                return dict(self.some(_copies(arrays), config, dy.copy(), wanted))
        except RAISED as error:
            demand_device(error)
            names = ", ".join(map(gradient_of, sorted(wanted)))
            raise SubjectError(
                f"{self.name}: asked for {names} alone, raised {_words(error)}{placed(error)}"
            ) from error

    def infer(self, arrays: Arrays, config: Config) -> Array:
        """Y alone, on copies of ``arrays``, where no gradient will be asked for.

        Raises as ``apply``.
        """
        if (said := self.inference) is None:
            return self.apply(arrays, config)
        return self._run(lambda *given: (said(*given), None), _copies(arrays), config)[0]

    def run_forward(self, arrays: Arrays, config: Config) -> tuple[Array, Any]:
        """Hand these very arrays to the forward; gives (y, saved).

        Raises RefusedError where the forward turns them down, SubjectError where it breaks, LostDeviceError where it
        breaks its device, UsageError where nobody knows how to call it.
        """
        return self._run(self.forward, arrays, config)

    def _run(self, forward: Forward, arrays: Arrays, config: Config) -> tuple[Array, Any]:
        try:
            # NumPy makes plain numbers of arrays without axes as soon as it computes with them.
            given = {name: np.asarray(value) for name, value in arrays.items()}
            self._begin()
            with self.generators.seeded(seed_of(arrays)), Unmoved(self.changes):
                y, saved = forward(given, config)
        except UsageError:  # the adapter's: the layer cannot be called at all
            raise
        except RAISED as error:
            demand_device(error)
            if self._refuses_by(error):
                raise RefusedError(f"{self.name} refuses: {_words(error)}") from error
            raise SubjectError(f"{self.name}: forward raised {_words(error)}{placed(error)}") from error
        return self._array(y, arrays, "forward"), saved

    def run_backward(self, dy: Array, saved: object, arguments: tuple[str, ...]) -> Arrays:
        """Hand this very ``dy`` to the backward; gives copies of the gradients by name."""
        return _copies(self.bare_backward(dy, saved, arguments))

    def bare_backward(
        self, dy: Array, saved: object, arguments: tuple[str, ...], arrays: Arrays | None = None
    ) -> Arrays:
        """The same without copies: the very arrays that the backward gave.

        Where some are missing, the shapes of the arguments, ``arrays``, tell which may be meant.
        """
        try:
            with Unmoved(self.changes):
                gradients = dict(self.backward(np.asarray(dy), saved))
        except NotImplementedError as error:
            kind = RefusedError if NotImplementedError in self.refusals else SubjectError
            raise kind(f"{self.name}: backward refuses: {_words(error)}") from error
        except UsageError:  # as above
            raise
        except RAISED as error:
            demand_device(error)
            raise SubjectError(f"{self.name}: backward raised {_words(error)}{placed(error)}") from error
        wanted = [gradient_of(argument) for argument in arguments]
        if missing := [name for name in wanted if gradients.get(name) is None]:
            raise SubjectError(
                f"{self.name}: backward gave {sorted(gradients)} without {', '.join(missing)}; "
                f"expected {', '.join(wanted)}{self._by_design(gradients, arguments, arrays or {})}"
            )
        given = {"dy": dy}
        return {name: self._array(gradients[name], given, "backward", name) for name in wanted}

    def _by_design(self, came: Mapping[str, Any], arguments: tuple[str, ...], arrays: Arrays) -> str:
        """What a layer says of itself that is not to give some of its gradients; empty where it gives none."""
        meant = in_order(
            {name: came[of] for name in arguments if came.get(of := gradient_of(name)) is not None}, arrays
        )
        said = [self._giving(names, arguments) for names in meant if names]
        return "".join(f"; one that gives no {without}" for without in said)

    def _giving(self, names: Sequence[str], arguments: tuple[str, ...]) -> str:
        """What it says that gives the gradients of these of its arguments, after what it does not give."""
        missing = [gradient_of(name) for name in arguments if name not in names]
        given = [name for name in self.arguments or arguments if gradient_of(name) not in missing]
        return f"{', '.join(missing)} by design says so: supports={{'gradients': {given}}}"

    def _refuses_by(self, error: BaseException) -> bool:
        """Whether its forward turns a case down by an error: no layer does that takes every case."""
        expected = isinstance(error, self.refusals) and not is_accident(error)
        return expected or (bool(self.refusals) and on_purpose(error))

    def _demand_same_shape(self, arrays: Arrays, config: Config, y: Array) -> None:
        key = self.forward, tuple([value.shape for value in arrays.values()]), repr(config)
        before = self.seen.setdefault(key, y.shape)
        if y.shape != before:
            raise SubjectShapeError(
                f"{self.name}: y has shape {y.shape}, and had {before} at an earlier call on arguments of the same "
                "shapes and settings; expected the same shape at each call"
            )

    def _misshapen(self, gradients: Arrays, arrays: Arrays) -> str:
        """What is wrong with the first gradient that is not of the shape of its argument; empty where none is."""
        told = misshapen(gradients, arrays)
        return f"{self.name}: {told}" if told else ""

    def _in_shape(self, gradients: Arrays, arrays: Arrays, wrong: str) -> Arrays:
        if not wrong:
            return gradients
        if (found := mended(gradients, arrays)) is None:
            raise SubjectShapeError(wrong)
        return found

    def _array(self, came: object, given: Arrays, *place: str) -> Array:
        if type(came) is np.ndarray and came.dtype.kind in _NUMBERS:
            return came
        value, where = _with_axes(came, given), ", ".join(place)
        if not isinstance(value, (np.ndarray, np.generic)):
            msg = f"{self.name}: {where} returned {type(value).__name__}; expected a NumPy array"
            raise SubjectError(msg)
        if value.dtype.kind not in _NUMBERS:
            msg = f"{self.name}: {where} returned an array of {value.dtype}; expected numbers"
            raise SubjectError(msg)
        return np.asarray(value)


def _with_axes(value: object, arrays: Arrays) -> object:
    """A loss may be a plain number: an array without axes, in the arguments' format where that is a narrower one."""
    if not isinstance(value, float) or isinstance(value, np.generic):
        return value
    formats = [array.dtype for array in arrays.values() if array.dtype in {np.dtype("float32"), np.dtype("float16")}]
    return np.asarray(value, formats[0] if formats else np.dtype("float64"))


def _words(error: BaseException) -> str:
    """An error with the notes that were added to it on its way."""
    return "; ".join([printable(f"{type(error).__name__}: {error}"), *getattr(error, "__notes__", ())])


def _copies(arrays: Arrays) -> Arrays:
    return {name: value.copy() for name, value in arrays.items()}
