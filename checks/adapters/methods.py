"""The two methods of a layer that keeps its state: what people call them, and how they are called."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import FunctionType, MappingProxyType, MethodType
from typing import Any

from checks.adapters.callables import by_function
from checks.adapters.instead import chosen, method_of
from checks.adapters.torch_kinds import function_class, is_module
from checks.adapters.words import ARRAYS, UPSTREAM, named

#: Names of a forward and of its backward, PyTorch's first.
PAIRS = (
    ("forward", "backward"),
    *((f"forward{what}", f"backward{what}") for what in ("_pass", "pass", "_prop", "_propagate", "_propagation")),
    *((ahead, back) for ahead in ("forward_propagate", "forward_prop", "forward", "feed_forward", "feedforward")
      for back in ("back_propagate", "back_prop", "backprop", "backpropagate", "backpropagation", "back_propagation")),
    *(("propagate", back) for back in ("backpropagate", "back_propagate", "backprop")),
    *(("forward", back) for back in ("gradient", "back", "backwards", "compute_gradients", "_compute_gradients")),
    ("fprop", "bprop"),
    ("fwd", "bwd"),
    ("__call__", "backward"),
    *((ahead, "grad") for ahead in ("forward", "__call__")),
)  # fmt: skip

#: What the two methods begin with, where no pair is known.
AHEAD, BACK = "forward", ("backward", "backprop", "back_prop")

#: Backwards by name that may give derivatives of an activation in place of gradients.
DERIVATIVES = frozenset({"gradient"})

#: Backwards by name that are mostly something else: only those that say that they take dy are meant.
TOLD = frozenset({"grad"})

#: What a backward that updates its own weights calls the size of its steps: at 0 it leaves them as they are.
STEPS = frozenset(
    {"lr", "learning_rate", "learn_rate", "learningrate", "learning_speed", "l_rate", "lrate", "eta", "alpha"}
    | {"step", "step_size", "stepsize"}
)

#: What a method that moves weights and takes no dy may take beside, or in place of, the size of its steps.
RATES = STEPS | {"weight_decay", "wd", "decay", "decay_rate", "l2", "momentum", "mu", "beta", "beta1", "beta2"}

#: Packages of the kinds that JAX makes of functions: ``custom_vjp`` is of the first, ``jit`` of the other.
_JAX = frozenset({"jax", "jaxlib"})

#: Of a backward that takes none.
NO_RATES: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Methods:
    """Names of the methods of one layer or class."""

    forward: str
    backward: str

    def ahead(self, layer: Any) -> Callable[..., Any]:
        """The forward of a layer, or of a class: without its object, whatever that is called there."""
        found: Callable[..., Any] = method_of(layer, self.forward)
        if isinstance(layer, type) and isinstance(inspect.getattr_static(layer, self.forward), FunctionType):
            return MethodType(found, layer)
        return found

    def back(self, layer: Any, *handed: Any, rates: Mapping[str, float] = NO_RATES) -> Any:
        """What the backward of a layer gives; it is handed nothing where it asks for nothing.

        None where it gives the layer itself. A step is of size 0, unless ``rates`` say otherwise.
        """
        call = method_of(layer, self.backward)
        given = _by_place(call, handed if self.asks(layer) else (), {**dict.fromkeys(_steps(call), 0.0), **rates})
        return None if given is layer else given

    def rates(self, layer: Any) -> list[str]:
        """Names under which the backward of a layer takes the size of its steps."""
        call = method_of(layer, self.backward)
        steps = steps_among(_parameters(call))
        return [each.name for each in _parameters(call) if each.name in steps]

    def steps(self, layer: Any) -> list[str]:
        """Names under which the backward of a layer must be given the size of its steps."""
        return _steps(method_of(layer, self.backward))

    def asks(self, layer: Any) -> bool:
        """Whether the backward of a layer takes an upstream gradient; that of a loss may take it to be 1."""
        return _asks(method_of(layer, self.backward))

    def can_do_without(self, layer: Any) -> bool:
        """Whether the backward of a layer can be called without an upstream gradient: ``backward(g=1)``, of a loss."""
        every = _parameters(method_of(layer, self.backward))
        return not self.asks(layer) or (bool(every) and all(each.default is not each.empty for each in every))


def methods_of(obj: Any) -> Methods | None:
    """The first of the known pairs that a class or an object has, or those chosen for it; None where it has none.

    A method that only moves weights by a step is no backward where there is another; the forward is ``__call__`` where
    that saves something and its own does not. One that takes x again gives derivatives, not gradients.
    None, too, of what PyTorch or JAX differentiates: a module may have a method of its own that is called backward, and
    a ``custom_vjp`` keeps the two functions of its rule as ``fwd`` and ``bwd``.
    """
    if is_derived(obj):
        return None
    if own_choice := chosen(obj):
        return Methods(*own_choice)
    kind = obj if isinstance(obj, type) else type(obj)
    own = {name for each in kind.__mro__[:-1] for name in vars(each)} | set(getattr(obj, "__dict__", ()))
    pairs = [pair for pair in PAIRS if own.issuperset(pair)] or list(_only_two(own))
    found = [Methods(*pair) for pair in pairs if all(callable(getattr(obj, name)) for name in pair)]
    found = [each for each in found if _takes_dy(getattr(obj, each.backward), each.backward)]
    backwards = [each for each in found if not _only_moves(getattr(obj, each.backward))]
    first = next(iter([*backwards, *found]), None)
    return Methods("__call__", first.backward) if first and _call_saves(kind, first.forward) else first


def _only_two(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The one method that is called forward something and the one that is called backward something, if so."""
    ahead, back = ([name for name in names if name.lower().startswith(word)] for word in (AHEAD, BACK))
    if len(ahead) == len(back) == 1:
        yield ahead[0], back[0]


def ahead_of(layer: Any) -> Callable[..., Any]:
    """The forward of a pair or an object; what is no layer by hand is its own."""
    methods = methods_of(layer)
    return methods.ahead(layer) if methods else layer[0] if isinstance(layer, (tuple, list)) else layer


def is_derived(obj: Any) -> bool:
    """Whether a framework derives what it is: a module, a function of PyTorch's, or what JAX made of one."""
    return is_module(obj) or bool(function_class(obj)) or _is_rule(obj)


def _is_rule(obj: Any) -> bool:
    """Whether an object is JAX's own, or a function around one: ``jit``, ``vmap`` and the like copy its attributes."""
    return _of_jax(obj) or (isinstance(obj, FunctionType) and _of_jax(inspect.unwrap(obj, stop=_of_jax)))


def _of_jax(obj: Any) -> bool:
    return type(obj).__module__.partition(".")[0] in _JAX


def steps_among(parameters: Sequence[inspect.Parameter]) -> set[str]:
    """Names of those that are the sizes of steps; ``eta`` alone is an upstream gradient."""
    own = [each for each in parameters if each.name != "self"]
    if [each.name.lower() for each in own if each.default is each.empty] == ["eta"]:
        own = [each for each in own if each.default is not each.empty]
    return {each.name for each in own if each.name.lower() in STEPS}


def _takes_dy(call: Callable[..., Any], name: str) -> bool:
    """Whether a method that may be a derivative is none: ``gradient(x)`` beside ``forward(x)`` is one."""
    names = [each.name.lower() for each in _parameters(call) if each.name != "self"]
    if name in TOLD:
        return bool(names) and names[0] in UPSTREAM
    return not (name in DERIVATIVES and bool(names) and named(names[0], ARRAYS) == "x")


def _only_moves(call: Callable[..., Any]) -> bool:
    """Whether all that it takes says how far weights are moved, and how: a rate, a momentum, a decay."""
    own = [each for each in _parameters(call) if each.name != "self"]
    others = {each.name for each in own if each.name.lower() in RATES - STEPS}
    return bool(own) and {each.name for each in own} == steps_among(own) | others


def rates_alone(layer: Any, name: str) -> tuple[str, ...]:
    """What a method of a layer takes, where that says how far weights are moved and no more; empty of any other."""
    call = getattr(type(layer), name, None)
    own = isinstance(call, FunctionType) and _only_moves(call)
    return tuple(each.name for each in _parameters(call) if each.name != "self") if call and own else ()


@cache
def _call_saves(kind: type, forward: str) -> bool:
    """Whether calling an object of a class sets attributes, which its forward does not."""
    ahead, call = (inspect.getattr_static(kind, name, None) for name in (forward, "__call__"))
    if forward == "__call__" or not (isinstance(ahead, FunctionType) and isinstance(call, FunctionType)):
        return False
    return _sets(call) and not _sets(ahead)


def _sets(function: FunctionType) -> bool:
    return any(each.opname == "STORE_ATTR" for each in dis.get_instructions(function))


def _asks(call: Callable[..., Any]) -> bool:
    parameters = told_parameters(call)
    if parameters is None:
        return True
    by_name = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
    steps = steps_among(parameters)
    return any(each.kind not in by_name and each.name not in steps for each in parameters)


def _by_place(call: Callable[..., Any], handed: tuple[Any, ...], steps: Mapping[str, float]) -> Any:
    """Call a backward with steps of these sizes; by name what stands behind one of these."""
    names = [each.name for each in _parameters(call)] if steps else []
    late = next((place for place, name in enumerate(names) if name in steps), len(handed))
    behind = [name for name in names[late:] if name not in steps]
    return call(*handed[:late], **dict(zip(behind, handed[late:], strict=False)), **steps)


def _steps(call: Callable[..., Any]) -> list[str]:
    steps = steps_among(_parameters(call))
    return [each.name for each in _parameters(call) if each.name in steps and each.default is each.empty]


def _parameters(call: Callable[..., Any]) -> Sequence[inspect.Parameter]:
    return told_parameters(call) or ()


@by_function
def told_parameters(call: Callable[..., Any]) -> Sequence[inspect.Parameter] | None:
    """What a call says of its parameters; None of one that says nothing of itself, as a built-in method."""
    try:
        return tuple(inspect.signature(call).parameters.values())
    except (TypeError, ValueError):
        return None
