"""Subjects with planted faults, named on the command line as ``checks.selftest.main_job.planted:NAME``."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from checks.adapters.numpy_pair import numpy_pair
from checks.subject import Subject
from checks.types import Array
from reference_impl import conv_backward, conv_forward, relu_backward, relu_forward

#: How a test names a subject of this module.
HERE = "checks.selftest.main_job.planted"

#: The variable that names a file: a subject that is ``noting`` adds one byte to it in each backward.
NOTES = "GRADPROOF_TEST_NOTES"


def _conv(backward: Callable[[Array, Any], Any]) -> Subject:
    return numpy_pair("planted conv", conv_forward, backward, ("x", "weight", "bias"))


def _flipped(dy: Array, saved: Any) -> tuple[Array, Array, Array | None]:
    dx, dweight, dbias = conv_backward(dy, saved)
    return dx, np.flip(dweight, axis=-1), dbias


def _killed(dy: Array, saved: Any) -> Any:
    if dy.shape[0] > 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return conv_backward(dy, saved)


def _leaving(dy: Array, saved: Any) -> Any:
    raise SystemExit(3)


def _raising(dy: Array, saved: Any) -> Any:
    raise IndexError("beyond the end")


def _slow(dy: Array, saved: Any) -> Array:
    time.sleep(0.01)
    return relu_backward(dy, saved)


def _noted(dy: Array, saved: Any) -> Array:
    with Path(os.environ[NOTES]).open("ab") as notes:
        notes.write(b".")
    return relu_backward(dy, saved)


_first: dict[tuple[int, ...], Array] = {}


def _stale(x: Array, weight: Array, bias: Array | None = None, **settings: Any) -> Any:
    return conv_forward(x, _first.setdefault(weight.shape, weight.copy()).astype(weight.dtype), bias, **settings)


#: The weight is that of the first call with one of its shape.
stale = numpy_pair("planted conv", _stale, conv_backward, ("x", "weight", "bias"))

#: The gradient of the weight comes back mirrored along its last axis.
flipped = _conv(_flipped)
#: Kills its own process on a batch of more than one.
killed = _conv(_killed)
#: Leaves the interpreter.
leaving = _conv(_leaving)
#: Raises an ordinary exception.
raising = _conv(_raising)
#: Right, and slow enough to be interrupted.
slow = numpy_pair("slow relu", relu_forward, _slow, ("x",))
#: The same with a note of each call, for whoever waits for some; and one that is wrong.
noting = numpy_pair("noting relu", relu_forward, _noted, ("x",))
noting_wrong = numpy_pair("wrong relu", relu_forward, lambda dy, saved: 2 * _noted(dy, saved), ("x",))
#: No subject at all.
number = 3
