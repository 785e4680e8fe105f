"""What is recognised as a layer, and as one of which framework; what is said of anything else."""

from __future__ import annotations

from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest

from checks.adapters import adapt
from checks.adapters.frameworks import framework_of
from checks.errors import UsageError


def conv(x: Any, weight: Any) -> None:
    """A forward that shows no framework."""


def mystery(dy: Any, saved: Any) -> None:
    """A backward that shows none."""


NO_LAYERS: dict[str, tuple[Any, str]] = {
    "number": (3, r"3 \(of int\) is no layer"),
    "text": ("conv", r"'conv' \(of str\) is no layer"),
    "object": (object(), r"\(of object\) is no layer"),
    "one": ((conv,), "recognised: it holds 1, and a pair holds 2; expected"),
    "three": ([conv, conv, conv], "recognised: it holds 3, and a pair holds 2; expected"),
    "a half": ((conv, None), "recognised: None, its backward, cannot be called; expected"),
}


@pytest.mark.parametrize("name", NO_LAYERS)
def test_what_is_no_layer_is_refused_with_what_is_one(name: str) -> None:
    """The message lists the kinds of layer, and says what a pair lacks."""
    obj, said = NO_LAYERS[name]
    with pytest.raises(UsageError, match=said) as refused:
        adapt(obj)
    assert "; expected (forward, backward), a class or an object" in str(refused.value)
    called = type(obj).__name__ if callable(obj) else "your_layer"
    assert f"return {called}(...)" in str(refused.value)


def test_an_unknown_framework_is_refused() -> None:
    """The message names the frameworks."""
    with pytest.raises(UsageError, match="framework='tf' is unknown; expected torch, jax or autograd"):
        adapt(conv, framework="tf")


def test_a_device_for_a_numpy_layer_is_refused() -> None:
    """Nothing is quietly ignored, and nothing is answered that was not said."""
    with pytest.raises(UsageError, match=r"^device='cuda' can be .* kind said of conv, mystery, which is NumPy's$"):
        adapt((conv, mystery), device="cuda")
    with pytest.raises(UsageError, match=r"^dtype='bfloat16' can be said of PyTorch's layers alone"):
        adapt((conv, mystery), dtype="bfloat16")


def test_a_function_of_methods_alone_belongs_to_the_one_framework_that_its_module_imports() -> None:
    """Of two around it to the one whose tensors alone can do that; else nobody can tell, and the message says it."""
    pytest.importorskip("torch")
    pytest.importorskip("jax")
    around = {"torch": ModuleType("torch"), "lax": ModuleType("jax.lax")}
    total, clamped = (lambda x: x.sum()).__code__, (lambda x: x.clamp(min=0)).__code__
    assert framework_of(FunctionType(total, {"torch": around["torch"]})) == "torch"
    assert framework_of(FunctionType(clamped, around)) == "torch"
    with pytest.raises(UsageError, match=r"adapt\(layer, framework='torch'\)"):
        adapt(FunctionType(total, around))


def test_a_function_that_names_numpy_is_of_no_framework_that_its_module_imports_for_others() -> None:
    """A softmax loss stands beside a function that compares it with PyTorch's."""
    around = {"torch": ModuleType("torch"), "np": np, "__name__": "losses"}
    helper = FunctionType((lambda x: np.exp(x).sum()).__code__, around, "helper")
    assert not framework_of(helper)
    loss = FunctionType(compile("helper(x)", "loss", "eval"), {**around, "helper": helper})
    assert not framework_of(loss)
    both = FunctionType(compile("torch.relu(np.pi * x)", "both", "eval"), around)
    assert framework_of(both) == "torch"


def test_a_function_of_an_unknown_framework_is_refused_with_the_way_to_name_one() -> None:
    """Three functions say how to differentiate there."""

    def alone(x: Any) -> Any:
        return x

    with pytest.raises(UsageError, match=r"theirs = Framework\(tensor=.*\n +examine\(theirs\(alone\), like="):
        adapt(alone)


def test_recognising_a_numpy_layer_needs_no_framework() -> None:
    """A plain function shows no framework."""
    assert framework_of(conv) == ""
