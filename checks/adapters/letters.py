"""Settings of layers with windows under names of one letter, such as ``k``, ``s`` and ``p``.

A letter means many things: it is a setting beside others that make it one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from inspect import Parameter

#: Letters for a window where there is no weight that shows it, and for the other settings.
_WINDOW = ("k", "ks", "kern", "f")
_OTHERS: Mapping[str, str] = {"stride": "s", "padding": "p", "dilation": "d"}

#: What a letter needs beside it: the stride a window, the others a stride.
_BESIDE: Mapping[str, str] = {"stride": "kernel_size", "padding": "stride", "dilation": "stride"}

#: Annotations of one number, or of one for each axis.
_NUMBERS = ("int", "tuple")


def lettered(single: Sequence[Parameter], known: Collection[str]) -> dict[str, str]:
    """Which of these parameters take a keyword, under one letter, that is not among the ``known`` ones.

    The window is among those, too, where a weight shows it.
    """
    free, window = {each.name: each for each in single if _is_number(each)}, dict[str, str]()
    if "kernel_size" not in known:
        strided = "stride" in known or _OTHERS["stride"] in free
        able = (name for name in _windows(free.values()) if strided or _may_stand_alone(free[name]))
        window |= zip(["kernel_size"], able, strict=False)
    return window | beside(free, {*known, *window})


def beside(names: Collection[str], known: Collection[str]) -> dict[str, str]:
    """Which of these names is the letter of a stride, a padding or a dilation that is not ``known``, by keyword."""
    found = dict[str, str]()
    for word, letter in _OTHERS.items():
        if word not in known and letter in names and _BESIDE[word] in {*known, *found}:
            found[word] = letter
    return found


def _windows(free: Iterable[Parameter]) -> list[str]:
    """The one parameter that has a letter of a window; none where several have one."""
    found = [each.name for each in free if each.name in _WINDOW]
    return found if len(found) == 1 else []


def _may_stand_alone(parameter: Parameter) -> bool:
    return parameter.default is not Parameter.empty


def _is_number(parameter: Parameter) -> bool:
    """Whether a parameter may take whole numbers: of its default and its annotation none says otherwise."""
    default, said = parameter.default, str(getattr(parameter.annotation, "__name__", parameter.annotation))
    whole = default is Parameter.empty or default is None or type(default) in {int, tuple, list}
    return whole and (parameter.annotation is Parameter.empty or any(word in said.lower() for word in _NUMBERS))
