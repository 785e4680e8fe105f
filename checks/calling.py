"""How the functions of a layer are called, and what it means where they raise or give what is no array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from checks.array_kinds import about_result
from checks.computing import Unmoved
from checks.devices import demand_device
from checks.errors import ComplexError, FickleError, RefusedError, SourceError, UsageError
from checks.generators import other_seeds, seed_of
from checks.layer import Forward, Layer
from checks.refusals import RAISED, is_accident, on_purpose, placed, printable, text_of
from checks.shapes import in_order
from checks.types import Array, Arrays, Config, gradient_of

#: Said of a layer that takes what it has just turned down.
AGAIN = ", and takes the same arrays when asked again"

#: Kinds of NumPy's formats that hold numbers.
_NUMBERS = frozenset("fciub")


class OfBackward(str):
    """A remark on the names under which a backward gives gradients, and the gradients ``under_none`` of them."""

    __slots__ = ("under_none",)
    under_none: tuple[str, ...]


class OfState(str):
    """A remark on what a layer carries from one forward to the next, the attributes ``carried``."""

    __slots__ = ("carried",)
    carried: str


@dataclass(frozen=True)
class Called(Layer):
    """A layer whose functions are called: what they give, or an error that says why they gave nothing."""

    def _begin(self) -> None:
        if self.resting is not None:
            self.resting.begin(self.rest)

    def run_forward(self, arrays: Arrays, config: Config) -> tuple[Array, Any]:
        """Hand these very arrays to the forward; gives (y, saved).

        Raises RefusedError where the forward turns them down, FickleError where it takes them when asked again,
        SubjectError where it breaks, LostDeviceError where it breaks its device, UsageError where nobody knows how to
        call it.
        """
        return self._run(self.forward, arrays, config)

    def _run(self, forward: Forward, arrays: Arrays, config: Config) -> tuple[Array, Any]:
        try:
            y, saved = self._once(forward, arrays, config)
        except UsageError:  # the adapter's: the layer cannot be called at all
            raise
        except RAISED as error:
            demand_device(error)
            raised = f"{self.name}: forward raised {in_words(error)}{placed(error)}"
            if not self._refuses_by(error):
                raise self.failure(raised) from error
            if self._takes(forward, arrays, config):
                raise FickleError(f"{raised}{AGAIN}") from error
            raise RefusedError(f"{self.name} refuses: {in_words(error)}") from error
        return self._real(self._array(y, arrays, "forward"), arrays), saved

    def _real(self, y: Array, arrays: Arrays) -> Array:
        if y.dtype.kind == "c" and not any(value.dtype.kind == "c" for value in arrays.values()):
            raise ComplexError(self.name, y.dtype)
        return y

    def _once(self, forward: Forward, arrays: Arrays, config: Config) -> tuple[Any, Any]:
        """What one call of the forward gives, as it comes."""
        # NumPy makes plain numbers of arrays without axes as soon as it computes with them.
        given = {name: np.asarray(value) for name, value in arrays.items()}
        self._begin()
        with self.generators.seeded(seed_of(arrays)), Unmoved(self.changes, given):
            return forward(given, config)

    def _takes(self, forward: Forward, arrays: Arrays, config: Config) -> bool:
        """Whether it takes what it has just turned down, whatever it draws: then that followed no rule."""
        try:
            with other_seeds():
                _ = self._once(forward, arrays, config)
        except RAISED:
            return False
        return True

    def run_backward(self, dy: Array, saved: object, arguments: tuple[str, ...]) -> Arrays:
        """Hand this very ``dy`` to the backward; gives copies of the gradients by name."""
        return copies(self.bare_backward(dy, saved, arguments))

    def bare_backward(
        self, dy: Array, saved: object, arguments: tuple[str, ...], arrays: Arrays | None = None
    ) -> Arrays:
        """The same without copies: the very arrays that the backward gave.

        Where some are missing, the shapes of the arguments, ``arrays``, tell which may be meant.
        """
        try:
            upstream = np.asarray(dy)
            with Unmoved(self.changes, {"dy": upstream}):
                gradients = dict(self.backward(upstream, saved))
        except NotImplementedError as error:
            kind = RefusedError if NotImplementedError in self.refusals else self.failure
            raise kind(f"{self.name}: backward refuses: {in_words(error)}") from error
        except (UsageError, SourceError):  # as above; the one that gives what this layer does not
            raise
        except RAISED as error:
            demand_device(error)
            raise self.failure(f"{self.name}: backward raised {in_words(error)}{placed(error)}") from error
        wanted = [gradient_of(argument) for argument in arguments]
        if missing := [name for name in wanted if gradients.get(name) is None]:
            raise self.failure(
                f"{self.name}: backward gave {sorted(gradients)} without {', '.join(missing)}; "
                f"expected {', '.join(wanted)}{self._by_names(missing)}"
                f"{self._by_design(gradients, arguments, arrays or {})}"
            )
        given = {"dy": dy}
        return {name: self._array(gradients[name], given, "backward", name) for name in wanted}

    def _by_names(self, missing: Sequence[str]) -> str:
        """What was said of the names of its gradients, where these stand under none; empty where nothing was."""
        said = (each for each in self.remarks if isinstance(each, OfBackward) and each.under_none == tuple(missing))
        return next((f"; {each}" for each in said), "")

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

    def _array(self, came: object, given: Arrays, *place: str) -> Array:
        if type(came) is np.ndarray and came.dtype.kind in _NUMBERS:
            return came
        value, where = _with_axes(came, given), ", ".join(place)
        if not isinstance(value, (np.ndarray, np.generic)):
            msg = f"{self.name}: {where} returned {type(value).__name__}; expected a NumPy array"
            raise self.failure(msg)
        if value.dtype.kind not in _NUMBERS:
            msg = f"{self.name}: {where} returned an array of {value.dtype}; expected numbers"
            raise self.failure(msg)
        if (said := about_result(place[-1] if len(place) > 1 else "y", came)) and said not in self.remarks:
            self.remarks.append(said)
        return np.asarray(value)


def _with_axes(value: object, arrays: Arrays) -> object:
    """A loss may be a plain number: an array without axes, in the arguments' format where that is a narrower one."""
    if not isinstance(value, float) or isinstance(value, np.generic):
        return value
    formats = [array.dtype for array in arrays.values() if array.dtype in {np.dtype("float32"), np.dtype("float16")}]
    return np.asarray(value, formats[0] if formats else np.dtype("float64"))


def in_words(error: BaseException) -> str:
    """An error with the notes that were added to it on its way."""
    return "; ".join([printable(f"{type(error).__name__}: {text_of(error)}"), *getattr(error, "__notes__", ())])


def copies(arrays: Arrays) -> Arrays:
    """Copies of arrays, by name."""
    return {name: value.copy() for name, value in arrays.items()}
