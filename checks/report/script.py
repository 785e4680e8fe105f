"""A counterexample as a script of about ten lines that needs numpy and the user's layer, and nothing of gradproof."""

from __future__ import annotations

from checks.case import Case
from checks.claim import Verdict
from checks.types import Array, carrier

#: Where a script's reader puts their own layer.
YOURS = "from your_module import forward, backward  # your layer"


def script(case: Case, verdict: Verdict, imports: str = YOURS) -> str:
    """Python source that shows the wrong number beside the right one.

    ``imports`` is a statement that brings ``forward(x, ..., **keywords) -> (y, saved)`` and ``backward(dy, saved)``.
    """
    arrays = {**case.inputs, "dy": case.dy}
    keywords = "".join(f", {name}={value!r}" for name, value in case.config.items())
    lines = ["import numpy as np", imports, ""]
    lines += [f"{name} = {_source(array, case)}" for name, array in arrays.items()]
    lines += [f"y, saved = forward({', '.join(case.arguments)}{keywords})", "gradients = backward(dy, saved)"]
    return "\n".join([*lines, *_shown(case, verdict)])


def _source(array: Array, case: Case) -> str:
    kind = carrier(case.dtype).name
    return f"np.array({array.tolist()}, np.{kind})" if array.size else f"np.zeros({array.shape}, np.{kind})"


def _shown(case: Case, verdict: Verdict) -> list[str]:
    """The lines that print what came out beside what must come out, where one element can be named."""
    worst, of = verdict.worst, verdict.of
    shape = {"y": case.shapes["dy"], **{f"d{name}": case.shapes[name] for name in case.arguments}}.get(of, ())
    if worst is None or not shape or len(worst.index) != len(shape):
        return [f"print(y, gradients)  # {verdict.law}, {of}: {verdict.why}"]
    lines = [] if of == "y" else [_picked(case, of)]
    return [*lines, f'print("{of}{list(worst.index)} is", {of}{list(worst.index)}, "and must be", {worst.want!r})']


def _picked(case: Case, of: str) -> str:
    """The line that takes one gradient from whatever a backward returns: a mapping, a tuple, or one array."""
    place = [f"d{name}" for name in case.arguments].index(of)
    if len(case.arguments) == 1:
        return f"{of} = gradients"
    return f'{of} = gradients["{of}"] if isinstance(gradients, dict) else gradients[{place}]'
