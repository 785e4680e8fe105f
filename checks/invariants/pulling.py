"""Calls on the very arrays that a law lays out, not on copies, which would be contiguous."""

from __future__ import annotations

from checks.shapes import mended
from checks.subject import Pull
from checks.types import Arrays
from checks.witness import Trial


def crash(trial: Trial, arrays: Arrays) -> str:
    """Why these very arrays are not handed to the subject; empty where they are: none is known but of convolutions."""
    convolves = trial.family.smooth or "weight" in trial.case.arguments
    return trial.subject.crash(arrays, trial.case.config) if convolves and trial.subject.crash else ""


def pull(trial: Trial, arrays: Arrays) -> Pull:
    """Forward and backward on these very arrays, not on copies, which would be contiguous."""
    inputs = {name: arrays[name] for name in trial.case.arguments}
    y, saved = trial.subject.run_forward(inputs, trial.case.config)
    y = y.copy()
    gradients = trial.subject.run_backward(arrays["dy"], saved, trial.case.arguments)
    return Pull(y, mended(gradients, inputs) or gradients)
