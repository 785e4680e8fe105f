"""Where an object leaves the gradient of an array that it holds: beside it, under whatever name people use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checks.adapters.holders import GRADIENT_HOLDERS, GRADIENTS, PARAMETERS, VALUES, holds_gradients
from checks.adapters.paths import Answer, Path, Step, arrays_in, at, steps
from checks.adapters.words import ARRAYS, first_present, gradient_names, named, names_of

#: Methods and properties that give parameters, and those that give their gradients in the same order.
GIVING = (
    *(
        "params",
        "parameters",
        "get_params",
        "get_parameters",
        "get_weights",
        "trainable_params",
        "trainable_parameters",
    ),
    *("trainable_weights", "trainable_variables", "named_parameters", "params_and_grads", "parameters_and_gradients"),
)
GIVING_GRADIENTS = (
    *("grads", "gradients", "get_grads", "get_gradients", "grad", "gradient", "parameter_gradients", "param_grads"),
    *("trainable_grads", "trainable_gradients"),
)

#: Letters by which the gradients of what is called so go, too: ``dK`` beside ``kernels``.
_LETTERS = {"kernel": ("k",), "kernels": ("k",), "filter": ("f",), "filters": ("f",)}

#: Short names of what holds all parameters, and of what holds their gradients.
_BRIEFLY = {"p": "g"}

#: Of a parameter and its gradient.
PAIR = 2


def gradient_paths(thing: Any, path: Path) -> Iterator[Path]:
    """Ways to where the gradient of what stands at the end of ``path`` may lie, the likeliest first."""
    yield from _beside(thing, path)
    for depth in reversed(range(len(path))):
        yield from _by_methods(thing, path[:depth], at(thing, path))


def given_by_methods(thing: Any) -> Iterator[Any]:
    """The arrays that methods and properties of an object give as its parameters."""
    for name in (each for each in GIVING if _gives(thing, each)):
        yield from (array for _, array in arrays_in(at(thing, (Answer(name),))))


def _beside(thing: Any, path: Path) -> Iterator[Path]:
    """Next to it, or next to something that holds it, there on the same way: ``dW``, ``dweights[1]``."""
    for depth in reversed(range(len(path))):
        around, step, below = path[:depth], path[depth], path[depth + 1 :]
        holder = at(thing, around)
        for sibling in _siblings(holder, step):
            yield from _along(thing, (*around, sibling), below)
        for name in _holding_gradients(holder):
            yield from _along(thing, (*around, name), path[depth:])


def _siblings(holder: Any, step: Step) -> list[Step]:
    """Steps from a holder to what is named as a gradient of what another step leads to."""
    if isinstance(holder, tuple) and len(holder) == PAIR:
        return [type(step)(1)] if step.key == 0 else []
    if not isinstance(step.key, str):
        return []
    plain = step.key.lstrip("_")
    words = dict.fromkeys((step.key, plain, _word(plain), *_LETTERS.get(plain.lower(), ())))
    names = [under + name for word in words for name in _own_gradient_names(word) for under in ("", "_")]
    names += [*GRADIENTS] * (step.key.lower() in VALUES) + [_BRIEFLY.get(plain, plain)] * (plain in _BRIEFLY)
    of_all = _is_of_parameters(plain) or isinstance(step.get(holder), dict)
    return _present(holder, names) + (_holding_gradients(holder) if of_all else [])


def _is_of_parameters(name: str) -> bool:
    """Whether what is called so holds all parameters, one after another."""
    return name.lower() in PARAMETERS or name.lower() in GIVING


def _holding_gradients(holder: Any) -> list[Step]:
    """Steps from a holder to what holds the gradients of several parameters, the likeliest first."""
    every = [step for step in steps(holder) if holds_gradients(step.key)]
    return sorted(every, key=lambda step: step.key.lower() not in GRADIENT_HOLDERS)


def _word(key: str) -> str:
    """Our word for a weight or a bias; any other name is its own."""
    word = named(key, ARRAYS)
    return word if word in {"weight", "bias"} else key


def _own_gradient_names(argument: str) -> tuple[str, ...]:
    """Names of a gradient alone: not the argument's own."""
    return gradient_names(argument)[: -len(names_of(argument))]


def _present(holder: Any, names: Any) -> list[Step]:
    """Steps from a holder whose keys are spelled like these names, in their order."""
    there = {step.key: step for step in steps(holder) if isinstance(step.key, str)}
    keys = (first_present([name], there) for name in names)
    return [there[key] for key in dict.fromkeys(keys) if key]


def _along(thing: Any, start: Path, below: Path) -> Iterator[Path]:
    """The same steps once more, from another start: names may be spelled as gradients there."""
    if not below:
        yield start
        return
    step, *rest = below
    holder = at(thing, start)
    for each in steps(holder):
        if each.key == step.key or (_texts(each, step) and each.key.lower() in gradient_names(step.key)):
            yield from _along(thing, (*start, each), tuple(rest))


def _texts(*each: Step) -> bool:
    return all(isinstance(step.key, str) for step in each)


def _by_methods(thing: Any, around: Path, array: Any) -> Iterator[Path]:
    """In what methods of an object give: ``grads()`` beside ``params()``, or pairs and parameters of ``params()``."""
    holder = at(thing, around)
    for name in (each for each in GIVING if _gives(holder, each)):
        start = (*around, Answer(name))
        for below in (way for way, value in arrays_in(at(thing, start)) if value is array):
            for other in (each for each in GIVING_GRADIENTS if _gives(holder, each)):
                yield from _along(thing, (*around, Answer(other)), below)
            yield from (((*start, *way)) for way in _beside(at(thing, start), below))


def _gives(holder: Any, name: str) -> bool:
    """Whether an object's class has such a method or property, which is none of its attributes."""
    return name in dir(type(holder)) and not isinstance(holder, (dict, list, tuple))
