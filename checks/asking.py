"""What a question must be made of, looked at before any work: one table for ``examine`` and its kin."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from inspect import signature
from numbers import Integral
from typing import Any, ParamSpec, TypeVar

from checks.case import Case
from checks.corpus.store import Corpus
from checks.errors import UsageError
from checks.isolation import Isolation
from checks.nearest import near

P = ParamSpec("P")
T = TypeVar("T")


def _is_seed(value: Any) -> bool:
    return isinstance(value, Integral) and int(value) >= 0


def _is_limits(value: Any) -> bool:
    return value is None or (isinstance(value, Mapping) and all(isinstance(name, str) for name in value))


def _are_cases(value: Any) -> bool:
    if value is None or isinstance(value, Iterator):
        return True
    return isinstance(value, Iterable) and not isinstance(value, str) and _all_of(value, (Case, str))


def _are_names(value: Any) -> bool:
    return isinstance(value, (str, Iterator)) or (isinstance(value, Iterable) and _all_of(value, str))


def _all_of(value: Iterable[Any], kind: type | tuple[type, ...]) -> bool:
    return all(isinstance(each, kind) for each in value)


#: For each argument whether a value can be understood, and what is expected.
KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "like": (
        lambda value: value is None or isinstance(value, str),
        "the name of a family, such as 'conv2d', 'max_pool' or 'relu'",
    ),
    "seed": (_is_seed, "a whole number from 0 on, such as seed=1"),
    "supports": (
        _is_limits,
        "a dictionary of limits by their names, such as supports={'stride': 1, 'dtype': 'float32'}",
    ),
    "isolate": (
        lambda value: isinstance(value, (bool, Isolation)),
        "True, False, or limits such as isolate=Isolation(seconds=60)",
    ),
    "cases": (_are_cases, "a list of cases or of their texts, such as cases=['relu(x=(1,1,1), ...)']"),
    "laws": (
        lambda value: value is None or _are_names(value),
        "names of laws, such as laws=['adjoint'], or None for all of them",
    ),
    "deny": (_are_names, "names of laws, such as deny=['saved copies'] or ['all']"),
    "corpus": (
        lambda value: value is None or (isinstance(value, (str, os.PathLike, Corpus)) and value != ""),
        "a folder, such as corpus='gradproof-corpus', a Corpus, or None",
    ),
}


def some_laws(laws: Iterable[str]) -> tuple[str, ...]:
    """The names of laws that are to be asked; one name alone is one law.

    Raises UsageError where there are none: no law would be asked, and every law is when nothing is said.
    """
    named = (laws,) if isinstance(laws, str) else tuple(laws)
    if not named:
        raise UsageError(f"laws={laws!r:.80} names no law; expected some, such as laws=['adjoint'], or None for all")
    return named


def demand(**asked: Any) -> None:
    """Look at the arguments of a question, by name.

    Raises UsageError at the first that cannot be understood.
    """
    for name, value in asked.items():
        understood, expected = KINDS[name]
        if not understood(value):
            of = "" if name == "seed" and isinstance(value, Integral) else f" is of {type(value).__name__}"
            raise UsageError(f"{name}={value!r:.80}{of}; expected {expected}")


def by_known_names(asked: Callable[P, T]) -> Callable[P, T]:
    """The same function, which says of an argument that it does not have which one may be meant.

    Raises UsageError there.
    """
    names = [*signature(asked).parameters]

    @wraps(asked)
    def checked(*given: P.args, **named: P.kwargs) -> T:
        __tracebackhide__ = True
        for unknown in named.keys() - set(names):
            beside = near(unknown, names)
            raise UsageError(
                f"{asked.__name__} has no argument {unknown!r}{beside}; expected one of {', '.join(names)}"
            )
        return asked(*given, **named)

    return checked
