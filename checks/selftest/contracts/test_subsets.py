"""A backward that gives something else where it is asked for some gradients alone."""

from __future__ import annotations

from typing import Any

import pytest

from checks.adapters import adapt
from checks.case import Case
from checks.examination import Examination
from checks.families import family
from checks.invariants.defaults import Defaults
from checks.invariants.subsets import Subsets, parts
from checks.judge import verdicts
from checks.witness import Trial

torch = pytest.importorskip("torch")
CONV = family("conv")
#: Two seeds, so that every gradient is asked for alone and without another.
CASES = [
    Case("conv", {"x": (2, 2, 4, 5), "weight": (3, 2, 3, 2), "bias": (3,), "dy": (2, 3, 2, 4)}, seed=seed)
    for seed in range(3)
]


def _function(change: Any) -> Any:
    class Planted(torch.autograd.Function):  # type: ignore[misc,name-defined]
        @staticmethod
        def forward(ctx: Any, x: Any, weight: Any, bias: Any) -> Any:
            ctx.save_for_backward(x, weight)
            return torch.nn.functional.conv2d(x, weight, bias)

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            x, weight = ctx.saved_tensors
            dx = torch.nn.grad.conv2d_input(x.shape, weight, dy)
            dweight = torch.nn.grad.conv2d_weight(x, weight.shape, dy)
            return change(ctx.needs_input_grad, dx, dweight, dy.sum((0, 2, 3)))

    return Planted


def _examined(change: Any) -> Examination:
    found = Examination(adapt(_function(change)), CONV, (Subsets(),))
    for case in CASES:
        found.judge(case)
    return found


def test_a_right_function_gives_the_same_for_every_subset() -> None:
    """And the law was asked."""
    found = _examined(lambda needs, dx, dw, db: (dx, dw if needs[1] else None, db))
    assert not found.findings
    assert found.tallies[Subsets.law].right == sum(sum(map(len, parts(case))) + len("y") for case in CASES)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_gradient_that_is_halved_unless_another_is_wanted_too_is_found(place: int) -> None:
    """Nothing is amiss where all are wanted."""

    def change(needs: Any, *gradients: Any) -> Any:
        other = needs[(place + 1) % 3]
        return tuple(g if other or i != place else g / 2 for i, g in enumerate(gradients))

    assert set(_examined(change).findings) == {"subsets"}


@pytest.mark.parametrize("seed", range(2, 14, 4))
def test_a_bias_is_asked_for_alone_by_turns(seed: int) -> None:
    """It has a path of its own most: whatever else a seed asks for, and of both formats of such a case."""
    flipped = _function(lambda needs, dx, dw, db: (dx, dw, db if needs[0] or needs[1] else db.flip(0)))
    for each in (seed, seed + 1):
        found = Examination(adapt(flipped), CONV, (Subsets(),))
        found.judge(CASES[0].but(seed=each))
        assert set(found.findings) == {"subsets"}


def test_a_function_that_gives_nothing_where_x_needs_no_gradient_is_found() -> None:
    """Its dweight is None then, which trains nothing."""
    assert _examined(lambda needs, *found: found if needs[0] else (None, None, None)).wrong


def test_another_y_where_no_gradient_is_wanted_is_found() -> None:
    """A fast path for inference that forgets the bias, and a module that has none."""

    class Layer(torch.nn.Module):  # type: ignore[misc,name-defined]
        def forward(self, x: Any, weight: Any, bias: Any) -> Any:
            y = torch.nn.functional.conv2d(x, weight)
            return y + bias[:, None, None] if torch.is_grad_enabled() else y

    for layer, broken in ((Layer(), True), (torch.nn.functional.conv2d, False)):
        found = Examination(adapt(layer), CONV, (Subsets(),))
        found.judge(CASES[0])
        assert bool(found.findings) is broken


@pytest.mark.parametrize(("fault", "broken"), [("inference", "subsets"), ("keywords", "defaults")])
def test_of_a_call_without_gradients_and_keywords_each_law_says_its_own(fault: str, broken: str) -> None:
    """One call leaves out both; what is amiss without one of them is no matter of the other."""

    def layer(x: Any, weight: Any, bias: Any, padding: int = 1 if fault == "keywords" else 0) -> Any:
        y = torch.nn.functional.conv2d(x, weight, bias, padding=padding)
        return y if fault != "inference" or torch.is_grad_enabled() else 2 * y

    case = CASES[0].but(config={"padding": 0})
    trial = Trial(adapt(layer), CONV, case)
    statuses = {
        witness.law: {verdict.status for verdict in verdicts(witness, trial)} for witness in (Subsets(), Defaults())
    }
    assert {law for law, found in statuses.items() if found != {"right"}} == {broken}


def test_a_custom_vjp_whose_function_is_another_than_its_forward_rule_is_found() -> None:
    """JAX runs the function itself where nobody derives it."""
    jax = pytest.importorskip("jax")

    @jax.custom_vjp  # type: ignore[untyped-decorator]
    def relu(x: Any) -> Any:
        return jax.numpy.clip(x, 0, 6)

    relu.defvjp(lambda x: (jax.numpy.maximum(x, 0), x > 0), lambda mask, dy: (jax.numpy.where(mask, dy, 0),))
    found = Examination(adapt(relu), family("relu"), (Subsets(),))
    found.judge(Case("relu", {"x": (2, 3, 4), "dy": (2, 3, 4)}, {"at_zero": 0.0}, data="distinct"))
    assert Subsets.law in found.findings


class Strided:
    """A 2d max pooling with a stride of its own; PyTorch computes."""

    remembers = True

    def __init__(self) -> None:
        self.stride: Any = None

    def forward(self, x: Any, kernel_size: Any, stride: Any = None) -> Any:
        """A stride that is not said is the window."""
        self.stride = stride or (self.remembers and self.stride) or kernel_size
        self.x = torch.from_numpy(x).requires_grad_()
        self.y = torch.nn.functional.max_pool2d(self.x, kernel_size, self.stride)
        return self.y.detach().numpy()

    def backward(self, dy: Any) -> Any:
        """Of its last forward."""
        return torch.autograd.grad(self.y, self.x, torch.from_numpy(dy))[0].numpy()


class Forgetful(Strided):
    """The same, right."""

    remembers = False


@pytest.mark.parametrize(("layer", "broken"), [(Strided, {Defaults.law}), (Forgetful, set())])
def test_a_stride_that_is_left_out_is_not_the_last_calls(layer: type[Strided], broken: set[str]) -> None:
    """Said once, it may not stay: the same call without it gives what it gave before."""
    found = Examination(adapt(layer()), family("max_pool"), (Defaults(),))
    shapes = {"x": (1, 2, 7, 9), "dy": (1, 2, 3, 4)}
    config = {"kernel_size": 2, "stride": 2, "padding": 0, "ceil_mode": False, "dilation": 1}
    found.judge(Case("max_pool", shapes, config, data="distinct", span=100))
    assert set(found.findings) == broken
    assert not broken or "after stride=3" in found.findings[Defaults.law].verdict.why
