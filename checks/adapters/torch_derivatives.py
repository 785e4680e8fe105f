"""Gradients by PyTorch's autograd, whichever of its two ways a layer needs: asked for, or added up in ``grad``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from checks.adapters.outputs import Outputs
from checks.adapters.torch_phases import about_phase
from checks.errors import UsageError

#: What those say that must be gone back through as training does: checkpoints that enter autograd once more.
_NEEDS_BACKWARD = ".grad()"


def derivatives(y: Any, leaves: Sequence[Any], dy: Any, outputs: Outputs) -> list[Any]:
    """The gradient of each leaf, None where y does not depend on it; the graph is kept.

    What a backward inside a layer's own backward adds up in a leaf's ``grad`` belongs to its gradient; ``outputs`` is
    told. Raises UsageError where dy has none by what PyTorch says, NotImplementedError where another had one.
    """
    import torch

    _forget(leaves)
    try:
        found: Sequence[Any] = _asked(y, leaves, dy)
    except RuntimeError as error:
        if said := about_phase(error):  # once a dy was taken, roundings of a large one are all that PyTorch sees
            raise (NotImplementedError if outputs.went_back else UsageError)(said) from error
        if _NEEDS_BACKWARD not in str(error):
            raise
        _forget(leaves)
        torch.autograd.backward(y, dy, retain_graph=True)
        found = [None] * len(leaves)
    outputs.went_back = outputs.went_back or bool(dy.any())
    if not [leaf for leaf in leaves if leaf.grad is not None]:
        return list(found)
    added = [leaf.grad for leaf in leaves]
    _forget(leaves)
    outputs.added_up = True
    return list(map(_sum, found, added))


def _asked(y: Any, leaves: Sequence[Any], dy: Any) -> Sequence[Any]:
    """What ``torch.autograd.grad`` gives; of a plain tensor by the engine that it calls, which takes half the time."""
    import torch

    engine = engine_of_grad()
    if engine is None or type(y) is not torch.Tensor or y.shape != dy.shape:
        return torch.autograd.grad(y, leaves, dy, retain_graph=True, allow_unused=True)
    found: Sequence[Any] = engine((y,), (dy,), inputs=tuple(leaves))
    return found


@cache
def engine_of_grad() -> Callable[..., Sequence[Any]] | None:
    """PyTorch's engine, called as ``torch.autograd.grad`` calls it; None where this PyTorch's is called otherwise.

    That is PyTorch's own affair, so it is tried first.
    """
    import torch

    leaf, unused = (torch.ones((), requires_grad=True) for _ in range(2))
    y = 2 * leaf
    try:
        engine = partial(
            torch.autograd.graph._engine_run_backward,  # noqa: SLF001 - as above
            keep_graph=True,
            create_graph=False,
            allow_unreachable=True,
            accumulate_grad=False,
        )
        found = engine((y,), (y.detach(),), inputs=(leaf, unused))
    except (AttributeError, TypeError, RuntimeError):
        return None
    return engine if list(found) == [4, None] and leaf.grad is None else None


def _forget(leaves: Sequence[Any]) -> None:
    for leaf in leaves:
        leaf.grad = None


def _sum(value: Any, added: Any) -> Any:
    return value if added is None else added if value is None else value + added
