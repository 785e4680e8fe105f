"""A layer that seeds a generator which others draw from makes their draws the same each time."""

from __future__ import annotations

import sys
from typing import Any

from checks.errors import SubjectError
from checks.generators import listening, other_seeds, shared_after
from checks.witness import Trial


def reseeded(trial: Trial) -> list[str]:
    """Say which of the shared generators a call leaves in one state, wherever they begin: it has seeded them anew.

    One that draws leaves them as far from one another as they began. Nothing where the subject raises.
    """
    try:
        first = _left_by(trial, 1)
        with other_seeds():
            second = _left_by(trial, 2)
    except SubjectError:
        return []
    alike = dict.fromkeys(name for (name, one), (_, other) in zip(first, second, strict=False) if one == other)
    return [f"the layer seeds {name} generator anew: what others draw next is no longer random" for name in alike]


def _left_by(trial: Trial, seed: int) -> list[tuple[str, Any]]:
    """The generators as a forward leaves them, and then a backward.

    PyTorch's, where the subject is not, is read from outside.
    """
    torch = sys.modules.get("torch")
    before = torch and torch.get_rng_state()
    try:
        with listening() as heard:
            if torch:
                torch.manual_seed(seed)
            trial.subject.apply(trial.case.inputs, trial.case.config)
        found = [*heard, *([("PyTorch's", torch.get_rng_state().tolist())] if torch else [])]
        return [*found, *shared_after(lambda: trial.subject.vjp(trial.case), seed)]
    finally:
        if torch:
            torch.set_rng_state(before)
