"""What a backward gave, by names of arguments: one array, a tuple, a generator of arrays, a mapping or fields."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from checks.adapters.fields import fields_of, has_fields
from checks.adapters.nested import flat, several, ways
from checks.adapters.words import ARRAYS, first_present, gradient_names, named
from checks.calling import OfBackward
from checks.counted import count
from checks.types import Arrays, gradient_of

#: What an argument is called that comes from the layer before.
_BEFORE = re.compile(r"_prev(ious)?\Z|\Aprev(ious)?_", re.IGNORECASE)

#: Names of the gradient of z, which is mostly what a layer gives, though some take it.
_OF_Z = frozenset(gradient_names("z"))

#: What a layer itself calls an argument, where that is known, after the argument's name.
Own: TypeAlias = tuple[tuple[str, str], ...]


def by_name(gradients: Any, arguments: tuple[str, ...], remarks: list[str] | None = None, own: Own = ()) -> Arrays:
    """Gradients by name, from one array, a tuple in the order of ``arguments``, or names; None is left out.

    Names are keys of a mapping, or fields of a dataclass, a named tuple or a namespace, and may be spelled in other
    ways (``dW``, ``grad_weight``). Some may stand in tuples, lists or dictionaries of their own: ``dx, [dW, db]``.
    ``remarks`` is told of gradients for which there is no argument. ``own`` are names that the layer has for arguments.
    """
    given = list(gradients) if isinstance(gradients, Iterator) else gradients
    gradients = spread(with_names(given, arguments, own), arguments)
    if isinstance(gradients, Mapping):
        keys = argument_keys(tuple(gradients), tuple(arguments), own)
        if remarks is not None and (said := _unknown(tuple(gradients), tuple(arguments), own)) and said not in remarks:
            remarks.append(said)
        return {gradient_of(name): gradients[key] for name, key in keys.items() if gradients[key] is not None}
    whole = gradients if _in_order(gradients) else (gradients,)
    each = _for_arguments(whole, len(arguments), [] if remarks is None else remarks)
    return {gradient_of(argument): value for argument, value in zip(arguments, each, strict=False) if value is not None}


def field_of(gradients: Any, arguments: tuple[str, ...], name: str, own: Own = ()) -> str | None:
    """Source that takes the gradient of an argument where ``by_name`` finds it: ``[0]``, ``["dx"]``, ``.dx``.

    Empty where the gradients are this one alone, None where it is not among them.
    """
    mapping = with_names(gradients, arguments, own)
    fields, whole = "" if mapping is gradients else ".", spread(mapping, arguments)
    if isinstance(whole, Mapping):
        key = argument_keys(tuple(whole), tuple(arguments), own).get(name, "")
        found = whole[key] if key else None
    else:
        each = _for_arguments(whole if _in_order(whole) else (whole,), len(arguments), [])
        place = arguments.index(name)
        found = each[place] if place < len(each) else None
    if found is None:
        return None
    return f".{key}" if fields else next(ways(gradients, [found]), "")


@lru_cache(1024)
def argument_keys(present: tuple[Any, ...], arguments: tuple[str, ...], own: Own = ()) -> dict[str, str]:
    """The key under which the gradient of each argument stands, for those that have one."""
    found = dict[str, str]()
    named, plain = zip(arguments, arguments, strict=True), _plain(arguments).items()
    for argument, word in [*own, *named, *plain, *_words(arguments).items()]:
        free = [key for key in present if key not in found.values()]
        if argument not in found and (key := first_present(_names(argument, word), free)):
            found[argument] = key
    return {argument: found[argument] for argument in arguments if argument in found}


def _names(argument: str, word: str) -> tuple[str, ...]:
    """Names of its gradient by this word for an argument; ``dz`` is that of z, and of x, but not of ``A_prev``."""
    every = gradient_names(word)
    return every if argument.lower() in {word, "z"} else tuple(name for name in every if name not in _OF_Z)


def _plain(arguments: tuple[str, ...]) -> dict[str, str]:
    """What an argument is called without saying whose it was, where no other is called so: A of ``A_prev``."""
    short = {name: _BEFORE.sub("", name) for name in arguments if _BEFORE.search(name)}
    every = [name.lower() for name in (*short.values(), *(name for name in arguments if name not in short))]
    return {name: word for name, word in short.items() if every.count(word.lower()) == 1}


def _words(arguments: tuple[str, ...]) -> dict[str, str]:
    """Our word for each argument that alone has it; the first is x where none has a name of x."""
    words = {argument: named(argument, ARRAYS) for argument in arguments}
    if arguments and "x" not in words.values() and not words[arguments[0]]:
        words[arguments[0]] = "x"
    each = list(words.values())
    return {argument: word for argument, word in words.items() if word and each.count(word) == 1}


@lru_cache(1024)
def _unknown(present: tuple[Any, ...], arguments: tuple[str, ...], own: Own) -> str:
    """What is to be said of keys that name no gradient beside arguments that have none; empty where all have one."""
    keys = argument_keys(present, arguments, own)
    others = [str(key) for key in present if key not in keys.values()]
    missing = [gradient_of(name) for name in arguments if name not in keys]
    if not (others and missing):
        return ""
    verb, stand = "name" if len(others) > 1 else "names", "stand" if len(missing) > 1 else "stands"
    theirs = "".join(
        f", {key} is taken for {gradient_of(name)}" for name, key in keys.items() if key != gradient_of(name)
    )
    told = f"{', '.join(others)} {verb} no gradient that is known{theirs}"
    said = OfBackward(f"of what the backward gives {told}; {', '.join(missing)} {stand} under no name")
    said.under_none = tuple(missing)
    return said


def with_names(gradients: Any, arguments: tuple[str, ...], own: Own = ()) -> Any:
    """A mapping of what has fields for the gradients; everything else as it is."""
    fields = gradients._asdict() if hasattr(gradients, "_asdict") else getattr(gradients, "__dict__", {})
    names = [*arguments, *(name for _, name in own)]
    found = fields and any(name in fields for each in names for name in gradient_names(each))
    return fields if found else gradients


def spread(gradients: Any, arguments: tuple[str, ...]) -> Any:
    """Gradients taken out of the tuples, lists and dictionaries in which some of them stand; others as they are.

    Beside a dictionary, those that have no names are of the first ``arguments``.
    """
    gradients = _by_fields(gradients)
    each = gradients.values() if isinstance(gradients, Mapping) else gradients if _in_order(gradients) else ()
    if not (inside := [one for one in each if several(one)]):
        return gradients
    if _in_order(gradients) and not any(isinstance(one, Mapping) for one in inside):
        return list(flat(gradients))
    mapping = (
        gradients if isinstance(gradients, Mapping) else dict(zip(map(gradient_of, arguments), each, strict=False))
    )
    plain = {key: one for key, one in mapping.items() if not several(one)}
    return {**dict(pair for one in inside if isinstance(one, Mapping) for pair in one.items()), **plain}


def _by_fields(gradients: Any) -> Any:
    """Gradients with a dictionary in place of each thing with fields that stands in a tuple or a list of them."""
    if not (_in_order(gradients) and any(map(has_fields, gradients))):
        return gradients
    return [fields_of(each) if has_fields(each) else each for each in gradients]


def scaled(dy: Any, gradients: Any) -> Any:
    """Gradients for dy = 1 times dy, in the same structure; whole numbers and truth values in the format of dy."""
    if isinstance(gradients, Mapping):
        return {name: scaled(dy, each) for name, each in gradients.items()}
    if isinstance(gradients, (tuple, list)):
        return tuple(scaled(dy, each) for each in gradients)
    if gradients is None:
        return None
    found = np.asarray(gradients)
    return dy * (gradients if found.dtype.kind in "fc" else found.astype(np.asarray(dy).dtype))


def _in_order(gradients: Any) -> bool:
    return isinstance(gradients, (tuple, list))


def _for_arguments(each: Sequence[Any], wanted: int, remarks: list[str]) -> Sequence[Any]:
    """As many gradients as there are arguments: None stands for what has none, a number of samples or an index.

    Beside arrays in that number what is no array is no gradient: a word, the loss.
    """
    if len(each) <= wanted:
        return each
    there, arrays = [value for value in each if value is not None], [value for value in each if np.ndim(value)]
    if len(there) == wanted:
        return there
    behind = len(arrays) != wanted or all(map(operator.is_, arrays, each))
    remark = (
        f"the backward gives {count(len(each), 'gradient')} for {count(wanted, 'argument')}: the "
        f"{'first' if behind else 'arrays among them'} are examined"
    )
    if len(there) > wanted and remark not in remarks:
        remarks.append(remark)
    return arrays if len(arrays) == wanted else each
