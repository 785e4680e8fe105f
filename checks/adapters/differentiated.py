"""Functions that JAX or HIPS autograd differentiates as source: called as their adapters call them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from checks.adapters.callables import importable
from checks.adapters.imports import home_of, imported
from checks.adapters.jax_modes import KEPT, is_wide
from checks.adapters.outputs import Outputs
from checks.adapters.signature import Plan
from checks.adapters.sources import variable
from checks.adapters.spelling import call_text, held
from checks.types import Arrays, Config, format_name, gradient_of

JAX = """\
import jax
{line}
{kept}

def layer({names}):
{body}


def forward({names}):
    y, back = jax.vjp(layer, *map(jax.numpy.asarray, {given}))
    return np.asarray(y), (back, y.dtype)


def backward(dy, saved):
    back, dtype = saved
    found = map(np.asarray, back(jax.numpy.asarray(dy, dtype)))
    return dict(zip([{gradients}], found))

"""

HIPS = """\
import autograd
{line}


def layer(given):
    {taken} = given
{body}


def forward({names}):
    back, y = autograd.make_vjp(layer, 0)({given})
    return np.asarray(y), back


def backward(dy, back):
    return dict(zip([{gradients}], map(np.asarray, back(dy))))

"""

#: What the same says in bfloat16, which NumPy lacks, and what it says otherwise.
IN_BFLOAT16 = {
    "*map(jax.numpy.asarray, {given})": '*(jax.numpy.asarray(each, "bfloat16") for each in {given})',
    "np.asarray(y)": "np.asarray(y, np.float32)",
    "map(np.asarray, back(jax.numpy.asarray(dy, dtype)))": (
        "(np.asarray(each, np.float32) for each in back(jax.numpy.asarray(dy, dtype)))"
    ),
}

#: Several arrays in one, as source of a list of them, by framework.
ONE = {JAX: "jax.numpy.concatenate([each.ravel() for each in {}])"}
ONE[HIPS] = "autograd.numpy.concatenate([autograd.numpy.ravel(each) for each in {}])"


@dataclass(frozen=True)
class Differentiated:
    """Source of a function in a framework, whose ``text`` has room for its import and its call."""

    text: str
    function: Callable[..., Any]
    plan: Plan
    outputs: Outputs

    def __call__(self, arrays: Arrays, config: Config) -> str:
        """Lines that define ``forward(...) -> (y, saved)`` and ``backward(dy, saved) -> gradients``."""
        inner = self.function.func if isinstance(self.function, partial) else self.function
        names = {name: variable(name) for name in arrays}
        yours = imported(importable(inner), names.values(), home_of(inner, importable(inner)))
        call = f"{yours.name}({held(self.function, call_text(self.plan, names, config))})"
        picked, each = self.outputs.source("y", ONE[self.text]), ", ".join(names.values())
        body = f"    return {call}" if picked == "y" else f"    y = {call}\n    return {picked}"
        taken = each if "," in each else f"{each},"
        kept = f"\n{KEPT}\n" if is_wide(arrays.values()) else ""
        parts = {"line": yours.line, "kept": kept, "names": each, "taken": taken, "given": f"({taken})", "body": body}
        gradients = ", ".join(f'"{gradient_of(each)}"' for each in arrays)
        return _in_format_of(arrays, self.text).format(**parts, gradients=gradients)


def _in_format_of(arrays: Arrays, text: str) -> str:
    """The text for arrays of this format."""
    if any(format_name(value.dtype) == "bfloat16" for value in arrays.values()):
        for otherwise, said in IN_BFLOAT16.items():
            text = text.replace(otherwise, said)
    return text
