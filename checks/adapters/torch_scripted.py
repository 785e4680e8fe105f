"""What ``torch.jit`` makes of a module: ``torch.func.functional_call`` cannot put arrays into it, its own slots can."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from checks.adapters.torch_kinds import is_scripted

#: Where a recurrent layer keeps its weights once more, in a list, and their names.
_FLAT, _FLAT_NAMES = "_flat_weights", "_flat_weights_names"


def has_scripts(module: Any) -> bool:
    """Whether a module or a part of it was scripted or traced."""
    return any(map(is_scripted, module.modules()))


def can_be_shown(module: Any) -> bool:
    """Whether a few lines put arrays into it: it was scripted as a whole, and keeps no list of its weights."""
    return is_scripted(module) and not any(hasattr(part, _FLAT) for part in module.modules())


def standing_in(module: Any, state: Mapping[str, Any], run: Callable[[], Any]) -> Any:
    """What ``run`` gives with ``state`` in place of a module's own parameters and buffers, by dotted name."""
    with _swapped(module, state):
        return run()


@contextmanager
def _swapped(module: Any, state: Mapping[str, Any]) -> Iterator[None]:
    parts, whole = dict(module.named_modules(remove_duplicate=False)), _names(module, state)
    before = {name: _slot(parts, name) for name in whole}
    try:
        for name, stand_in in whole.items():
            _put(parts, name, stand_in)
        _listed_again(parts.values())
        yield
    finally:
        for name, own in before.items():
            _put(parts, name, own)
        _listed_again(parts.values())


def _names(module: Any, state: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in, by every name of it: parts may share a parameter, of which ``state`` has one name."""
    every = dict(module.named_parameters(remove_duplicate=False)) | dict(module.named_buffers(remove_duplicate=False))
    by_own = {id(every[name]): stand_in for name, stand_in in state.items()}
    return {name: by_own[id(own)] for name, own in every.items() if id(own) in by_own}


def _slot(parts: Mapping[str, Any], name: str) -> Any:
    path, _, last = name.rpartition(".")
    return getattr(parts[path], last)


def _put(parts: Mapping[str, Any], name: str, tensor: Any) -> None:
    path, _, last = name.rpartition(".")
    part = parts[path]
    if is_scripted(part):
        part._c.setattr(last, tensor)  # noqa: SLF001 - no other way: what it has of Python's takes parameters alone
        return
    holder = part._parameters if last in part._parameters else part._buffers  # noqa: SLF001 - the same
    holder[last] = tensor


def _listed_again(parts: Any) -> None:
    """Recurrent layers compute with a list of their weights."""
    for part in parts:
        if hasattr(part, _FLAT) and hasattr(part, _FLAT_NAMES):
            setattr(part, _FLAT, [getattr(part, name) for name in getattr(part, _FLAT_NAMES)])
