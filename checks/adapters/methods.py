"""The two methods of a layer that keeps its state: what people call them, and how they are called."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FunctionType, MappingProxyType, MethodType
from typing import Any

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
STEPS = frozenset(
    {"lr", "learning_rate", "learn_rate", "learningrate", "learning_speed", "l_rate", "lrate", "eta", "alpha"}
    | {"step", "step_size", "stepsize"}
)


#: Of a backward that takes none.
NO_RATES: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Methods:
    """Names of the methods of one layer or class."""

    forward: str
    backward: str

    def ahead(self, layer: Any) -> Callable[..., Any]:
        """The forward of a layer, or of a class: without its object, whatever that is called there."""
        found: Callable[..., Any] = getattr(layer, self.forward)
        plain = isinstance(inspect.getattr_static(layer, self.forward), FunctionType)
        return MethodType(found, layer) if isinstance(layer, type) and plain else found

    def back(self, layer: Any, *handed: Any, rates: Mapping[str, float] = NO_RATES) -> Any:
        """What the backward of a layer gives; it is handed nothing where it asks for nothing.

        A step is of size 0, unless ``rates`` say otherwise.
        """
        call = getattr(layer, self.backward)
        return call(*(handed if self.asks(layer) else ()), **{**dict.fromkeys(_steps(call), 0.0), **rates})

    def rates(self, layer: Any) -> list[str]:
        """Names under which the backward of a layer takes the size of its steps."""
        return [each.name for each in _parameters(getattr(layer, self.backward)) if each.name.lower() in STEPS]

    def steps(self, layer: Any) -> list[str]:
        """Names under which the backward of a layer must be given the size of its steps."""
        return _steps(getattr(layer, self.backward))

    def asks(self, layer: Any) -> bool:
        """Whether the backward of a layer takes an upstream gradient; that of a loss may take it to be 1."""
        return _asks(getattr(layer, self.backward))


def methods_of(obj: Any) -> Methods | None:
    """The first of the known pairs that a class or an object has; None where it has none."""
    kind = obj if isinstance(obj, type) else type(obj)
    own = {name for each in kind.__mro__[:-1] for name in vars(each)} | set(getattr(obj, "__dict__", ()))
    pairs = (pair for pair in PAIRS if own.issuperset(pair))
    return next((Methods(*pair) for pair in pairs if all(callable(getattr(obj, name)) for name in pair)), None)


def _asks(call: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):  # as in _parameters
        return True
    named = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
    return any(each.kind not in named and each.name.lower() not in STEPS for each in parameters)


def _steps(call: Callable[..., Any]) -> list[str]:
    return [each.name for each in _parameters(call) if each.name.lower() in STEPS and each.default is each.empty]


def _parameters(call: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(call).parameters.values())
    except (TypeError, ValueError):  # a built-in method says nothing of itself
        return []
