"""The checkers: each says whether it calls a layer wrong, in the use that its own documentation shows.

All of them but gradproof are given the same typical configurations, on normal numbers in float64, with their default
tolerances; gradproof draws its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from checks import examine
from checks.adapters.jax_modes import double
from checks.case import Case, parse
from checks.families import family
from checks.subject import Subject
from checks.types import gradient_of

#: Says whether a layer of a family is wrong.
Checker = Callable[[Subject, str], bool]

_NUMBERS = 'dtype="float64", data="normal"'

#: What a careful user tries: two configurations, neither square nor without remainder, with overlap and padding.
TYPICAL: dict[str, tuple[Case, ...]] = {
    "conv": tuple(
        parse(f"conv(x=(2,4,7,6), weight=(6,4,3,3), bias=(6,), dy=(2,6,{dy}); {keywords}; {_NUMBERS}, seed=1)")
        for dy, keywords in (
            ("5,4", "stride=1, padding=0, dilation=1, groups=1"),
            ("4,3", "stride=2, padding=1, dilation=1, groups=1"),
        )
    ),
    "max_pool": (
        parse(
            "max_pool(x=(2,3,7,6), dy=(2,3,3,3); kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False; "
            f"{_NUMBERS}, seed=1)"
        ),
        parse(
            "max_pool(x=(2,3,7,6), dy=(2,3,4,3); kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False; "
            f"{_NUMBERS}, seed=1)"
        ),
    ),
    "avg_pool": tuple(
        parse(
            f"avg_pool(x=(2,3,7,6), dy=(2,3,{dy}); {keywords}, ceil_mode=False, count_include_pad=True, "
            f"divisor_override=None; {_NUMBERS}, seed=1)"
        )
        for dy, keywords in (
            ("3,3", "kernel_size=2, stride=2, padding=0"),
            ("4,3", "kernel_size=3, stride=2, padding=1"),
        )
    ),
    "relu": (parse(f"relu(x=(2,3,7,6), dy=(2,3,7,6); at_zero=0.0; {_NUMBERS}, seed=1)"),),
}


def gradproof(budget: str, subject: Subject, name: str) -> bool:
    """Any law broke."""
    return examine(subject, like=name, budget=budget).wrong


def gradcheck(fast: str, subject: Subject, name: str) -> bool:
    """PyTorch's, on the layer in a ``torch.autograd.Function``."""
    import torch

    def check(case: Case) -> bool:
        tensors = [torch.tensor(array, requires_grad=True) for array in case.inputs.values()]
        return not torch.autograd.gradcheck(_as_function(subject, case), tensors, fast_mode=fast == "fast")

    return _any(check, name)


def jax_check_grads(subject: Subject, name: str) -> bool:
    """JAX's, on the layer in a ``custom_vjp`` that calls back to NumPy."""
    import jax
    from jax.test_util import check_grads

    def check(case: Case) -> bool:
        with double():
            arrays = [jax.numpy.asarray(array) for array in case.inputs.values()]
            check_grads(_as_custom_vjp(subject, case), arrays, order=1, modes=("rev",))
        return False

    return _any(check, name)


def allclose(subject: Subject, name: str) -> bool:
    """``numpy.allclose`` of y and every gradient with PyTorch's own layer."""
    import torch

    def check(case: Case) -> bool:
        got = subject.pull(case.inputs, case.config, case.dy)
        tensors = {key: torch.tensor(array, requires_grad=True) for key, array in case.inputs.items()}
        y = family(name).torch_twin(torch, tensors, case.config)
        gradients = torch.autograd.grad(y, list(tensors.values()), torch.tensor(case.dy))
        want = [y.detach(), *gradients]
        return not all(np.allclose(a, b.numpy()) for a, b in zip(got.named().values(), want, strict=True))

    return _any(check, name)


def checkers(budget: str) -> Iterator[tuple[str, Checker]]:
    """Every checker that is installed, by name."""
    yield f"gradproof, {budget}", partial(gradproof, budget)
    yield "gradcheck, slow", partial(gradcheck, "slow")
    yield "gradcheck, fast", partial(gradcheck, "fast")
    yield "allclose with torch", allclose
    try:
        import jax  # noqa: F401 - only to see whether it is there
    except ImportError:
        return
    yield "jax check_grads", jax_check_grads


def _any(check: Callable[[Case], bool], name: str) -> bool:
    """Whether a checker alarms on one of the typical configurations; an error is its way of alarming."""
    for case in TYPICAL[name]:
        try:
            if check(case):
                return True
        except Exception:  # noqa: BLE001 - checkers raise errors of many kinds, and so do broken layers
            return True
    return False


def _as_function(subject: Subject, case: Case) -> Any:
    import torch

    class Layer(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            arrays = {key: tensor.detach().numpy() for key, tensor in zip(case.arguments, tensors, strict=True)}
            y, ctx.kept = subject.forward(arrays, case.config)
            return torch.from_numpy(np.array(y))

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            gradients = subject.backward(dy.numpy(), ctx.kept)
            return tuple(torch.from_numpy(np.array(gradients[gradient_of(key)])) for key in case.arguments)

    return Layer.apply


def _as_custom_vjp(subject: Subject, case: Case) -> Any:
    import jax

    shapes = {"y": case.shapes["dy"], **{key: case.shapes[key] for key in case.arguments}}
    forms = {key: jax.ShapeDtypeStruct(shape, np.float64) for key, shape in shapes.items()}

    def run(*arrays: Any) -> Any:
        named = {key: np.array(array) for key, array in zip(case.arguments, arrays, strict=True)}
        return np.asarray(subject.forward(named, case.config)[0])

    def pull(dy: Any, *arrays: Any) -> Any:
        named = {key: np.array(array) for key, array in zip(case.arguments, arrays, strict=True)}
        gradients = subject.backward(np.array(dy), subject.forward(named, case.config)[1])
        return tuple(np.asarray(gradients[gradient_of(key)]) for key in case.arguments)

    def layer(*arrays: Any) -> Any:
        return jax.pure_callback(run, forms["y"], *arrays)

    def backward(arrays: Any, dy: Any) -> Any:
        return jax.pure_callback(pull, tuple(forms[key] for key in case.arguments), dy, *arrays)

    whole = jax.custom_vjp(layer)
    whole.defvjp(lambda *arrays: (layer(*arrays), arrays), backward)
    return whole
