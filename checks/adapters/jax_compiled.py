"""JAX functions compiled whole, which costs a fraction of compiling each operation for each new shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import numpy as np

from checks.refusals import RAISED
from checks.types import Config

T = TypeVar("T")

#: Kinds of calls (shapes, formats, settings; y alone or a derivative too) of which the 1st, 2nd, 4th, 8th ... is made
#: step by step as well, and compared: what a layer keeps from call to call no program of it knows. Each kind costs
#: seconds there, a program for each operation, and what is kept shows in the calls of one.
COMPARED = 2

#: What a configuration holds by which programs can be told apart.
PLAIN = (int, float, str, bool, type(None))

#: How a program for a CPU is compiled that runs a few times: in one piece, by the emitters that take least; and for so
#: few numbers that a loop which nobody made faster is done soon, without that (a fourth of the time of compiling).
SOON = {"xla_cpu_use_fusion_emitters": False, "xla_cpu_parallel_codegen_split_count": 1}
AT_ONCE = {**SOON, "xla_backend_optimization_level": 0}
FEW = 2**14

#: A function of a configuration and arrays by name.
Layer = Callable[[Config, dict[str, Any]], Any]
#: What gives the gradients for a dy.
Back = Callable[[Any], Any]


@dataclass
class Compiled:
    """A layer and its derivative, compiled whole for each kind of call.

    One that cannot be traced, or gives something else step by step (it asks for values, or keeps something from call to
    call), is called step by step for good. So is one whose ``state`` another call has changed: no program does that.
    """

    layer: Layer
    state: Callable[[], Any] = lambda: None
    _traced: bool = True
    _calls: Counter[str] = field(default_factory=Counter)
    _programs: dict[tuple[str, str, bool], Callable[..., Any]] = field(default_factory=dict)

    def vjp(self, config: Config, values: dict[str, Any]) -> tuple[Any, Back]:
        """Y, and what gives the gradients for a dy."""
        import jax

        stepwise = partial(jax.vjp, partial(self.layer, config))
        if not self._compares(_with_gradients, stepwise, "vjp", config, values):
            return stepwise(values)  # type: ignore[no-any-return]
        try:
            y, back = self._program("vjp", config, stepwise, values)(values)
        except RAISED:  # what raises here too is the layer's own
            found = stepwise(values)
            self._traced = False
            return found  # type: ignore[no-any-return]
        return y, partial(self._back, partial(stepwise, values), back)

    def inference(self, config: Config, values: dict[str, Any]) -> Any:
        """Y alone."""
        stepwise = partial(self.layer, config)
        if not self._compares(_alone, stepwise, "inference", config, values):
            return stepwise(values)
        try:
            return self._program("inference", config, stepwise, values)(values)
        except RAISED:
            found = stepwise(values)
            self._traced = False
            return found

    def _back(self, again: Callable[[], tuple[Any, Back]], back: Back, dy: Any) -> Any:
        """Gradients, by a program too; where there is none, of the call made anew: tracing may have left something."""
        if self._traced:
            try:
                return self._program("back", {}, _applied, {"dy": dy})(back, dy)
            except RAISED:  # as above
                found = again()[1](dy)
                self._traced = False
                return found
        return again()[1](dy)

    def _compares(
        self, results: Callable[[Any], list[Any]], stepwise: Callable[..., Any], what: str, config: Config, values: Any
    ) -> bool:
        """Whether a call is to be made by a program: one does what the steps do, as far as that was looked at."""
        if not self._traced or not _plain(config.values()):
            return False
        kind = f"{what} {config!r} {[(name, each.shape, str(each.dtype)) for name, each in values.items()]}"
        if kind in self._calls or len(self._calls) < COMPARED:
            self._calls[kind] += 1
        if _power_of_two(self._calls[kind]):
            before = self.state()
            try:
                want = results(stepwise(values))  # first: tracing may leave something behind
            except RAISED:
                return False  # the call itself shows which way raised
            if self.state() != before:
                self._traced = False
                return False
            try:
                got = results(self._program(what, config, stepwise, values)(values))
                self._traced = all(map(_alike, got, want))
            except RAISED:
                self._traced = False
        return self._traced

    def _program(
        self, what: str, config: Config, stepwise: Callable[..., T], values: dict[str, Any]
    ) -> Callable[..., T]:
        import jax

        few = sum(value.size for value in values.values()) <= FEW
        key = what, repr(config), few
        if key not in self._programs:
            how = AT_ONCE if few else SOON
            self._programs[key] = jax.jit(stepwise, compiler_options=how if jax.default_backend() == "cpu" else None)
        return self._programs[key]


def _applied(back: Back, dy: Any) -> Any:
    return back(dy)


def _with_gradients(result: tuple[Any, Back]) -> list[Any]:
    """Y and the gradients for a dy of ones, as arrays."""
    import jax

    y, back = result
    return [y, *jax.tree.leaves(back(jax.numpy.ones_like(y)))]


def _alone(y: Any) -> list[Any]:
    return [y]


def _alike(got: Any, want: Any) -> bool:
    """Whether two results have half of their digits in common: rounding may differ, and what differs else does more."""
    one, other = np.asarray(got), np.asarray(want)
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.dtype.kind not in "fc":
        return bool(np.array_equal(one, other))
    largest = float(np.max(np.abs(other[np.isfinite(other)]), initial=0.0))
    close = float(np.sqrt(np.finfo(other.dtype).eps)) * largest
    return bool(np.allclose(one, other, rtol=0, atol=close, equal_nan=True))


def _power_of_two(number: int) -> bool:
    return number > 0 and not number & (number - 1)


def _plain(values: Iterable[Any]) -> bool:
    """Whether a configuration is of numbers and words, by which programs are told apart."""
    return all(_plain(each) if isinstance(each, (tuple, list)) else isinstance(each, PLAIN) for each in values)
