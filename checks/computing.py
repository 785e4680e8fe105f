"""How a whole process computes: NumPy's error state and PyTorch's grad mode.

A layer that changes them changes what everyone computes after it, gradproof too: each of its calls is followed by what
was there before, and what it would have left is told.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import Context, ContextVar, copy_context
from functools import partial
from types import TracebackType
from typing import Any, TypeAlias, TypeVar

import numpy as np

from checks.types import Arrays

T = TypeVar("T")

#: What was changed, by its name: as it was before a call, and after it.
Changes: TypeAlias = dict[str, tuple[Any, Any]]

#: Devices for which PyTorch may be told to compute in half precision.
CAST = ("cpu", "cuda")

#: PyTorch's grad mode where PyTorch is not loaded yet.
_FRESH = True


def _variable() -> ContextVar[Any] | None:
    """Where NumPy keeps its error state, as it does from version 2 on; None where it does not."""
    before = dict(copy_context())
    with np.errstate(divide="raise"):
        return next((each for each, value in copy_context().items() if before.get(each) is not value), None)


#: To look whether another state was put there takes a hundredth of the time that it takes to read it.
_VARIABLE = _variable()
_mark: Callable[[], Any] = partial(_VARIABLE.get, None) if _VARIABLE else np.geterr


def _ignoring() -> Any:
    """The mark of a state in which NumPy warns of nothing."""
    with np.errstate(all="ignore"):
        return _mark()


_HUSHED = _ignoring()


def hushed(step: Callable[..., T], *given: Any) -> T:
    """What a step gives while NumPy warns of nothing; ``np.errstate`` takes twice as long to say so."""
    if _VARIABLE is None:
        with np.errstate(all="ignore"):
            return step(*given)
    before = _VARIABLE.set(_HUSHED)
    try:
        return step(*given)
    finally:
        _VARIABLE.reset(before)


def each_hushed(steps: Iterator[T]) -> Iterator[T]:
    """What an iterator gives, none of which is None, one by one: NumPy warns of nothing while it makes them."""
    while (found := hushed(next, steps, None)) is not None:
        yield found


@contextmanager
def ordinary() -> Iterator[None]:
    """NumPy and PyTorch compute as they do in a fresh process, whatever the caller has set around the block."""
    torch: Any = sys.modules.get("torch")
    with ExitStack() as around:
        around.enter_context(np.errstate(all="warn", under="ignore"))
        if hasattr(torch, "inference_mode"):  # loaded, and not in the middle of it
            around.enter_context(torch.inference_mode(mode=False))
            around.enter_context(torch.enable_grad())
        yield


def cast_around() -> list[str]:
    """What is said where the caller lets PyTorch compute in half precision, which is done to the layer, too."""
    enabled: Callable[[str], bool] | None = getattr(sys.modules.get("torch"), "is_autocast_enabled", None)
    on = [device for device in CAST if enabled and enabled(device)]
    told = "PyTorch's autocast ({0}) is on where this was asked, and the layer computes under it; ask outside of it"
    return [told.format(", ".join(on))] if on else []


class Unmoved(AbstractContextManager[None]):
    """Both are afterwards as they were before; ``changes`` gets what was changed first.

    And so is that the arrays which a layer is ``handed`` can be written to.
    """

    __slots__ = ("_before", "_changes", "_grad", "_handed", "_writable")

    def __init__(self, changes: Changes, handed: Arrays | None = None) -> None:
        """Nothing is read before it is entered."""
        self._changes, self._handed = changes, handed or {}

    def __enter__(self) -> None:
        """Remember all of it."""
        self._before, self._grad = _mark(), _grad_mode()
        self._writable = [name for name, array in self._handed.items() if array.flags.writeable]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Put it back."""
        for name in self._writable:
            if not (flags := self._handed[name].flags).writeable:
                flags.writeable = True
                self._changes.setdefault(f"whether its caller can write to {name}", (True, False))
        if _mark() is not self._before:
            self._put_back("NumPy's error state", _errors_of(self._before), np.geterr(), _set_errors)
        if (grad := _grad_mode()) != self._grad:
            self._put_back("PyTorch's grad mode", self._grad, grad, sys.modules["torch"].set_grad_enabled)

    def _put_back(self, name: str, before: Any, after: Any, restore: Callable[[Any], object]) -> None:
        if before != after:
            self._changes.setdefault(name, (before, after))
            restore(before)


def unmoved(step: Callable[..., T], *given: Any) -> T:
    """What a step gives that may call a layer by itself: how the process computes is then what it was."""
    with Unmoved({}):
        return step(*given)


def _errors_of(mark: Any) -> Any:
    """NumPy's error state as it was when this mark was made."""
    if _VARIABLE is None:
        return mark
    there = Context()
    if mark is not None:
        there.run(_VARIABLE.set, mark)
    return there.run(np.geterr)


def _set_errors(errors: Any) -> None:
    np.seterr(**errors)


def _grad_mode() -> bool:
    enabled: Callable[[], bool] | None = getattr(sys.modules.get("torch"), "is_grad_enabled", None)
    return enabled() if enabled else _FRESH
