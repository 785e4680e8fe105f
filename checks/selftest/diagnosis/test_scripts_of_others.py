"""A script for a function of JAX or HIPS autograd, or for a pair in another order of axes, runs beside its file."""

from __future__ import annotations

from functools import partial
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

pytest.importorskip("jax")
pytest.importorskip("autograd")

#: Wrong layers: each gradient is twice too large, or is lost.
LAYERS = '''
from dataclasses import dataclass

import autograd.numpy
import jax
import numpy as np
from autograd.extend import defvjp, primitive


@jax.custom_vjp
def doubled(x):
    return jax.numpy.maximum(x, 0)


doubled.defvjp(lambda x: (doubled(x), x), lambda x, dy: (2 * dy * (x > 0),))


def forward(x, w, b=None, *, strides=1):
    """A convolution with kernels of one pixel whose channels come last; dw is twice too large."""
    steps = strides if isinstance(strides, tuple) else (strides, strides)
    seen = x[:, :: steps[0], :: steps[1]]
    return seen @ w[0, 0] + (0 if b is None else b), (x.shape, seen, w, steps)


def backward(dy, saved):
    shape, seen, w, steps = saved
    dx = np.zeros(shape, dy.dtype)
    dx[:, :: steps[0], :: steps[1]] = dy @ w[0, 0].T
    dw = 2 * np.einsum("nijc,nijo->co", seen, dy)[None, None]
    return dx, dw, dy.sum((0, 1, 2))


def alone(Z, at_zero=0.0):
    return np.maximum(Z, 0)


def told(dA, Z):
    return 2 * dA * (Z > 0)


def three(x):
    return np.maximum(x, 0), x, "more"


def first(saved, dout):
    return {"grad_x": 2 * dout * (saved[0] > 0)}


def naive(x, w, b, conv_param):
    y, saved = forward(x.transpose(0, 2, 3, 1), w.transpose(2, 3, 1, 0), b, strides=conv_param["stride"])
    return y.transpose(0, 3, 1, 2), saved


def back(dy, saved):
    dx, dw, db = backward(dy.transpose(0, 2, 3, 1), saved)
    return dx.transpose(0, 3, 1, 2), dw.transpose(3, 2, 0, 1), db


class Pointwise:
    """The same in a class."""

    def __init__(self, in_channels, out_channels, strides=1):
        self.W, self.b, self.strides = np.zeros((1, 1, in_channels, out_channels)), np.zeros(out_channels), strides

    def forward(self, x):
        y, self.saved = forward(x, self.W, self.b, strides=self.strides)
        return y

    def backward(self, dy):
        dx, self.dW, self.db = backward(dy, self.saved)
        return dx


def two(x):
    """Two outputs."""
    return {"h": doubled(x), "c": 3 * x}


def layer(x):
    """Has a name that scripts use."""
    return doubled(x)


def parted(x, w):
    """Two outputs."""
    return (np.maximum(x, 0), x * w), (x, w)


def rejoined(dy, saved):
    x, w = saved
    return 2 * dy[0] * (x > 0) + dy[1] * w, dy[1] * x


def each_back(dh, dc, saved):
    return rejoined((dh, dc), saved)


@dataclass
class Both:
    sine: object
    cosines: object
    unit: str


def structured(x, w):
    """A dataclass, with a list in it; and a word."""
    return Both(np.sin(x) * w, [np.cos(x), x > 0], "radian"), (x, w)


def structured_back(dy, saved):
    """dx is twice too large."""
    x, w = saved
    assert dy.cosines[1] is None
    return 2 * (dy.sine * np.cos(x) * w - dy.cosines[0] * np.sin(x)), dy.sine * np.sin(x)


def keyed(x, w):
    """One output, beside a word."""
    return {"y": x * w, "unit": "m"}, (x, w)


def keyed_back(dy, saved):
    """dx is twice too large."""
    x, w = saved
    return 2 * dy["y"] * w, dy["y"] * x


def closing(x, w):
    """y, and what goes back from there; dx is twice too large."""
    return x * w, lambda dy: (2 * dy * w, dy * x)


@primitive
def rectified(x):
    return np.maximum(x, 0)


defvjp(rectified, lambda y, x: lambda dy: 2 * dy * (x > 0))


def x(x, w):
    """Is called as its argument is."""
    return rectified(x) * w


def scaled(x, w, *, factor):
    return autograd.numpy.sum(rectified(x) * w * factor, axis=0)
'''

X = np.array([[1.5]])

#: What layers with kernels of one pixel take.
ONE = {"supports": {"kernel_size": 1}}

LAW = "finite differences"


@pytest.fixture
def layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module of wrong layers."""
    return written(LAYERS, tmp_path, monkeypatch)


def like(layer: Any, family: str, **more: Any) -> Finding:
    """What is found of a layer that claims something."""
    return examine(layer, family, budget="1ms", laws=["reference"], **more).findings["reference"]


def on(layer: Any, *inputs: Any) -> Finding:
    """What is found of a layer that claims nothing."""
    return examine(layer, inputs=inputs, budget="1ms", laws=[LAW]).findings[LAW]


@pytest.mark.long
def test_a_script_of_a_differentiated_function_runs_and_shows_the_wrong_number(
    layers: ModuleType, tmp_path: Path
) -> None:
    """It is called as its adapter calls it, in double precision."""
    findings = {
        "return doubled(x)": on(layers.doubled, X),
        'each in (y["h"], y["c"])': on(layers.two, X),
        "return rectified(x)": like(layers.rectified, "relu"),
        "return your_layer(x)": on(layers.layer, X),
        "return your_x(x, w)": on(layers.x, X, X),
        "return scaled(x, w, factor=0.5)": on(partial(layers.scaled, factor=0.5), X, X),
    }
    assert [text for text, finding in findings.items() if text not in finding.script] == []
    demand_shown(list(findings.values()), tmp_path)


def test_a_script_of_a_layer_with_channels_last_turns_its_arrays(layers: ModuleType, tmp_path: Path) -> None:
    """A pair, and a class that is built with the sizes of the case."""
    kinds, takes = [(layers.forward, layers.backward), layers.Pointwise], {"layout": "NHWC", "kernel_size": 1}
    pair, built = (like(kind, "conv2d", supports=takes) for kind in kinds)
    assert "ahead(turned(x, 0, 2, 3, 1), turned(weight, 2, 3, 1, 0), strides=1)" in pair.script
    assert "layer = Pointwise(in_channels=1, out_channels=1, strides=1)" in built.script
    demand_shown([pair, built], tmp_path)


def test_a_script_of_a_pair_runs_and_shows_the_wrong_number(layers: ModuleType, tmp_path: Path) -> None:
    """Keywords in a dictionary; y alone, and a backward that is told x; saved before dy, gradients by other names."""
    findings = {
        "from your_module import naive as forward, back as backward": like(
            (layers.naive, layers.back), "conv2d", **ONE
        ),
        "    given = back(dA=dy, Z=x)": like((layers.alone, layers.told), "relu"),
        '    return {"dx": given["grad_x"]}': like((layers.three, layers.first), "relu"),
    }
    assert [text for text, finding in findings.items() if f"\n{text}" not in finding.script] == []
    assert 'y, saved = forward(x, weight, bias, {"stride": 1})' in next(iter(findings.values())).script
    demand_shown(list(findings.values()), tmp_path)


def test_a_script_of_a_pair_with_several_outputs_joins_them(layers: ModuleType, tmp_path: Path) -> None:
    """Its backward is handed them together, or one by one."""
    together, one_by_one = (on((layers.parted, back), X, X) for back in (layers.rejoined, layers.each_back))
    assert "    given = back(tuple(dy), saved)" in together.script.splitlines()
    assert "    given = back(*dy, saved)" in one_by_one.script.splitlines()
    demand_shown([together, one_by_one], tmp_path)


def test_a_script_of_a_pair_with_outputs_in_a_structure_takes_them_apart(layers: ModuleType, tmp_path: Path) -> None:
    """Its backward is handed another one; of a function that gives what goes back, that is called."""
    fields = on((layers.structured, layers.structured_back), X, X)
    keys = on((layers.keyed, layers.keyed_back), X, X)
    closing = on(layers.closing, X, X)
    said = "back(type(y)(sine=dy[0], cosines=[dy[1], None], unit=None), saved)"
    assert f"    given = {said}" in fields.script.splitlines()
    assert '    given = back({"y": dy[0], "unit": None}, saved)' in keys.script.splitlines()
    assert "    given = saved(dy)" in closing.script.splitlines()
    demand_shown([fields, keys, closing], tmp_path)


ADJOINT = """
import numpy as np


def forward(x, weight):
    if weight.shape[2:] != (1, 1):
        raise NotImplementedError("kernels of one pixel alone")
    return np.einsum("oc,nchw->nohw", weight[:, :, 0, 0], x), (x, weight)


def backward(dy, saved):
    x, weight = saved
    dweight = np.einsum("nohw,nchw->oc", dy, x)[:, :, None, None]
    return np.einsum("oc,nohw->nchw", weight[:, :, 0, 0], dy), 2 * dweight
"""


@pytest.mark.parametrize("dtype", ["float64", "float16"], ids=["one draw", "two draws"])
def test_a_script_of_the_adjoint_identity_prints_both_of_its_sides(
    dtype: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where that law alone was asked, as in an item of pytest."""
    module = written(ADJOINT, tmp_path, monkeypatch)
    supports = {"dtype": dtype, "kernel_size": 1}
    found = examine((module.forward, module.backward), "conv2d", laws=["adjoint"], budget="1ms", supports=supports)
    finding = found.findings["adjoint"]
    assert finding.shrunk_verdict.worst is not None
    (said,) = printed([finding.script], tmp_path)
    got, want = said.removeprefix("sum(dweight * v) is").split("and must be sum(dy * change),")
    assert (float(got), float(want)) == (finding.shrunk_verdict.worst.got, finding.shrunk_verdict.worst.want)
    assert float(got) == 2 * float(want)
