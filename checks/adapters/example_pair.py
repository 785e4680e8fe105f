"""A NumPy pair that claims nothing: where its backward answers None for an argument, that is a gradient of zeros.

Whether it is zero is for the numerical derivatives to say. A family knows what its layers owe; there None is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.kept import Kept
from checks.adapters.methods import methods_of
from checks.adapters.objects import adapt_object
from checks.adapters.outputs import Every, that_count
from checks.adapters.recognise import adapt
from checks.adapters.structures import is_numbers
from checks.subject import Subject
from checks.types import Array, Arrays, Config, gradient_of

#: Stands for None among gradients, until the shape is known.
_NOTHING = np.zeros(())


def adapt_example(
    obj: Any,
    arguments: tuple[str, ...],
    device: str,
    kept: Kept | None = None,
    listed: Collection[str] = (),
) -> Subject:
    """Subject from whatever ``adapt`` takes, on examples; ``kept`` says where an object has its parameters.

    ``device`` is that of ``adapt``; ``listed`` are arguments that were given as a list of numbers, or a
    tuple: a pair may give a gradient in one, too.

    Raises UsageError where the object or its signature is not understood.
    """
    if kept and not isinstance(obj, (type, Subject)) and (methods := methods_of(obj)):
        return adapt_object(obj, methods, arguments, that_count(obj), kept)
    match obj:
        case tuple((forward, backward)) | list((forward, backward)) if callable(forward) and callable(backward):
            marked = _marked(_in_arrays(backward) if listed else backward, len(arguments))
            return _zeros_for_nothing(adapt((forward, marked), arguments, device=device, outputs=Every()))
    return adapt(obj, arguments, device=device, outputs=that_count(obj))


def _in_arrays(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A backward that gives an array in place of each list or tuple of plain numbers among its gradients."""

    @wraps(backward)
    def given(*of: Any, **keywords: Any) -> Any:
        found = backward(*of, **keywords)
        if isinstance(found, Mapping):
            return {name: _array(value) for name, value in found.items()}
        if not isinstance(found, (tuple, list)):
            return found
        return _array(found) if is_numbers(found) else _with(found, map(_array, found))

    given.__name__ = name_of(backward)  # as below
    return given


def _array(value: Any) -> Any:
    return np.asarray(value) if is_numbers(value) else value


def _with(found: Any, each: Iterable[Any]) -> Any:
    """Other things under the names of a named tuple, a list of them in place of any other."""
    return found._make(each) if hasattr(found, "_make") else list(each)


def _marked(backward: Callable[..., Any], count: int) -> Callable[..., Any]:
    """A backward whose None stands out, unless it gives as many other gradients as there are arguments."""

    @wraps(backward)
    def marked(*given: Any, **keywords: Any) -> Any:
        found = backward(*given, **keywords)
        if isinstance(found, Mapping):
            return {name: _NOTHING if value is None else value for name, value in found.items()}
        if isinstance(found, (tuple, list)) and len(found) > sum(each is not None for each in found) == count:
            return found
        if not isinstance(found, (tuple, list)):
            return found
        return _with(found, (_NOTHING if each is None else each for each in found))

    marked.__name__ = name_of(backward)  # which what is held by functools.partial hides
    return marked


def _zeros_for_nothing(subject: Subject) -> Subject:
    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        kinds = {gradient_of(name): (value.shape, value.dtype) for name, value in arrays.items()}
        y, saved = subject.forward(arrays, config)
        return y, (kinds, saved)

    def backward(dy: Array, kept: Any) -> Mapping[str, Array]:
        kinds, saved = kept
        found = subject.backward(dy, saved)
        return {of: np.zeros(*kinds[of]) if value is _NOTHING else value for of, value in found.items()}

    modes = {mode: _zeros_for_nothing(other) for mode, other in subject.modes.items()}
    return replace(subject, forward=forward, backward=backward, modes=modes)
