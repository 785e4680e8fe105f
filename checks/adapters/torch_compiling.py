"""How torch.compile works while a subject runs: nothing goes back to plain PyTorch, nothing is given away."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any, TypeVar

T = TypeVar("T")

#: Each new shape and format is compiled, where torch.compile would go back to plain PyTorch in silence after a few; and
#: what a first backward read is kept for a second one.
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "torch._dynamo.config": {"recompile_limit": 1_000_000, "accumulated_recompile_limit": 1_000_000},
    "torch._functorch.config": {"donated_buffer": False},
}

_AS_IT_IS = nullcontext()


def as_compiled(step: Callable[..., T], *given: Any) -> T:
    """What a step gives with the ``SETTINGS``, where anything was ever compiled; without even a context elsewhere."""
    if not compiled():
        return step(*given)
    with compiling():
        return step(*given)


def compiling() -> AbstractContextManager[object]:
    """The ``SETTINGS`` for a while, those that this PyTorch knows, where anything was ever compiled."""
    if not compiled():
        return _AS_IT_IS
    settings = ExitStack()
    for name, wanted in SETTINGS.items():
        config: Any = sys.modules[name]
        settings.enter_context(config.patch({key: value for key, value in wanted.items() if hasattr(config, key)}))
    return settings


def compiled() -> bool:
    """Whether torch.compile has been given a backend in this process, as far as this PyTorch tells.

    What compiles is loaded by much else (checkpoints), and its settings take as long as half of a small layer's call.
    """
    frames = sys.modules.get("torch._dynamo.eval_frame")
    if frames is None:
        return False
    backends = getattr(frames, "cached_backends", None)
    # what is kept from being compiled has a backend of None
    return backends is None or any(each is not None for each in tuple(backends.values()))
