"""What a constructor takes that hands ``*args, **kwargs`` on to that of its base: what the base shows."""

from __future__ import annotations

from contextlib import suppress
from dis import get_instructions
from inspect import Parameter, Signature, signature
from itertools import dropwhile, takewhile
from types import FunctionType
from typing import Any

#: How each kind of parameter of a base is given to one that takes it by name, or by position alone.
_ON = {
    Parameter.POSITIONAL_ONLY: Parameter.POSITIONAL_ONLY,
    Parameter.POSITIONAL_OR_KEYWORD: Parameter.KEYWORD_ONLY,
    Parameter.KEYWORD_ONLY: Parameter.KEYWORD_ONLY,
    Parameter.VAR_KEYWORD: Parameter.VAR_KEYWORD,
}


def constructed(kind: type[Any], told: Signature) -> Signature:
    """The signature of a class: ``told``, or what its bases name where its constructor hands anything on to them.

    One that names something beside ``**kwargs``, and takes nothing else by position, says enough of itself.
    """
    owners = [each for each in kind.__mro__ if "__init__" in vars(each)]
    init = vars(owners[0])["__init__"]
    if not isinstance(init, FunctionType) or not _same(told, signature(init)):
        return told
    found = _along(owners)
    with suppress(ValueError):  # an own default before what must be given
        return told if found is None else Signature(found)
    return told


def _same(told: Signature, own: Signature) -> bool:
    """Whether a class shows the signature of its constructor: neither another one, nor that of its ``__new__``."""
    return [*told.parameters.values()] == [*own.parameters.values()][1:]


def _along(owners: list[type[Any]]) -> list[Parameter] | None:
    """The parameters of the first of these constructors and of those that it hands on to; None where one is silent."""
    init = vars(owners[0])["__init__"] if owners else None
    if not isinstance(init, FunctionType):
        return None
    _, *own = signature(init).parameters.values()
    if not _hands_on(init, own):
        return own if Parameter.VAR_POSITIONAL not in {each.kind for each in own} else None
    base = _along(owners[1:])
    return None if base is None else _both(own, base)


def _hands_on(init: FunctionType, own: list[Parameter]) -> bool:
    """Whether it calls another ``__init__`` with ``*args`` or ``**kwargs``, and does not say itself what it takes."""
    kinds = {each.kind for each in own}
    open_ = Parameter.VAR_POSITIONAL in kinds or kinds == {Parameter.VAR_KEYWORD}
    after = dropwhile(lambda each: each.argval != "__init__", get_instructions(init))
    statement = takewhile(lambda each: each.opname != "POP_TOP", after)
    return open_ and any(each.opname == "CALL_FUNCTION_EX" for each in statement)


def _both(own: list[Parameter], base: list[Parameter]) -> list[Parameter]:
    """What a constructor names, then what its base does, by name as far as it takes any."""
    named = [each for each in own if each.kind not in {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}]
    rest = [each for each in base if each.name not in {every.name for every in named}]
    if len(named) + 1 == len(own) and own[-1].kind is Parameter.VAR_POSITIONAL:
        return [each.replace(kind=Parameter.POSITIONAL_ONLY) for each in (*named, *rest)]
    on = [each.replace(kind=_ON[each.kind]) for each in rest if each.kind in _ON]
    return sorted([*named, *on], key=lambda each: each.kind)
