"""Examples that hold tuples, lists and dictionaries of arrays: each array is examined by its own name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from checks import Isolation, UsageError, examine, story
from checks.types import Array

RNG = np.random.default_rng(0)
A, B, C = (RNG.standard_normal((2, columns)) for columns in (2, 2, 3))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


def squares(xs: Sequence[Array]) -> tuple[Array, Any]:
    """All columns side by side, squared."""
    return np.concatenate(xs, 1) ** 2, xs


def squares_backward(dy: Array, xs: Sequence[Array]) -> list[Array]:
    """One gradient for each array of the list."""
    ends = np.cumsum([x.shape[1] for x in xs])[:-1]
    return np.split(2 * dy * np.concatenate(xs, 1), ends, axis=1)


def step(x: Array, state: Mapping[str, Any]) -> tuple[Array, Any]:
    """A cell whose state is a dictionary with a tuple inside."""
    return np.tanh(x + state["h"]) * state["c"][0], (x, state)


def step_backward(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """Flat."""
    x, state = saved
    y = np.tanh(x + state["h"])
    dx = dy * state["c"][0] * (1 - y * y)
    return dx, dx, dy * y


def nested(dy: Array, saved: Any) -> tuple[Array, Any]:
    """In the structure of the arguments, the dictionary in another order."""
    dx, dh, dc = step_backward(dy, saved)
    return dx, {"c": (dc,), "h": dh}


def named(dy: Array, saved: Any) -> dict[str, Any]:
    """By name."""
    dx, dstate = nested(dy, saved)
    return {"dx": dx, "dstate": dstate}


class Gate:
    """x h + c, of a pair (h, c)."""

    def forward(self, x: Array, hc: tuple[Array, Array]) -> Array:
        """Keeps what backward needs."""
        self.x, self.h = x, hc[0]
        return x * hc[0] + hc[1]

    def backward(self, dy: Array) -> tuple[Array, tuple[Array, Array]]:
        """In the structure of the arguments."""
        return dy * self.h, (dy * self.x, dy)


def _tensor(value: Array) -> Any:
    return torch.from_numpy(value.copy())


def test_a_cell_of_pytorch_takes_its_pair_of_states() -> None:
    """A tuple of tensors, and all parameters."""
    state = tuple(torch.zeros(2, 4, dtype=torch.float64) + 0.1 * place for place in range(2))
    found = examine(torch.nn.LSTMCell(2, 4).double(), inputs=(_tensor(A), state), **QUICK)
    assert not found.wrong, story(found)
    assert {"hx[0]", "hx[1]", "weight_hh"} <= set(found.family.arguments)


def test_a_function_takes_a_list_of_tensors_of_any_shapes() -> None:
    """PyTorch's cat, of a tensor that wants a gradient too."""
    for xs in ((_tensor(A), _tensor(B)), [_tensor(A), _tensor(C).requires_grad_()]):
        found = examine(lambda xs: torch.cat(xs, 1), inputs=(xs,), **QUICK)
        assert not found.wrong, story(found)
        assert found.family.arguments == ("xs[0]", "xs[1]")


@pytest.mark.long
def test_functions_of_other_frameworks_get_their_structures() -> None:
    """JAX and HIPS autograd."""
    jnp, anp = pytest.importorskip("jax.numpy"), pytest.importorskip("autograd.numpy")
    cases = [
        (lambda p: jnp.tanh(p["w"]) * p["b"][0], {"w": A, "b": [B]}),
        (lambda p: anp.concatenate(p, 1) ** 2, (A, C)),
    ]
    for layer, given in cases:
        found = examine(layer, inputs=(given,), **QUICK)
        assert not found.wrong, story(found)


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("backward", [step_backward, nested, named])
def test_gradients_come_back_flat_or_in_the_same_structure(backward: Any) -> None:
    """A right pair is right, and one that forgets dc is found there."""
    inputs = {"x": A, "state": {"h": B, "c": (A + 1,)}}
    assert not examine((step, backward), inputs=inputs, **QUICK).wrong
    found = examine((lambda x, state: (step(x, state)[0] * 2, (x, state)), backward), inputs=inputs, **QUICK)
    assert found.wrong
    assert "state['c'][0]" in str(found.findings["finite differences"].case)


def test_a_pair_takes_a_list_also_where_its_backward_is_told_it_again() -> None:
    """Its forward gives y alone."""
    for pair in ((squares, squares_backward), (lambda xs: squares(xs)[0], squares_backward)):
        found = examine(pair, inputs=([A, C],), **QUICK)
        assert not found.wrong, story(found)


def test_an_object_takes_a_tuple_and_gives_one() -> None:
    """The object that was given is left as it was."""
    layer = Gate()
    found = examine(layer, inputs=(A, (B, B + 1)), **QUICK)
    assert not found.wrong, story(found)
    assert not vars(layer)


@dataclass(frozen=True)
class Weights:
    """What a layer of no state takes."""

    w: Array
    b: Array

    def __post_init__(self) -> None:
        """Looks at them."""
        assert self.w.ndim == 2


@pytest.mark.long
@pytest.mark.parametrize("factor", [1, 2])
@pytest.mark.parametrize("given", ["a dataclass", "a dictionary", "flat"])
def test_a_dataclass_is_taken_apart_by_its_fields(given: str, factor: float) -> None:
    """And put together again at each call; its gradients come as one, in a dictionary, or flat."""

    def forward(x: Array, p: Weights) -> tuple[Array, Any]:
        return x @ p.w + p.b, (x, p)

    def backward(dy: Array, saved: Any) -> Any:
        x, p = saved
        dw, db = x.T @ dy, factor * dy.sum(0)
        forms = {"a dataclass": (Weights(dw, db),), "a dictionary": ({"w": dw, "b": db},), "flat": (dw, db)}
        return dy @ p.w.T, *forms[given]

    found = examine((forward, backward), inputs=(A, Weights(C, np.zeros(3))), **QUICK)
    assert {each.verdict.of for each in found.findings.values()} == ({"dp['b']"} if factor > 1 else set()), story(found)
    assert found.family.arguments == ("x", "p['w']", "p['b']")


@pytest.mark.long
def test_a_finding_replays_from_its_text_and_its_script_names_the_structure() -> None:
    """The names are no names of Python's."""
    inputs = ([A, C],)
    wrong = (squares, lambda dy, xs: [2 * each for each in squares_backward(dy, xs)])
    found = examine(wrong, inputs=inputs, **QUICK)
    case = str(found.findings["finite differences"].shrunk)
    assert "return ahead([xs_0, xs_1])" in story(found)
    assert examine(wrong, inputs=inputs, cases=[case]).wrong
    assert not examine((squares, squares_backward), inputs=inputs, cases=[case]).wrong


def test_a_script_imports_the_classes_of_what_it_hands_over() -> None:
    """A dataclass from the module of its reader; a namespace is Python's."""

    def doubled(dy: Array, saved: Any) -> Any:
        x, p = saved
        return dy @ p.w.T, {"w": x.T @ dy, "b": 2 * dy.sum(0)}

    layer = lambda x, p: (x @ p.w + p.b, (x, p)), doubled
    for kind, line in ((Weights, "from your_module import Weights"), (SimpleNamespace, "import SimpleNamespace as")):
        told = story(examine(layer, inputs=(A, kind(w=C, b=np.zeros(3))), **QUICK))
        assert line in told
        assert "return ahead(x, " in told


@pytest.mark.long
def test_a_strategy_draws_structures_of_one_form() -> None:
    """Here and in a process of its own; where the form changes, the question is not understood."""
    matrix = arrays(np.float64, (2, 2), elements=st.floats(-2, 2))
    for isolate in (False, Isolation(seconds=60)):
        found = examine(
            (squares, squares_backward), inputs=st.tuples(st.tuples(matrix, matrix)), isolate=isolate, **QUICK
        )
        assert not found.wrong, story(found)
    changing = st.tuples(st.lists(matrix, min_size=1, max_size=3))
    with pytest.raises(UsageError, match=r"inputs drew xs\[0\].* after xs\[0\].*; expected as many arrays in the same"):
        examine((squares, squares_backward), inputs=changing, **QUICK)


def test_a_gradient_of_another_structure_is_a_finding() -> None:
    """With what was expected."""
    short = (step, lambda dy, saved: (nested(dy, saved)[0], (dy,)))
    found = examine(short, inputs={"x": A, "state": {"h": B, "c": (A,)}}, **QUICK)
    assert set(found.findings) == {"runs"}
    assert "for state; expected {'h': \"dstate['h']\", 'c': (\"dstate['c'][0]\",)}, as state is" in story(found)


def test_lists_of_plain_numbers_are_arrays() -> None:
    """As ever."""
    found = examine((lambda x: (x**2, x), lambda dy, x: 2 * dy * x), inputs=([[1.0, 2.0], [3.0, 4.0]],), **QUICK)
    assert found.family.arguments == ("x",)
    assert not found.wrong


class Scaled(torch.autograd.Function):
    """Takes a pair, of which PyTorch sees no tensor."""

    @staticmethod
    def forward(ctx: Any, pair: Any) -> Any:
        """The product."""
        return pair[0] * pair[1]


REFUSED: dict[str, tuple[Any, Any, str]] = {
    "ragged numbers": (
        torch.exp,
        [[1.0, 2.0], [3.0]],
        r"is \[\[1.0, 2.0\], \[3.0\]\], .*; expected an array, or a tup",
    ),
    "a function of autograd": (Scaled, (A, B), "pair of Scaled holds several arrays; expected a function that hands"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_understood_says_what_was_seen_and_what_to_write(name: str) -> None:
    """Before any work."""
    layer, given, said = REFUSED[name]
    with pytest.raises(UsageError, match=said):
        examine(layer, inputs=(given,), **QUICK)


def _draws(rows: int, columns: int) -> Any:
    return arrays(np.float64, (rows, columns), elements=st.floats(-2, 2, width=16))


@pytest.mark.long
@pytest.mark.sweep("structures of strategies", 2)
@pytest.mark.parametrize(
    "inputs",
    [
        (_draws(2, 3), _draws(3, 2)),
        [_draws(2, 3), np.ones((3, 2))],
        {"a": _draws(2, 3), "b": _draws(3, 2)},
    ],
    ids=["a tuple", "with an array beside it", "a dictionary"],
)
@pytest.mark.parametrize("isolate", [False, True])
def test_strategies_in_a_structure_draw_each_argument(inputs: Any, isolate: bool) -> None:
    """As one strategy of such structures would."""

    def product(a: Array, b: Array) -> tuple[Array, Any]:
        return a @ b, (a, b)

    asked: dict[str, Any] = {"inputs": inputs, "isolate": isolate, **QUICK}
    found = examine((product, lambda dy, s: (dy @ s[1].T, s[0].T @ dy)), **asked)
    assert not found.wrong, story(found)
    assert examine((product, lambda dy, s: (dy @ s[1].T, dy.T @ s[0] if s[0].any() else 0 * s[1])), **asked).wrong


def test_strategies_inside_an_argument_are_drawn_in_its_structure() -> None:
    """A list of two."""
    found = examine((squares, squares_backward), inputs=([_draws(2, 2), C],), **QUICK)
    assert not found.wrong, story(found)
    assert found.family.arguments == ("xs[0]", "xs[1]")


@pytest.mark.parametrize("examples", [[(A, A), (A, A, B)], [(A, A, B), (A, A)]])
def test_a_strategy_draws_the_same_arguments_in_all_examples(examples: list[Any]) -> None:
    """An argument that is left out now and then has no gradient then; no layer is blamed for that."""

    def forward(x: Array, w: Array, b: Any = None) -> tuple[Array, Any]:
        return x * w + (0 if b is None else b), (x, w, b)

    def backward(dy: Array, saved: Any) -> tuple[Any, ...]:
        x, w, b = saved
        return dy * w, dy * x, None if b is None else dy

    with pytest.raises(UsageError, match=r"inputs drew x, w.* after x, w.*; expected the same arguments in all"):
        examine((forward, backward), inputs=st.sampled_from(examples), budget="1ms")
