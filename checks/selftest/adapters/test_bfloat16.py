"""Examples in bfloat16 are examined in it, by its bounds, for every kind of PyTorch's layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from checks import UsageError, ZeroComparisonsError, adapt, examine, story

QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences", "linearity"]}


def _drawn(*shape: int) -> Any:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0)).bfloat16()


class Gelu(torch.autograd.Function):
    """Computes in float32, as such layers do."""

    share = 1.0

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """X times its normal distribution."""
        ctx.save_for_backward(x)
        return nn.functional.gelu(x.float()).to(x.dtype)

    @classmethod
    def backward(cls, ctx: Any, dy: Any) -> Any:
        """The product rule."""
        (x,) = ctx.saved_tensors
        wide = x.float()
        slope = 0.5 * (1 + torch.erf(wide / 2**0.5)) + cls.share * wide * torch.exp(-0.5 * wide**2) / (2 * np.pi) ** 0.5
        return (dy.float() * slope).to(dy.dtype)


class Forgets(Gelu):
    """The other half of the product rule."""

    share = -1.0


class Drops(nn.Linear):
    """Loses the gradient of its weight."""

    def forward(self, input: Any) -> Any:  # noqa: A002 - as PyTorch has it
        """Of a constant weight."""
        return nn.functional.linear(input, self.weight.detach(), self.bias)


RIGHT = {
    "an autograd function": (Gelu.apply, (_drawn(2, 2),)),
    "a function": (lambda x, w: torch.tanh(x @ w), (_drawn(2, 3), _drawn(3, 2))),
    "a module": (nn.Linear(3, 2).bfloat16(), (_drawn(2, 3),)),
    "an operator": (torch.ops.aten.softplus, (_drawn(2, 2),)),
    "a structure": (lambda xs: xs[0] * xs[1], ([_drawn(2, 2), _drawn(2, 2)],)),
}


@pytest.mark.parametrize("kind", RIGHT)
def test_bfloat16_is_the_format_of_the_case(kind: str) -> None:
    """And a right layer is right there."""
    layer, inputs = RIGHT[kind]
    found = examine(layer, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert found.judged[0].dtype == "bfloat16"
    assert 'dtype="bfloat16"' in str(found.judged[0])


@pytest.mark.parametrize("layer", [Forgets, Drops(3, 2).bfloat16()], ids=["a formula", "a lost gradient"])
def test_a_mistake_that_rounding_cannot_explain_is_found(layer: Any) -> None:
    """By the derivative of the same forward in a wider format."""
    assert examine(layer, inputs=(_drawn(1, 3),), **QUICK).findings


def squared(x: Any) -> tuple[Any, Any]:
    """By methods of tensors alone, which name no framework."""
    wide = x.float()
    return (wide * wide).to(x.dtype), x


class Squares:
    """The same as an object."""

    def __init__(self, slope: float) -> None:
        self.slope = slope

    def forward(self, x: Any) -> Any:
        """Keeps x."""
        y, self.x = squared(x)
        return y

    def backward(self, dy: Any) -> Any:
        """Of what it kept."""
        return (self.slope * dy.float() * self.x.float()).to(dy.dtype)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("slope", [2.0, 2.25])
def test_a_pair_and_an_object_on_tensors_are_examined_and_wrong_where_a_slope_is_an_eighth_off(
    dtype: Any, slope: float
) -> None:
    """Of as many numbers as roundings could excuse anything, were each allowed one in every entry."""

    def back(dy: Any, x: Any) -> Any:
        return (slope * dy.float() * x.float()).to(dy.dtype)

    for layer in ((squared, back), Squares(slope)):
        found = examine(layer, inputs=(_drawn(5, 4).to(dtype),), **QUICK)
        assert bool(found.wrong) is (slope != 2.0), story(found)


class Softmax(torch.autograd.Function):
    """Computes in float32 and keeps y as it is given."""

    over = "sum"

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Shares of each row."""
        y = torch.softmax(x.float(), -1).to(x.dtype)
        ctx.save_for_backward(y)
        return y

    @classmethod
    def backward(cls, ctx: Any, dy: Any) -> Any:
        """Each row without its own weighted sum."""
        (y,) = ctx.saved_tensors
        return y * (dy - getattr(dy * y, cls.over)(-1, keepdim=True))


class Averages(Softmax):
    """A mean where the sum belongs."""

    over = "mean"


@pytest.mark.parametrize(("layer", "wrong"), [(Softmax, False), (Averages, True)])
def test_a_softmax_of_a_few_rows_is_judged_by_the_roundings_that_it_is_seen_to_make(layer: Any, wrong: bool) -> None:
    """Which are those by which its own answer in a wider format differs."""
    found = examine(layer, inputs=(_drawn(4, 9),), budget="1ms", laws=["finite differences"])
    assert bool(found.wrong) is wrong, story(found)


def test_what_rounds_inside_whatever_it_is_given_is_not_judged_so() -> None:
    """Its wider answer shows none of its roundings: a sum of 64 numbers in bfloat16 is right."""

    def forward(x: Any) -> tuple[Any, Any]:
        return torch.cumsum(x.bfloat16(), 1)[:, -1:].to(x.dtype), x.shape

    def backward(dy: Any, shape: Any) -> Any:
        return dy.bfloat16().expand(shape).to(dy.dtype).clone()

    found = examine((forward, backward), inputs=(_drawn(2, 64),), **QUICK)
    assert not found.wrong, story(found)


@pytest.mark.usefixtures("every_variation")
def test_what_adapt_was_told_counts_for_arrays_of_float32() -> None:
    """They are rounded to what they carry."""
    found = examine(adapt(Gelu, ("x",), dtype="bfloat16"), inputs=(np.array([0.1, -1.3], np.float32),), **QUICK)
    assert not found.wrong, story(found)
    assert found.judged[0].dtype == "bfloat16"
    assert found.judged[0].array("x")[0] == np.float32(torch.tensor(0.1).bfloat16().item())


def test_other_layers_are_refused() -> None:
    """With what to do."""
    with pytest.raises(UsageError, match=r"x is of bfloat16, which NumPy lacks.*adapt\(layer, .*dtype='bfloat16'"):
        examine((lambda x: (np.add(x, 0), None), lambda dy, _: dy), inputs=(_drawn(2, 3),), **QUICK)


def test_bfloat16_of_numpys_arrays_is_refused_in_their_words() -> None:
    """Neither PyTorch's formats nor its methods are of use there."""
    jax = pytest.importorskip("jax")
    x = jax.numpy.ones((2, 3), "bfloat16")
    pair = (lambda x: (x, None), lambda dy, _: dy)
    with pytest.raises(UsageError, match=r"is handed NumPy's arrays; .*such as \w+.astype\('float32'\)") as said:
        examine(pair, inputs=(np.asarray(x),), **QUICK)
    assert "framework='torch'" not in str(said.value)


@pytest.mark.parametrize("slope", [1.0, 2.0])
def test_a_layer_of_jax_is_handed_its_examples_in_bfloat16(slope: float) -> None:
    """A function with a gradient of its own and a pair; one whose gradient is doubled is wrong."""
    jax = pytest.importorskip("jax")
    x, asked = jax.numpy.array([[0.5, -1.25, 2.0]], "bfloat16"), set[str]()

    def forward(x: Any) -> Any:
        asked.add(str(x.dtype))
        return jax.numpy.sin(x), x

    def backward(dy: Any, x: Any) -> Any:
        return dy * jax.numpy.cos(x) * jax.numpy.array(slope, x.dtype)

    function = jax.custom_vjp(jax.numpy.sin)
    function.defvjp(forward, lambda x, dy: (backward(dy, x),))
    for layer in (function, (forward, backward)):
        found = examine(layer, inputs=(x,), **QUICK)
        assert found.wrong is (slope != 1), story(found)
        assert {case.dtype for case in found.judged} == {"bfloat16"}
    assert "bfloat16" in asked


def test_a_module_in_a_narrow_format_is_told_in_which_its_family_is_asked() -> None:
    """And how it is asked in its own, where the note is of no use."""
    module, words = torch.nn.Conv2d(1, 1, 1).bfloat16(), "the layer's own parameters, of bfloat16, are examined in the"
    limits: dict[str, Any] = {"dtype": "bfloat16"}
    usual, own = (
        examine(module, "conv2d", budget="1ms", laws=["reference"], supports=supports) for supports in ({}, limits)
    )
    assert any(note.startswith(words) and str(limits) in note for note in usual.notes)
    assert not any(words in note for note in own.notes)
    assert {case.dtype for case in own.judged} == {"bfloat16"}


FORMATS = {
    "bfloat16 on float32": (nn.Linear(3, 2).bfloat16(), _drawn(2, 3).float(), "bfloat16", "float32"),
    "bfloat16 on float64": (nn.Linear(3, 2).bfloat16(), _drawn(2, 3).double(), "bfloat16", "float64"),
    "float32 on bfloat16": (nn.Linear(3, 2), _drawn(2, 3), "float32", "bfloat16"),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_module_on_examples_of_another_format_says_in_which_its_parameters_are_examined(kind: str) -> None:
    """And of which they are, though arrays of another one carry them."""
    layer, x, own, asked = FORMATS[kind]
    words = f"the layer's own parameters, of {own}, are examined in {asked}"
    found = examine(layer, inputs=(x,), **QUICK)
    assert words in found.notes
    assert not found.wrong, story(found)


def test_a_module_in_its_own_format_is_told_nothing_of_it() -> None:
    """Examples of it are what shows it as it is."""
    found = examine(nn.Linear(3, 2).bfloat16(), inputs=(_drawn(2, 3),), **QUICK)
    assert not any("own parameters" in note for note in found.notes)


class Mixed(nn.Module):
    """Computes in two formats, as its parameters are."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow, self.wide = nn.Linear(3, 3).bfloat16(), nn.Linear(3, 2)

    def forward(self, x: Any) -> Any:
        """One after the other."""
        return self.wide(self.narrow(x.bfloat16()).float())


def test_a_module_of_two_formats_that_takes_no_case_is_told_in_which_one_it_was_asked() -> None:
    """It turns them down for what was done unasked."""
    with pytest.raises(ZeroComparisonsError, match="own parameters, of bfloat16, are examined in float32"):
        examine(Mixed(), inputs=(_drawn(2, 3).float(),), **QUICK)


def test_a_softmax_that_keeps_y_in_bfloat16_whatever_it_is_given_is_right() -> None:
    """Its wider y has steps."""

    def forward(x: Any) -> tuple[Any, Any]:
        y = torch.softmax(x.float(), -1).bfloat16()
        return y.to(x.dtype), y

    def backward(dy: Any, kept: Any) -> Any:
        y = kept.to(dy.dtype)
        return y * (dy - (dy * y).sum(-1, keepdim=True))

    found = examine((forward, backward), inputs=(4 * _drawn(4, 9),), **QUICK)
    assert not found.wrong, story(found)


class Alone(Gelu):
    """Takes bfloat16 alone, as kernels do: its derivatives and its roundings are seen from nowhere."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Of nothing else."""
        if x.dtype != torch.bfloat16:
            raise TypeError(f"{x.dtype} is not bfloat16")
        return Gelu.forward(ctx, x)


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize(("layer", "coarse"), [(Alone, True), (Gelu, False)])
def test_a_headline_says_of_which_gradients_nothing_would_have_been_seen(layer: Any, coarse: bool) -> None:
    """Where roundings may be as large as they are."""
    found = examine(layer, inputs=(_drawn(5, 7),), **QUICK)
    headline, *_ = story(found).splitlines()
    assert ("which would not have shown dx twice as large: so much may be rounding" in headline) is coarse
