"""The subject: the layer under test, a forward and a backward, whatever framework it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from checks.calling import Called, copies, in_words
from checks.case import Case
from checks.computing import Unmoved
from checks.devices import demand_device
from checks.errors import OutputShapeError, SubjectError, SubjectShapeError
from checks.generators import seed_of
from checks.layer import Resting
from checks.pull import Pull, PullState
from checks.refusals import RAISED, placed
from checks.shapes import mended, misshapen, unlike
from checks.types import Array, Arrays, Config, gradient_of

__all__ = ["Pull", "PullState", "Resting", "Subject"]


@dataclass(frozen=True, repr=False)
class Subject(Called):
    """A layer as two functions on NumPy arrays.

    ``forward(arrays, config) -> (y, saved)`` takes the arguments by name and the layer's keywords; ``backward(dy,
    saved)`` gives one gradient for each argument, by name (``dx`` for ``x``), each in the shape of its argument.
    ``refusals`` are the errors by which its forward turns a case down (none for a layer that takes every case), unless
    it stumbles over an operation on arrays; one of another kind does so where a ``raise`` of its own raised it.
    ``arithmetic`` says how it rounds (see ``checks.arithmetic``); it is observed where it is not declared.
    ``tolerance`` is declared, too: by which part of its largest entry y, or a gradient, may be off.
    ``limits`` says which cases it can take, as far as its signature or its attributes tell (empty: any). ``stateful``:
    one object holds the state of its last forward, so that a backward must follow its own forward. ``device`` is where
    it computes, as its framework calls it. ``some(arrays,
    config, dy, wanted)`` gives the gradients of some arguments alone; None where a backward always gives all.
    ``modes`` are other modes of the same layer, each of which claims the same (a module's eval beside its train).
    ``ungiven`` names the gradients that it does not give, by its own word; another source gives them for it.
    ``moved`` are parameters that frameworks move in place (``w -= rate * dw``), to which a gradient may broadcast.
    ``layout`` says which order of axes the layer itself keeps, where it is turned to get and give (N, C, *spatial).
    """

    def __repr__(self) -> str:
        """Which layer it is, in a line: all that it is made of would fill pages."""
        return f"<Subject {self.name}, on {self.device}>"

    def start_anew(self) -> None:
        """Be as nobody has called it yet, where it can be."""
        if self.forget is not None:
            self.forget()

    def with_keywords(self, config: Config) -> Subject:
        """The same, each forward of which has these keywords, whatever it is called with."""
        return replace(self, forward=lambda arrays, _: self.forward(arrays, config))

    def rested(self, case: Case) -> Subject:
        """The same, whose calls begin with the state that its forwards come to rest at on a case."""
        return self if self.resting is None else replace(self, rest=self.resting.find(case))

    def apply(self, arrays: Arrays, config: Config) -> Array:
        """Run the forward alone on copies of ``arrays``.

        Raises SubjectError where the subject raises or returns no array, SubjectShapeError where an earlier call on
        arrays of these shapes gave y in another one.
        """
        return self.bare_apply(copies(arrays), config)

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
        handed = {**copies(arrays), "dy": dy.copy()}
        y, saved = self.run_forward({name: handed[name] for name in arrays}, config)
        as_given = y.copy()
        if y.shape != dy.shape:  # before the backward stumbles over it
            raise OutputShapeError(f"{self.name}: {unlike('y', y.shape, dy.shape)}")
        self._demand_same_shape(arrays, config, y)
        came = self.bare_backward(handed["dy"], saved, tuple(arrays), arrays)
        told = self._misshapen(came, arrays)
        gradients = self._in_shape(came, arrays, told)
        return PullState(Pull(as_given, copies(gradients), *told), {"y": y, **gradients}, saved, handed)

    def pull_back(self, arrays: Arrays, dy: Array, saved: object) -> Arrays:
        """Backward on a copy of ``dy``; ``saved`` is of a forward on ``arrays``.

        Raises SubjectError where the subject raises or leaves out a gradient, SubjectShapeError where one is not of
        the shape of its argument, axes of length 1 apart.
        """
        came = self.run_backward(dy.copy(), saved, tuple(arrays))
        return self._in_shape(came, arrays, self._misshapen(came, arrays))

    def vjp(self, case: Case) -> Pull:
        """Forward and backward of one case."""
        return self.pull(case.held, case.config, case.held_dy)

    def pull_some(self, arrays: Arrays, config: Config, dy: Array, wanted: frozenset[str]) -> Arrays:
        """Gradients of the arguments ``wanted``, asked for alone, by name; of all where all are always given.

        Raises SubjectError where the subject raises.
        """
        if (some := self.some) is None:
            return self.pull(arrays, config, dy).gradients
        names = ", ".join(map(gradient_of, sorted(wanted)))
        with self._asked(arrays, f"asked for {names} alone"):
            return dict(some(copies(arrays), config, dy.copy(), wanted))

    def pull_outputs(self, arrays: Arrays, config: Config, dy: Array, first: int) -> dict[int, tuple[Arrays, Arrays]]:
        """Gradients where one of several outputs alone is used, and those for zeros upstream of the others, by name.

        By place: the first few of them from the one at ``first`` on, counted around; none where there is one output.
        Raises SubjectError where the subject raises.
        """
        if (of_outputs := self.of_outputs) is None:
            return {}
        with self._asked(arrays, "where one of its outputs alone is used"):
            return of_outputs(copies(arrays), config, dy.copy(), first)

    @contextmanager
    def _asked(self, arrays: Arrays, how: str) -> Iterator[None]:
        """Surroundings of a call that is made otherwise than by ``forward`` and ``backward``; errors are told."""
        try:
            self._begin()
            with self.generators.seeded(seed_of(arrays)), Unmoved(self.changes):
                yield
        except RAISED as error:
            demand_device(error)
            raise SubjectError(f"{self.name}: {how}, raised {in_words(error)}{placed(error)}") from error

    def infer(self, arrays: Arrays, config: Config) -> Array:
        """Y alone, on copies of ``arrays``, where no gradient will be asked for.

        Raises as ``apply``.
        """
        if (said := self.inference) is None:
            return self.apply(arrays, config)
        return self._run(lambda *given: (said(*given), None), copies(arrays), config)[0]

    def _demand_same_shape(self, arrays: Arrays, config: Config, y: Array) -> None:
        key = self.forward, tuple([value.shape for value in arrays.values()]), repr(config)
        before = self.seen.setdefault(key, y.shape)
        if y.shape != before:
            raise SubjectShapeError(
                f"{self.name}: y has shape {y.shape}, and had {before} at an earlier call on arguments of the same "
                "shapes and settings; expected the same shape at each call"
            )

    def _misshapen(self, gradients: Arrays, arrays: Arrays) -> tuple[str, str]:
        """What is wrong, and what is no more than a hazard, with gradients that are not of their arguments' shapes."""
        wrong, stretched = (told and f"{self.name}: {told}" for told in misshapen(gradients, arrays, self.moved))
        return wrong, stretched

    def _in_shape(self, gradients: Arrays, arrays: Arrays, told: tuple[str, str]) -> Arrays:
        if not any(told):
            return gradients
        if (found := mended(gradients, arrays)) is None:
            raise SubjectShapeError(told[0])
        return found
