"""Forms in which public layers come: y alone, methods by many names, constructors that want numbers."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters import adapt
from checks.adapters.gradients import by_name
from checks.errors import SubjectError, UsageError
from checks.selftest.adapters.agreement import ARRAYS, DY
from checks.types import Array
from reference_impl import conv_backward, conv_forward


@pytest.mark.long
def test_a_forward_that_gives_y_alone_has_a_backward_that_is_told_the_inputs() -> None:
    """Arrays and keywords go where its signature asks for them; dy is known by its name, or comes first."""

    def forward(x: Array, weight: Array, stride: int = 1) -> Array:
        return conv_forward(x, weight, stride=stride)[0]

    def backward(x: Array, dout: Array, weight: Array, stride: int = 1) -> Any:
        return conv_backward(dout, conv_forward(x, weight, stride=stride)[1])[:2]

    assert not examine((forward, backward), like="conv2d", budget="1ms").wrong

    def flipped(x: Array, dout: Array, weight: Array, stride: int = 1) -> Any:
        return conv_backward(dout, conv_forward(x, weight[..., ::-1], stride=stride)[1])[:2]

    assert examine((forward, flipped), like="conv2d", budget="1ms", laws=["reference"]).wrong
    assert not examine((lambda Z: Z.clip(0), lambda dA, Z: dA * (Z > 0)), like="relu", budget="1ms").wrong


def test_what_a_forward_gives_is_y_and_what_was_saved_and_nothing_else() -> None:
    """More than two things are y and all the others; one that is no array is a mistake that is told."""
    pull = adapt((lambda x: (x.clip(0), x, "more"), lambda dy, saved: dy * (saved[0] > 0)), ("x",))
    np.testing.assert_array_equal(pull.pull({"x": np.array([-1.0, 2.0])}, {}, np.ones(2)).gradients["dx"], [0.0, 1.0])
    with pytest.raises(SubjectError, match=r"returned str; expected \(y, saved\)"):
        adapt((lambda x: f"{x}", lambda dy, saved: dy * saved), ("x",)).apply({"x": np.ones(2)}, {})


@pytest.mark.parametrize(
    ("ahead", "back"),
    [
        ("forward_pass", "backward_pass"),
        ("feed_forward", "backprop"),
        ("__call__", "backward"),
        ("forward_prediction", "backward_propagation"),
    ],
)
def test_methods_have_many_names(ahead: str, back: str) -> None:
    """A step size that a backward insists on is 0: what it updates stays as it is."""

    def forward(self: Any, x: Array) -> Array:
        self.x = x
        return x.clip(0)

    def backward(self: Any, dy: Array, learning_rate: float) -> Array:
        return np.asarray(dy * (self.x > learning_rate))

    kind = type("Rectifying", (), {ahead: forward, back: backward})
    for layer in (kind, kind()):
        assert not examine(layer, like="relu", budget="1ms", laws=["reference"]).wrong


class Wrapped:
    """A convolution whose window is one number, and whose parameters are dictionaries of values and gradients."""

    def __init__(self, cin: int, num_filters: int, filter_size: int, stride: int = 1) -> None:
        self.stride = stride
        self.W = {"val": np.zeros((num_filters, cin, *range(filter_size))), "grad": np.zeros(0)}

    def forward(self, x: Array) -> Array:
        """Y alone."""
        y, self.saved = conv_forward(x, self.W["val"], stride=self.stride)
        return np.asarray(y)

    def backward(self, dy: Array) -> Array:
        """Dx; dweight is kept."""
        dx, self.W["grad"], _ = conv_backward(dy, self.saved)
        return np.asarray(dx)


@pytest.mark.long
def test_a_constructor_may_want_a_window_of_one_number_and_keep_values_in_dictionaries() -> None:
    """What it does not take, a window with sides that differ and a bias, is found out."""
    found = examine(Wrapped, like="conv2d", budget="1ms")
    assert not found.wrong
    assert found.refused == 0
    assert "dweight" in {kind.of for kind in found.exclusion.resolutions}


def test_numbers_that_a_constructor_calls_by_unknown_names_are_refused_with_an_adapter() -> None:
    """No array is put in their place."""

    class Strange:
        def __init__(self, breadth: int) -> None:
            self.breadth = breadth

        def forward(self, x: Array) -> Array:
            """Nothing."""
            return x

        backward = forward

    with pytest.raises(UsageError, match=r"nothing is known about breadth; expected weight, bias, in_channels"):
        examine(Strange, like="conv2d")
    with pytest.raises(UsageError, match=r"def forward\(x\): layer = Strange"):
        examine(Strange, like="relu")


def test_where_not_one_case_gave_a_number_the_story_says_what_to_write() -> None:
    """It may be called as it does not expect; what its constructor was given is told."""

    class Picky:
        def __init__(self, kernel_size: Any) -> None:
            self.size = kernel_size + None

        def forward(self, x: Array) -> Array:
            """Nothing."""
            return x

        backward = forward

    told = story(examine(Picky, like="max_pool2d", budget="1ms"))
    assert "TypeError: unsupported operand type(s)" in told
    assert "it was built as Picky(kernel_size=" in told
    assert "Picky may be right and not be called as it expects" in told
    assert "examine((forward, backward), like='max_pool')" in told


def test_what_a_constructor_was_given_in_a_dictionary_is_told_with_all_keys() -> None:
    """The one that it misses may be among them by another name; arrays keep to their shapes."""

    class Configured:
        def __init__(self, config: dict[str, Any]) -> None:
            self.size = config["extent"]

        def forward(self, x: Array) -> Array:
            """Nothing."""
            return x

        backward = forward

    with pytest.raises(UsageError, match="Configured looks for the key 'extent' among its settings") as raised:
        examine(Configured, like="conv2d", budget="1ms")
    given = str(raised.value).partition("it was built as Configured(config={")[2].partition("})")[0]
    assert all(f"'{key}': " in given for key in ("in_channels", "out_channels", "kernel_size", "stride", "groups"))


def test_an_object_may_be_called_otherwise_than_self() -> None:
    """It is no argument of the layer."""

    class Short:
        def forward(s, x: Array) -> Array:  # noqa: N805 - as some write it
            """Y alone."""
            s.x = x
            return np.asarray(x.clip(0))

        def backward(s, dy: Array) -> Array:  # noqa: N805
            """Dx."""
            return np.asarray(dy * (s.x > 0))

    assert not examine(Short, like="relu", budget="1ms").wrong


class BuiltAtItsFirstCall:
    """A layer that makes its weight when it sees its first x, whatever it was given before."""

    def __init__(self) -> None:
        """No weight yet."""
        self.weight, self.bias, self.built = np.zeros(0), np.zeros(0), False

    def forward(self, x: Array) -> Array:
        """Random numbers at the first call."""
        if not self.built:
            self.weight, self.built = np.random.default_rng(0).standard_normal((2, x.shape[1], 1, 1)), True
        y, self.saved = conv_forward(x, self.weight, None)
        return y

    def backward(self, dy: Array) -> Array:
        """The gradient of x alone."""
        return conv_backward(dy, self.saved).dx


def test_a_layer_that_puts_its_own_weight_in_place_of_the_cases_is_refused() -> None:
    """Nothing that it computes would be about the case."""
    with pytest.raises(UsageError, match="put another array in place of weight during its forward"):
        examine(BuiltAtItsFirstCall, "conv2d", budget="1ms")


def _handing(made: Callable[..., Any]) -> Callable[[Array, Any], Any]:
    return lambda dy, saved: made(*conv_backward(dy, saved))


@dataclass
class Gradients:
    """What some hand back."""

    grad_weight: Array
    dx: Array
    db: Array


def test_gradients_may_be_the_fields_of_a_dataclass_a_named_tuple_or_a_namespace() -> None:
    """By their names, not by their order."""
    form = namedtuple("form", ["db", "dx", "dW"])  # noqa: PYI024 - as people write it
    for made in (
        lambda dx, dw, db: Gradients(dw, dx, db),
        lambda dx, dw, db: form(db, dx, dw),
        lambda dx, dw, db: SimpleNamespace(dx=dx, weight_grad=dw, bias_grad=db),
    ):
        pair = conv_forward, _handing(made)
        found = examine(pair, "conv2d", budget="1ms", laws=["reference"], supports={"bias": True})
        assert not found.wrong, made


@pytest.mark.parametrize(
    ("arguments", "keys", "taken"),
    [
        (("inp", "W"), ("dx", "dW"), {"dinp": "dx", "dW": "dW"}),
        (("feats", "W"), ("dinputs", "dweights"), {"dfeats": "dinputs", "dW": "dweights"}),
        (("feats", "x"), ("dx",), {"dx": "dx"}),  # of the argument that has that name
        (("feats", "W", "V"), ("dx", "dW"), {"dfeats": "dx", "dW": "dW"}),
        (("w", "kernel"), ("dx", "dweight"), {}),  # nobody knows whose these are
    ],
)
def test_gradients_by_names_that_are_no_arguments(arguments: Any, keys: Any, taken: dict[str, str]) -> None:
    """That of x is the first argument's where none is called like it, that of a weight the one weight's."""
    assert by_name(dict(zip(keys, keys, strict=True)), arguments) == taken


@pytest.mark.parametrize("form", ["{}", "d{}", "grad_{}"])
@pytest.mark.parametrize("made", [dict, SimpleNamespace], ids=["dictionary", "namespace"])
def test_gradients_may_have_the_names_that_the_forward_gives_its_arguments(form: str, made: Any) -> None:
    """Whatever it calls them: its first is x, its second the weight; a script takes them under these."""

    def forward(picture: Array, stencil: Array, offset: Array) -> Any:
        return conv_forward(picture, stencil, offset)

    def backward(dy: Array, saved: Any) -> Any:
        each = dict(zip(("picture", "stencil", "offset"), conv_backward(dy, saved), strict=True))
        return made(**{form.format(name): value for name, value in each.items()})

    subject = adapt((forward, backward))
    found = subject.pull(ARRAYS, {}, DY).named()
    assert all(
        np.array_equal(found[name], value)
        for name, value in adapt((conv_forward, conv_backward)).pull(ARRAYS, {}, DY).named().items()
    )
    key = form.format("offset")
    way = f".{key}" if made is SimpleNamespace else f'["{key}"]'
    assert subject.preamble is not None
    assert f'"dbias": given{way}' in subject.preamble(ARRAYS, {})


def test_a_dictionary_with_dx_is_of_whatever_is_first() -> None:
    """Its script takes the same key; a wrong one is wrong by its numbers."""

    def forward(feats: Array, w: Array) -> tuple[Array, Any]:
        return feats @ w, (feats, w)

    def backward(dy: Array, saved: Any) -> dict[str, Array]:
        return {"dx": 2 * dy @ saved[1].T, "dw": saved[0].T @ dy}

    asked: dict[str, Any] = {"inputs": (np.ones((2, 3)), np.ones((3, 1))), "budget": "1ms"}
    found = examine((forward, backward), laws=["finite differences"], **asked)
    assert found.findings["finite differences"].verdict.of == "dfeats"
    assert '{"dfeats": given["dx"], "dw": given["dw"]}' in story(found)
