"""Which two methods of a class or an object are likely its forward and its backward, where it calls them otherwise."""

from __future__ import annotations

from inspect import Parameter, Signature, getattr_static, signature
from types import FunctionType
from typing import Any

from checks.adapters.words import UPSTREAM

#: What names of backwards hold, in small letters.
_BACK = ("back", "grad", "bprop", "bwd", "pull", "vjp", "adjoint", "deriv", "reverse")

#: Names of forwards that come before others.
_AHEAD = ("forward", "__call__", "call", "run", "apply")

#: Kinds of parameters that take whatever is left over.
_OPEN = {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}


def likely(obj: Any) -> tuple[str, str] | None:
    """Names of the two methods; None where nobody can tell. A method that must be given nothing is neither."""
    own = {name: asked for name, asked in _methods(obj).items() if asked}
    upstream = [name for name, (first, *_) in own.items() if first.lower() in UPSTREAM]
    called = [name for name in own if any(word in name.lower() for word in _BACK)]
    back = next(iter([*upstream, *called, *([*own][1:] if len(own) == 2 else [])]), "")  # noqa: PLR2004 - a pair
    ahead = next((name for name in (*_AHEAD, *own) if name in own and name != back), "")
    return (ahead, back) if ahead and back else None


def asked_by(obj: Any, name: str) -> list[str]:
    """What a method must be given, by the names of its parameters."""
    return _methods(obj).get(name, [])


def built_by_nothing(kind: type) -> bool:
    """Whether a class can be called without arguments, as far as its signature says."""
    try:
        return not _required(signature(kind))
    except (TypeError, ValueError):
        return False


def _methods(obj: Any) -> dict[str, list[str]]:
    """What each method of its own must be given, in the order of the class; plain functions stand for themselves."""
    kind = obj if isinstance(obj, type) else type(obj)
    names = dict.fromkeys(name for each in kind.__mro__[:-1] for name in vars(each) if _told(name))
    static = {name: getattr_static(kind, name) for name in names}
    return {name: _required(signature(each))[1:] for name, each in static.items() if isinstance(each, FunctionType)}


def _told(name: str) -> bool:
    return name == "__call__" or not name.startswith("_")


def _required(own: Signature) -> list[str]:
    every = own.parameters.values()
    return [each.name for each in every if each.default is each.empty and each.kind not in _OPEN]
