"""A script for a class or an object builds it as its constructor asks, and runs beside the file that holds it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.selftest.diagnosis.by_itself import demand_shown, printed, written
from checks.tally import Finding

#: A script shows the plainest case.
pytestmark = pytest.mark.usefixtures("plainest")

#: Wrong layers in the forms in which people write them: the gradients with regard to x are twice too large.
LAYERS = '''
import numpy as np


def taps(x, kernel, stride):
    """For each place of the kernel what it sees of x."""
    sizes = [(size - k) // stride + 1 for size, k in zip(x.shape[2:], kernel)]
    for i, j in np.ndindex(*kernel):
        yield i, j, x[:, :, i : i + stride * sizes[0] : stride, j : j + stride * sizes[1] : stride]


def conv(x, weight, bias, stride):
    seen = taps(x, weight.shape[2:], stride)
    y = sum(np.einsum("ncij,oc->noij", part, weight[:, :, i, j]) for i, j, part in seen)
    return y if bias is None else y + bias[:, None, None]


def doubled(dy, x, weight, stride):
    dx, dweight = np.zeros_like(x), np.zeros_like(weight)
    for i, j, part in taps(dx, weight.shape[2:], stride):
        part += 2 * np.einsum("noij,oc->ncij", dy, weight[:, :, i, j])
    for i, j, part in taps(x, weight.shape[2:], stride):
        dweight[:, :, i, j] = np.einsum("ncij,noij->oc", part, dy)
    return dx, dweight, dy.sum((0, 2, 3))


class Attributes:
    """Keeps arrays and gradients in attributes, and is told sizes."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, bias=True):
        kernel = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.W = np.random.default_rng(0).normal(size=(out_channels, in_channels, *kernel))
        self.b, self.stride, self.dW, self.db = np.zeros(out_channels) if bias else None, stride, None, None

    def forward(self, x):
        self.x = x
        return conv(x, self.W, self.b, self.stride)

    def backward(self, dy):
        dx, self.dW, self.db = doubled(dy, self.x, self.W, self.stride)
        return dx


class Dictionaries:
    """Keeps them in dictionaries, adds gradients up, and calls its settings by names of its own."""

    def __init__(self, n_in, n_out, ksize, strides=1):
        shape = (n_out, n_in, *(ksize if isinstance(ksize, tuple) else (ksize, ksize)))
        self.params, self.stride = {"W": np.zeros(shape), "b": np.zeros(n_out)}, strides
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}

    def __call__(self, x):
        self.x = x
        return conv(x, self.params["W"], self.params["b"], self.stride)

    def backward(self, dy):
        dx, dweight, dbias = doubled(dy, self.x, self.params["W"], self.stride)
        self.grads["W"] = self.grads["W"] + dweight
        self.grads["b"] = self.grads["b"] + dbias
        return dx


class Given:
    """Is given its arrays when it is built, and keeps them."""

    def __init__(self, weight, bias, stride=1):
        self.weight, self.bias, self.stride = weight, bias, stride

    def forward(self, x):
        self.x = x
        return conv(x, self.weight, self.bias, self.stride)

    def backward(self, dy):
        return doubled(dy, self.x, self.weight, self.stride)


class Copied(Given):
    """Keeps copies of them, and is built anew for each weight."""

    def __init__(self, weight, bias, stride=1):
        super().__init__(weight.copy(), bias.copy(), stride)


class Stale(Given):
    """Keeps the first x of each shape."""

    def __init__(self, weight, bias, stride=1):
        super().__init__(weight, bias, stride)
        self.x = np.zeros(0)

    def forward(self, x):
        self.x = self.x if self.x.shape == x.shape else x.copy()
        return conv(x, self.weight, self.bias, self.stride)


class Shares:
    """Its input is everybody's."""

    last = {}

    def forward(self, x):
        self.last["x"] = x
        return super().forward(x)

    def backward(self, dy):
        self.x = self.last["x"]
        return super().backward(dy)


class Shared(Shares, Attributes):
    """One that is told sizes."""


class SharedGiven(Shares, Given):
    """One that is given its arrays."""


class SharedCopied(Shares, Copied):
    """One that copies them."""


class Told:
    """Its backward is handed what the forward saved, and a size of steps."""

    def forward(self, x):
        return np.maximum(x, 0), x > 0

    def backward(self, dy, positive, lr):
        return {"dx": 2 * dy * positive}
'''


@pytest.fixture
def layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module of wrong layers."""
    return written(LAYERS, tmp_path, monkeypatch)


def found(layer: Any, like: str, law: str = "reference") -> Finding:
    """What is found of a wrong layer."""
    return examine(layer, like, budget="1ms", laws=[law]).findings[law]


@pytest.mark.long
def test_a_script_of_a_class_builds_it_and_shows_the_wrong_number(layers: ModuleType, tmp_path: Path) -> None:
    """With its own names for sizes and settings, and arrays where it keeps them."""
    kinds = ["Attributes", "Dictionaries", "Given", "Copied"]
    findings = [found(getattr(layers, kind), "conv2d") for kind in kinds]
    demand_shown([*findings, found(layers.Told, "relu")], tmp_path)
    sized, named, kept, anew = (finding.script for finding in findings)
    assert "layer = Attributes(in_channels=1, out_channels=1, kernel_size=1, stride=1, bias=False)" in sized
    assert "layer = Dictionaries(n_in=1, n_out=1, ksize=1, strides=1)" in named
    assert '    layer.grads["W"][...] = 0' in named.splitlines()
    assert "    layer = layer or Given(weight, bias, stride=1)" in kept.splitlines()
    assert "    layer = Copied(weight, bias, stride=1)" in anew.splitlines()


def test_a_script_uses_one_object_of_a_class_again(layers: ModuleType, tmp_path: Path) -> None:
    """A backward that comes after another forward goes back with what that has left."""
    law, case = (
        "saved state",
        (
            "conv(x=(1,1,2,2), weight=(1,1,1,1), bias=(1,), dy=(1,1,2,2); stride=1, padding=0, dilation=1, groups=1; "
            'dtype="float64", data="integers", span=100, unit=1, seed=0)'
        ),
    )
    script = examine(layers.Given, "conv2d", budget="1ms", laws=[law], cases=[case]).hazards[law].script
    first, second = printed([script], tmp_path)[0].split()[-2:]
    assert first != second


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("kind", ["Shared", "SharedGiven", "SharedCopied"])
def test_a_script_has_another_object_where_a_law_has(layers: ModuleType, kind: str, tmp_path: Path) -> None:
    """Which shows that they share what each should keep."""
    finding = examine(getattr(layers, kind), "conv2d", budget="1ms", laws=["saved state"]).findings["saved state"]
    assert "another object" in finding.shrunk_verdict.why
    assert "another object" in finding.script
    told = printed([finding.script], tmp_path)[0].partition(" of which ")[0].rpartition(" is ")[2]
    first, *_, last = map(float, told.split())
    worst = finding.shrunk_verdict.worst
    assert worst is not None
    assert (first, last) == (worst.want, worst.got)


def test_a_script_of_an_object_leaves_room_for_how_it_is_built(layers: ModuleType, tmp_path: Path) -> None:
    """Its parameters are replaced by those of the case."""
    finding = found(layers.Attributes(2, 3, (2, 1), 2), "conv2d")
    assert "layer = Attributes(...)  # as you build it" in finding.script
    demand_shown([finding], tmp_path, fill="2, 3, (2, 1), 2")


def test_a_script_shows_what_a_new_object_gives(layers: ModuleType, tmp_path: Path) -> None:
    """Nothing that earlier calls left in the one that was examined."""
    finding = found(layers.Stale, "conv2d", "scaling")
    worst = finding.shrunk_verdict.worst
    assert worst is not None
    results, _, told = printed([finding.script], tmp_path)[0].partition(" of which ")
    assert float(results.split()[-1]) == worst.got != worst.want
    assert told.split() == [str(worst.got), "must", "be", str(worst.want)]


#: Layers that draw random numbers, wrong: in the forward alone, in the backward too, or with Python's generator.
DRAWING = """
import random

import numpy as np


class Dropout:
    def __init__(self, p=0.5):
        self.p = p

    def forward(self, x):
        self.keep = np.random.rand(*x.shape) >= self.p
        return x * self.keep / (1 - self.p)

    def backward(self, dy):
        return dy * self.keep


class Redrawn(Dropout):
    def backward(self, dy):
        return dy * (np.random.rand(*dy.shape) >= self.p) / (1 - self.p)


class Pythons(Dropout):
    def forward(self, x):
        self.keep = np.array([random.random() >= self.p for _ in range(x.size)]).reshape(x.shape)
        return x * self.keep / (1 - self.p)
"""


@pytest.mark.parametrize("kind", ["Dropout", "Pythons"])
def test_a_script_of_a_layer_that_draws_seeds_it_as_it_was_examined(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it shows the same mask, and the same wrong number."""
    layer = vars(written(DRAWING, tmp_path, monkeypatch))[kind]()
    found = examine(layer, inputs=(np.arange(1.0, 13.0).reshape(3, 4),), budget="1ms", laws=["finite differences"])
    demand_shown([found.findings["finite differences"]], tmp_path)


def test_a_script_of_a_backward_that_draws_calls_it_with_several_seeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of them show the mistake."""
    layer = written(DRAWING, tmp_path, monkeypatch).Redrawn()
    found = examine(layer, inputs=(np.arange(1.0, 13.0).reshape(3, 4),), budget="1ms", laws=["finite differences"])
    script = found.findings["finite differences"].script
    said = printed([script, script], tmp_path)
    assert said[0] == said[1]
    lines = said[0].splitlines()
    assert len(set(lines)) > 1, script
    pairs = [line.rpartition(" is ")[2].split(" and must be ") for line in lines if " and must be " in line]
    # where chance let it be right when it was asked again, the script shows what two calls give
    assert not pairs or {float(got) == float(want) for got, want in pairs} == {True, False}, script


def test_of_two_calls_that_differ_no_number_must_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script shows what both give."""
    layer = written(DRAWING, tmp_path, monkeypatch).Redrawn()
    found = examine(layer, inputs=(np.arange(1.0, 13.0).reshape(3, 4),), budget="1ms", laws=["repeatable"])
    script = found.findings["repeatable"].script
    assert "must be" not in script
    (said,) = printed([script], tmp_path)
    assert len(set(said.splitlines())) > 1
