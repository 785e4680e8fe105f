"""The two methods of a layer that keeps its state: what people call them, and how they are called."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType, MethodType
from typing import Any

from checks.adapters.instead import method_of
from checks.adapters.torch_kinds import function_class, is_module

#: Names of a forward and of its backward, PyTorch's first.
PAIRS = (
    ("forward", "backward"),
    *((f"forward{what}", f"backward{what}") for what in ("_pass", "pass", "_prop", "_propagate", "_propagation")),
    *((ahead, back) for ahead in ("forward_propagate", "forward_prop", "forward", "feed_forward", "feedforward")
      for back in ("back_propagate", "back_prop", "backprop", "backpropagate", "backpropagation")),
    ("fprop", "bprop"),
    ("__call__", "backward"),
)  # fmt: skip

#: What a backward that updates its own weights calls the size of its steps: at 0 it leaves them as they are.
STEPS = frozenset({"lr", "learning_rate", "learn_rate", "learning_speed", "eta", "alpha"})


@dataclass(frozen=True)
class Methods:
    """Names of the methods of one layer or class."""

    forward: str
    backward: str

    def ahead(self, layer: Any) -> Callable[..., Any]:
        """The forward of a layer, or of a class: without its object, whatever that is called there."""
        found = method_of(layer, self.forward)
        plain = isinstance(inspect.getattr_static(layer, self.forward), FunctionType)
        return MethodType(found, layer) if isinstance(layer, type) and plain else found

    def back(self, layer: Any, *handed: Any) -> Any:
        """What the backward of a layer gives; a step is of size 0. It is handed nothing where it asks for nothing."""
        call = method_of(layer, self.backward)
        return _by_place(call, handed if self.asks(layer) else ())

    def standing_still(self, layer: Any) -> list[str]:
        """The source of a step of size 0, where the backward of a layer takes one."""
        return [f"{name}=0.0" for name in _steps(method_of(layer, self.backward))]

    def asks(self, layer: Any) -> bool:
        """Whether the backward of a layer takes an upstream gradient; that of a loss may take it to be 1."""
        return _asks(method_of(layer, self.backward))


def methods_of(obj: Any) -> Methods | None:
    """The first of the known pairs that a class or an object has; None where it has none.

    None, too, of what PyTorch differentiates: a module may have a method of its own that is called backward.
    """
    if is_module(obj) or function_class(obj):
        return None
    kind = obj if isinstance(obj, type) else type(obj)
    own = {name for each in kind.__mro__[:-1] for name in vars(each)} | set(getattr(obj, "__dict__", ()))
    pairs = (pair for pair in PAIRS if own.issuperset(pair))
    return next((Methods(*pair) for pair in pairs if all(callable(getattr(obj, name)) for name in pair)), None)


def _asks(call: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):  # as below
        return True
    named = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
    return any(each.kind not in named and each.name.lower() not in STEPS for each in parameters)


def _by_place(call: Callable[..., Any], handed: tuple[Any, ...]) -> Any:
    """Call a backward with steps of size 0; by name what stands behind one of these."""
    steps = dict.fromkeys(_steps(call), 0.0)
    names = list(inspect.signature(call).parameters) if steps else []
    late = next((place for place, name in enumerate(names) if name in steps), len(handed))
    behind = [name for name in names[late:] if name not in steps]
    return call(*handed[:late], **dict(zip(behind, handed[late:], strict=False)), **steps)


def _steps(call: Callable[..., Any]) -> list[str]:
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):  # a built-in method says nothing of itself
        return []
    return [each.name for each in parameters if each.name.lower() in STEPS and each.default is inspect.Parameter.empty]
