"""Whether a layer that raises says no, or stumbles: an error that nobody in it raised on purpose is an accident."""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType, ModuleType, TracebackType

#: Errors by which a forward turns a configuration down; anything else is a mistake, unless a ``raise`` in its own code
#: says so. In a backward only NotImplementedError turns one down: no accident raises it.
REFUSALS = (NotImplementedError, ValueError, AssertionError, RuntimeError)

#: Whatever a layer may raise: one that ends its process is wrong like any other, and KeyboardInterrupt is its user's.
RAISED = (Exception, SystemExit)

#: What no layer says no by: it ran out of memory, or called itself without end.
EXHAUSTED = (MemoryError, RecursionError)

#: Libraries whose complaints about shapes and values are never what a layer wanted to say.
ARRAYS = frozenset({"numpy", "scipy"})

#: Libraries that check what they are given: where they are used, an error from compiled code may be theirs.
TENSORS = frozenset({"torch", "jax", "autograd", "tensorflow", "mlx", "cupy"})

#: The rooms of this house in which layers stand; all others call them.
LAYERS = frozenset({"suite", "selftest"})

#: What NumPy says of an index into an array, and PyTorch of tensors whose sizes differ, and of a gradient's shape.
_OF_ARRAYS = re.compile(
    r"out of bounds for|indices for (array|tensor)|shape mismatch|size of tensor|is invalid for input of size|"
    r"shapes? cannot be multiplied|must match the size|doesn't match the broadcast shape|returned an invalid gradient"
)

#: What nobody but NumPy says, of arrays that do not fit one another.
_OF_NUMPY = re.compile(
    r"operands could not be broadcast together|could not broadcast input array|mismatch in its core dimension"
)

#: Characters of what a layer raised or printed that are shown.
MOST_SHOWN = 500

#: What Python says of as many names as it has no values for, or values as it has no names for: no library says that.
_UNPACKED = re.compile(r"(not enough|too many) values to unpack")

_ON_PURPOSE = re.compile(r"\b(raise|assert|throw)\b")


def is_accident(error: BaseException) -> bool:
    """Whether a ValueError came out of an operation on arrays, and not from a ``raise`` in the layer.

    An error of code whose source cannot be read is taken for what it says. So is running out of memory or of frames.
    """
    if isinstance(error, EXHAUSTED):
        return True
    if not isinstance(error, ValueError) or error.__traceback__ is None:
        return False
    frame, line = _innermost(error.__traceback__)
    if _root(frame.f_globals.get("__name__")) in ARRAYS:
        return True
    source = linecache.getline(frame.f_code.co_filename, line, frame.f_globals)
    own = bool(_UNPACKED.match(text_of(error))) or not _has_tensors(frame.f_globals)
    return bool(source) and not _ON_PURPOSE.search(source) and own


def on_purpose(error: BaseException) -> bool:
    """Whether a ``raise`` in the layer's own code says no by an error of another kind, such as one of its own.

    What the harness says of an answer that it cannot read is none of the layer's.
    """
    if not isinstance(error, Exception) or isinstance(error, EXHAUSTED) or error.__traceback__ is None:
        return False
    frame, line = _innermost(error.__traceback__)
    name = str(frame.f_globals.get("__name__"))
    if _calls_layers(name) or _root(name) in {*ARRAYS, *TENSORS, *sys.stdlib_module_names} - {"__main__"}:
        return False
    return bool(_ON_PURPOSE.search(linecache.getline(frame.f_code.co_filename, line, frame.f_globals)))


def placed(error: BaseException) -> str:
    """``, at FILE:LINE``, where in a layer's own code it was raised; empty where none of its lines had run.

    Then it was not called as it expects, or its code belongs to a library.
    """
    own = ""
    for frame, line in _frames(error.__traceback__):
        name = str(frame.f_globals.get("__name__"))
        if _calls_layers(name):
            own = ""
        elif _root(name) not in {*ARRAYS, *TENSORS, *sys.stdlib_module_names} - {"__main__"}:
            own = f", at {Path(frame.f_code.co_filename).name}:{line}"
    return own


def printable(text: str) -> str:
    """A text as a report shows it: control characters are spelled out, and no more than ``MOST_SHOWN`` characters."""
    short = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."
    if short.isprintable():
        return short
    return "".join(
        sign if sign.isprintable() or sign in "\n\t" else sign.encode("unicode_escape").decode() for sign in short
    )


def text_of(error: BaseException) -> str:
    """What an error says; one that cannot be made a text is still the error that it is."""
    try:
        return str(error)
    except RAISED as broken:
        return f"(its __str__ raised {type(broken).__name__})"


def stumbles(error: BaseException | None) -> bool:
    """Whether a backward breaks on arrays that do not fit one another, which is no way of saying no.

    A TypeError may be: a pair where a number is expected. PyTorch says by a RuntimeError what NumPy says by others.
    """
    if isinstance(error, (IndexError, RuntimeError)):
        return bool(_OF_ARRAYS.search(text_of(error)))
    if isinstance(error, ValueError) and _OF_NUMPY.search(text_of(error)):
        return True
    return error is not None and is_accident(error)


def _innermost(trace: TracebackType) -> tuple[FrameType, int]:
    return list(_frames(trace))[-1]


def _frames(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _calls_layers(module: str) -> bool:
    root, *rooms = module.split(".")
    return root == __name__.partition(".")[0] and not LAYERS.intersection(rooms[:1])


def _has_tensors(names: Mapping[str, object]) -> bool:
    return any(_root(value.__name__) in TENSORS for value in names.values() if isinstance(value, ModuleType))


def _root(module: object) -> str:
    return str(module).partition(".")[0]
