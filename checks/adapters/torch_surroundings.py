"""What surrounds a PyTorch forward must surround its backward: checkpointing computes a part of it once more there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from checks.adapters.torch_scripted import has_scripts, standing_in

#: Runs a function with something in place.
Around = Callable[[Callable[[], Any]], Any]

#: What surrounds each forward that is running, the innermost last.
_running: list[list[Around]] = []


class Noting:
    """A context that holds what surrounds the forward that runs meanwhile, as ``surrounded`` is told."""

    def __enter__(self) -> list[Around]:
        """Of this forward, nothing so far."""
        _running.append([])
        return _running[-1]

    def __exit__(self, *_: object) -> None:
        """Of the one around it again."""
        _running.pop()


def surrounded(around: Around) -> None:
    """Say that the forward that is running is surrounded by this."""
    if _running:
        _running[-1].append(around)


def inside(every: Sequence[Around], run: Callable[[], Any]) -> Any:
    """What ``run`` gives inside all of these."""
    for around in every:
        run = partial(around, run)
    return run()


def called(module: Any, state: dict[str, Any], *given: Any, **named: Any) -> Any:
    """What a module gives with ``state`` in place of its own parameters and buffers, which stays so in the backward.

    Where the module puts others there, so does ``state`` hold them.
    """
    import torch

    if has_scripts(module):
        around = partial(standing_in, module, dict(state))
        surrounded(around)
        return around(lambda: module(*given, **named))
    surrounded(partial(_standing_in, module, state))
    return torch.func.functional_call(module, state, given, named)


def _standing_in(module: Any, state: Mapping[str, Any], run: Callable[[], Any]) -> Any:
    import torch

    holder = torch.nn.Module()
    holder.module, holder.forward = module, run
    return torch.func.functional_call(holder, {f"module.{name}": value for name, value in state.items()}, ())
