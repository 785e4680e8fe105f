"""Layers without PyTorch that save in a context that their caller makes, as its functions do: ``forward(ctx, x)``.

The context is a dictionary that takes attributes, too, and has ``save_for_backward`` and ``saved_data``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from inspect import signature
from types import FunctionType
from typing import Any

from checks.adapters.callables import importable, name_of
from checks.adapters.methods import methods_of
from checks.types import gradient_of

#: What people call it.
NAMES = frozenset({"ctx", "context"})

#: A context, and the pair around these two functions, as source.
_AROUND = """class Context(dict):  # where your layer saves: by key, by attribute, or all at once
    def __init__(self):
        self.saved_data = {{}}

    def save_for_backward(self, *saved, **named):
        self.saved_tensors = saved or tuple(named.values())
        self.saved_data.update(named)
        vars(self).update(named)


def forward(*given, **named):
    context = Context(){keywords}
    return {forward}(context, *given, **named), context


def backward(dy, context):
    given = {backward}(context, dy)
    return dict(zip({names}, given)) if isinstance(given, tuple) else given

"""


#: A framework's keywords on it, as source.
_KEYWORDS = "\n    vars(context).update(named)  # as your framework does"


class Context(dict[str, Any]):
    """Where a layer saves: by key, by attribute, or all at once.

    A forward that looks there for a keyword of its call finds them all, as in frameworks that put them there.
    """

    saved_tensors: tuple[Any, ...] = ()

    def __init__(self, keywords: Mapping[str, Any]) -> None:
        super().__init__()
        self.saved_data = dict[str, Any]()
        self._keywords = keywords

    def __getattr__(self, name: str) -> Any:
        """A keyword that nobody has saved, in the forward; in the backward all are there, or none.

        Raises AttributeError where it is none of these.
        """
        keywords = vars(self).get("_keywords", {})
        if name not in keywords:
            raise AttributeError(f"'Context' object has no attribute {name!r}")
        vars(self).update({**keywords, **vars(self)})
        return keywords[name]

    def ended(self) -> bool:
        """End the forward; tells whether keywords were looked for."""
        keywords, self._keywords = self._keywords, {}
        return keywords.keys() <= vars(self).keys() and bool(keywords)

    def save_for_backward(self, *saved: Any, **named: Any) -> None:
        """Keep these for the backward, as ``saved_tensors``, and those with names in ``saved_data``, too."""
        self.saved_tensors = saved or tuple(named.values())
        self.saved_data = {**self.saved_data, **named}
        vars(self).update(named)


def out_of_context(obj: Any) -> Any:
    """The pair ``(forward, backward)`` of a layer both of whose functions take a context first; others as they are."""
    methods = None if isinstance(obj, (tuple, list)) else methods_of(obj)
    pair = [getattr(obj, name) for name in (methods.forward, methods.backward)] if methods else obj
    if not (methods or isinstance(obj, (tuple, list))) or not all(map(_takes_one, pair)):
        return obj
    forward, backward = pair
    owner = name_of(obj) if methods else ""
    sought = list[bool]()
    source = partial(_source, owner, forward, backward, sought)
    return _ahead(forward, owner or name_of(forward), source, sought), _back(backward)


def _takes_one(call: Callable[..., Any]) -> bool:
    """Whether its first argument is a context; a method of an object has its own place for what it saves."""
    if not isinstance(getattr(call, "__self__", call), (type, FunctionType)):
        return False
    try:
        return next(iter(signature(call).parameters), "") in NAMES
    except (TypeError, ValueError):  # a built-in function says nothing of itself
        return False


def _source(
    owner: str,
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    sought: Sequence[bool],
    arguments: Iterable[str],
) -> str:
    """The pair as source, called with these arguments: imported, and around it a context; of a class by its name.

    ``sought`` holds something where a forward has looked for keywords in its context.
    """
    names = [importable(each) or word for each, word in ((forward, "forward"), (backward, "backward"))]
    imported = owner or ", ".join(f"{name} as _{name}" for name in names)
    ahead, back = (f"{owner}.{name}" if owner else f"_{name}" for name in names)
    names = [gradient_of(name) for name in arguments]
    around = _AROUND.format(forward=ahead, backward=back, names=names, keywords=_KEYWORDS if sought else "")
    return f"from your_module import {imported}\n\n\n{around}"


def _ahead(
    forward: Callable[..., Any], name: str, source: Callable[..., str], sought: list[bool]
) -> Callable[..., Any]:
    whole = signature(forward)
    own = whole.replace(parameters=list(whole.parameters.values())[1:])
    keywords = {each.name: each.default for each in own.parameters.values() if each.default is not each.empty}

    def ahead(*given: Any, **named: Any) -> tuple[Any, Context]:
        bound = own.bind(*given, **named).arguments
        context = Context({**keywords, **{each: value for each, value in bound.items() if each in keywords}})
        y = forward(context, *given, **named)
        if context.ended() and not sought:
            sought.append(True)
        return y, context

    named: Any = ahead
    named.__signature__ = own
    named.__name__, named.__qualname__, named.__module__ = name, name, forward.__module__
    named.source = source
    return ahead


def _back(backward: Callable[..., Any]) -> Callable[..., Any]:
    def back(dy: Any, context: Context) -> Any:
        given = backward(context, dy)
        while isinstance(given, tuple) and given and given[-1] is None:  # of its keywords
            given = given[:-1]
        return given

    return back
