"""Functions that show by their examples alone whose they are: ``lambda x, w: x @ w`` is anyone's."""

from __future__ import annotations

from functools import partial, wraps
from typing import Any

from checks.adapters.callables import name_of
from checks.adapters.frameworks import shown_of
from checks.adapters.given import by_argument
from checks.adapters.methods import methods_of
from checks.adapters.tensors import KINDS, Tensors
from checks.subject import Subject


def with_framework(obj: Any, inputs: Any) -> Any:
    """A function that says that it is of the framework whose tensors it is given; anything else as it is.

    Raises UsageError where there are more examples than names.
    """
    if not callable(obj) or isinstance(obj, (type, Subject)) or methods_of(obj) or shown_of(obj):
        return obj
    given = by_argument(obj, inputs)
    found = [kind for kind in KINDS if kind.loaded and kind.among(given)]
    return _marked(obj, found[0]) if len(found) == 1 else obj


def _marked(obj: Any, kind: Tensors) -> Any:
    if isinstance(obj, partial):
        return partial(_marked(obj.func, kind), *obj.args, **obj.keywords)

    @wraps(obj)
    def function(*given: Any, **named: Any) -> Any:
        return obj(*given, **named)

    function.__name__, function.__module__ = name_of(obj), kind.framework
    return function
