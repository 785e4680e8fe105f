"""What is said of something that no adapter takes."""

from __future__ import annotations

from functools import partial
from reprlib import Repr
from typing import Any

from checks.adapters.beside import pair_beside
from checks.adapters.callables import name_of
from checks.adapters.likely import asked_by, built_by_nothing, likely
from checks.adapters.methods import PAIRS
from checks.adapters.templates import template

#: Methods that a message names.
MOST_NAMED = 12

#: Characters of an object that a message shows.
MOST_SHOWN = 80


def not_recognised(obj: Any, arguments: tuple[str, ...]) -> str:
    """The error about something that is no layer, with the adapter to write."""
    obj = _inner(obj)
    bases = ", ".join(kind.__qualname__ for kind in type(obj).__mro__[:-1]) or type(obj).__qualname__
    return (
        f"{shown(obj)} (of {bases}) is no layer that can be recognised{_methods(obj)}{_no_pair(obj)}{_half(obj)}; "
        "expected (forward, backward), a class or an object with methods forward and backward, a torch.nn.Module, a "
        "torch.autograd.Function, an operator of torch.library, or a function of PyTorch, JAX or HIPS autograd (where "
        "it does not show which, by examples that are its tensors, or examine(adapt(layer, framework='torch'), "
        "like=...)), or, given inputs=, a NumPy function whose call gives a loss and its gradients at once "
        "(examine((lambda x: loss(x, y), lambda dy, "
        f"dx: dy * dx), inputs=(x,))); or write the adapter:\n{_adapter(obj, arguments)}"
    )


def _adapter(obj: Any, arguments: tuple[str, ...]) -> str:
    """The adapter, by the methods that are likely meant; of a class or an object on examples, too."""
    if pair := pair_beside(obj):
        return (
            f"    layer = ({', '.join(pair)})  # in your file; on the command line: gradproof check MODULE:layer\n"
            f"    examine(layer, like=...)  # or on examples: examine(layer, inputs=(x,))"
        )
    methods, name, bare = likely(obj), _called(obj), isinstance(obj, type) and built_by_nothing(obj)
    kind = "class" if isinstance(obj, type) else "foreign" if callable(obj) else "pair"
    if not methods:
        return template(kind, name, arguments)
    kind = "class" if isinstance(obj, type) and not bare else "object"
    lines = template(kind, name, arguments, methods, obj).replace("(...)", "()" if bare else "(...)")
    ahead, rest = methods[0].replace("__call__", ""), asked_by(obj, methods[0])[1:]
    taken = ", ".join(arguments if "weight" in arguments else ("x", *rest))
    if "weight" not in arguments:
        lines = lines.replace(f"{ahead}(x), layer", f"{ahead}({taken}), layer")
        lines = lines.replace("def forward(x):", f"def forward({taken}):")
    call = lines.rpartition("\n")[2].partition("like=...)")[0]
    return f"{lines}\n    # or on examples:\n{call}inputs=({taken},))"


def shown(obj: Any) -> str:
    """An object in few words, though its own ``__repr__`` raises."""
    words = Repr()
    words.maxother = words.maxstring = MOST_SHOWN
    return words.repr(obj)[:MOST_SHOWN]


def _called(obj: Any) -> str:
    """Its name, or that of its class; of a number, a word or a tuple neither says what a forward calls."""
    plain = not callable(obj) and type(obj).__module__ == "builtins"
    return "your_layer" if plain else name_of(obj)


def _inner(obj: Any) -> Any:
    """What functools.partial holds arguments of: nobody but us may have put it there."""
    return _inner(obj.func) if isinstance(obj, partial) else obj


def _half(obj: Any) -> str:
    """Of what a function is the half, by the names in its module."""
    pair = pair_beside(obj)
    return f": it is one function, beside {next(each for each in pair if each != obj.__name__)}" if pair else ""


def _no_pair(obj: Any) -> str:
    """What a tuple or a list lacks, or has too much, to be a pair of functions."""
    if not isinstance(obj, (tuple, list)):
        return ""
    if len(obj) != len(PAIRS[0]):
        return f": it holds {len(obj)}, and a pair holds {len(PAIRS[0])}"
    return "".join(
        f": {shown(each)}, its {name}, cannot be called"
        for name, each in zip(PAIRS[0], obj, strict=True)
        if not callable(each)
    )


def _methods(obj: Any) -> str:
    """What an object can do, where that is little enough to be read."""
    kind = obj if isinstance(obj, type) else type(obj)
    own = [name for each in kind.__mro__[:-1] for name in vars(each) if not name.startswith("_")]
    few = 0 < len(own) <= MOST_NAMED and kind.__module__ != "builtins"
    return f" by its {', '.join(own)}" if few else ""
