"""Functions written with HIPS autograd (``import autograd.numpy as np``): differentiated by its own vector products."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.described import watched
from checks.adapters.differentiated import HIPS, Differentiated
from checks.adapters.outputs import Outputs
from checks.adapters.signature import read
from checks.saved import Referring
from checks.subject import Subject
from checks.types import Array, Arrays, Config, gradient_of


@dataclass(frozen=True)
class _Saved(Referring):
    """What autograd goes back by, and the names of its arguments."""

    back: Callable[[Array], Any]
    names: tuple[str, ...]


def adapt_hips(function: Callable[..., Any], arguments: tuple[str, ...], outputs: Outputs) -> Subject:
    """Subject from a HIPS autograd function.

    Raises UsageError where the signature cannot be understood.
    """
    plan = read(getattr(function, "fun", function), arguments, "function")  # a primitive hides what it takes

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        from autograd import make_vjp

        def layer(values: dict[str, Any]) -> Any:
            return outputs.joined(
                plan.call(function, {name: values[name] for name in arrays}, config), _one, values.values()
            )

        back, y = make_vjp(layer, 0)(arrays)
        return np.asarray(y), _Saved(back, tuple(arrays))

    def pull(dy: Array, saved: _Saved) -> Arrays:
        found = saved.back(dy)
        return {gradient_of(name): np.asarray(found[name]) for name in saved.names}

    shown = Differentiated(HIPS, function, plan, outputs)
    found = Subject(name_of(function), forward, pull, plan.limits(), remarks=outputs.remarks, preamble=shown)
    return watched(plan, found)


def _one(outputs: list[Any]) -> Any:
    """Several arrays in one."""
    import autograd.numpy

    return autograd.numpy.concatenate([autograd.numpy.ravel(each) for each in outputs])
