"""What dy, or the right gradient, is multiplied by in each element: an expression of x or y in the same place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from checks.diagnosis.alike import LEAST, SAME, several
from checks.diagnosis.examples import Derived
from checks.types import Array, gradient_of
from checks.witness import Trial

#: So many elements must follow from one: of few they may by chance.
FOLLOWING = 6

#: So many times as near as a constant factor an expression must come where both fit: a factor near 1 looks like many.
NEARER = 10

#: What derivatives are made of, the plainest first; {0} stands for x or y.
FACTORS: dict[str, Callable[[Array], Array]] = {
    "{0}": lambda v: v,
    "(1 - {0})": lambda v: 1 - v,
    "(1 + {0})": lambda v: 1 + v,
    "{0}**2": lambda v: v**2,
    "{0} * (1 - {0})": lambda v: v * (1 - v),
    "{0} * (1 + {0})": lambda v: v * (1 + v),
    "(1 - {0}**2)": lambda v: 1 - v**2,
    "(1 + {0}**2)": lambda v: 1 + v**2,
    "{0}**3": lambda v: v**3,
    "|{0}|": np.abs,
    "sign({0})": np.sign,
    "exp({0})": np.exp,
    "exp(-{0})": lambda v: np.exp(-v),
    "sigmoid({0})": lambda v: 1 / (1 + np.exp(-v)),
    "tanh({0})": np.tanh,
    "cos({0})": np.cos,
    "sin({0})": np.sin,
    "cosh({0})": np.cosh,
    "log|{0}|": lambda v: np.log(np.abs(v)),
    "sqrt|{0}|": lambda v: np.sqrt(np.abs(v)),
}


@dataclass(frozen=True, eq=False)
class Expression:
    """A factor of each element, in words that follow what is multiplied, and its numbers."""

    words: str
    numbers: Array


def told(trial: Trial, of: str, found: Derived) -> Iterator[str]:
    """What a gradient is multiplied by where something else belongs, in a sentence; nothing where nothing explains all.

    What is the same number everywhere is told elsewhere.
    """
    got, want = _numbers(found)
    given, due = (_of_dy(trial, of, found, values) for values in _numbers(found))
    with np.errstate(all="ignore"):
        constant = _words("dy", _fit(_dy(trial, found), got, _constant(got)))
        factor = _fitting("the right one", want, got, found, _expressions(trial, of, found))
    if due and (given or constant) not in {"", due}:
        yield f"{of} is {given or constant}, where {due} belongs"
    elif factor:
        yield f"{of} is {factor.replace('one *', 'one times')}"


def given(trial: Trial, of: str, found: Derived) -> Iterator[str]:
    """What dy is multiplied by where nobody knows what belongs."""
    said, due = (_of_dy(trial, of, found, values) for values in _numbers(found))
    if said and not due:
        yield f"{of} is {said}, where something else belongs"


def _numbers(found: Derived) -> tuple[Array, Array]:
    got, want = (np.reshape(values, -1).astype(np.float64) for values in (found.difference.got, found.difference.want))
    return got, want


def _of_dy(trial: Trial, of: str, found: Derived, values: Array) -> str:
    with np.errstate(all="ignore"):
        return _fitting("dy", _dy(trial, found), values, found, _expressions(trial, of, found))


def _dy(trial: Trial, found: Derived) -> Array:
    """Dy in the place of each element, where it has their shape."""
    same = trial.case.dy.shape == found.shape and not np.iscomplexobj(trial.case.dy)
    return _at(trial.wide_dy, found) if same else np.full(len(found.places), np.nan)


def _expressions(trial: Trial, of: str, found: Derived) -> Iterator[Expression]:
    """Of y and of each argument of the gradient's shape, and one over each, the plainest first."""
    names = sorted(trial.case.arguments, key=lambda name: gradient_of(name) != of)
    arrays = {name: trial.wide_inputs[name] for name in names} | {"y": trial.got.y}
    real = {name: array for name, array in arrays.items() if not np.iscomplexobj(array)}
    held = {name: _at(array, found) for name, array in real.items() if np.shape(array) == found.shape}
    made = [(words.format(name), make(values)) for words, make in FACTORS.items() for name, values in held.items()]
    varied = [(words, numbers) for words, numbers in made if several(np.round(numbers[np.isfinite(numbers)], 6))]
    yield from (Expression(f" * {words}", numbers) for words, numbers in varied)
    yield from (Expression(f" / ({words})" if " * " in words else f" / {words}", 1 / each) for words, each in varied)


def _at(array: Array, found: Derived) -> Array:
    return np.asarray(array[tuple(np.array(found.places).T)], np.float64)


@dataclass(frozen=True)
class _Fit:
    """Numbers as a factor times an expression of what stands beside them: how far off, relatively, the worst is."""

    expression: Expression
    factor: float
    product: Array
    misfit: float


def _constant(values: Array) -> Expression:
    """What is the same number everywhere."""
    return Expression("", np.ones(values.shape))


def _fitting(name: str, beside: Array, values: Array, found: Derived, expressions: Iterable[Expression]) -> str:
    """The first product by which each number is that beside it, times a constant; empty where none is.

    Nor where a constant alone explains the numbers as well: an expression that hardly varies fits with it.
    """
    plain, bound = _fit(beside, values, _constant(values)), np.reshape(found.difference.bound, -1)
    if np.count_nonzero(~(np.abs(plain.product - values) <= bound)) < LEAST:
        return ""
    fits = (_fit(beside, values, each) for each in expressions)
    return next((said for fit in fits if fit.misfit * NEARER <= plain.misfit and (said := _words(name, fit))), "")


def _words(name: str, fit: _Fit) -> str:
    """A product that fits; empty of one that does not."""
    if fit.misfit > SAME:
        return ""
    constant = "" if abs(fit.factor - 1) <= SAME else f" * {fit.factor:.6g}"
    return f"{name}{constant}{fit.expression.words}"


def _fit(beside: Array, values: Array, expression: Expression) -> _Fit:
    right = beside * expression.numbers
    known = np.isfinite(right) & np.isfinite(values) & (beside != 0)
    ratios = values[known & (right != 0)] / right[known & (right != 0)]
    factor = float(np.median(ratios)) if ratios.size > FOLLOWING else 0.0
    away, size = np.abs(values - factor * right)[known], np.abs(values[known])
    misfit = float(np.max(np.where(away > 0, away / size, 0), initial=0.0)) if factor else np.inf
    if np.any(np.isfinite(values) & np.isfinite(beside) & (beside != 0) & ~np.isfinite(right)):
        misfit = np.inf  # a number came where a division by zero belongs
    return _Fit(expression, factor, factor * right, misfit)
