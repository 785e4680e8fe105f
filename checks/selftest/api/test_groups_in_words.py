"""Groups said in words: depthwise layers, whose groups follow from the channels of x and are no keyword."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import reference_impl
from checks import UsageError, examine, story
from checks.case import Case
from checks.examination import Examination
from checks.families import family
from checks.scope.groupings import GROUPINGS, grouped
from checks.scope.limits import Limits, limited
from checks.selftest.diagnosis.by_itself import printed, written
from checks.strategies.cells import GROUPS
from checks.types import Array

#: The same layer right and wrong, as its reader's file holds it: it knows nothing of groups.
LAYERS = '''
import numpy as np


def forward(x, weight, bias=None, stride=1):
    """Each channel of x is a group: weight (C*M, 1, kh, kw)."""
    rows, columns = (stride, stride) if isinstance(stride, int) else stride
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], (2, 3))[:, :, ::rows, ::columns]
    kernels = weight.reshape(x.shape[1], -1, *weight.shape[2:])
    y = np.einsum("nchwij,cmij->ncmhw", windows, kernels)
    y = y.reshape(len(x), len(weight), *y.shape[3:])
    if bias is not None:
        y = y + bias[:, None, None]
    return y.astype(x.dtype), (x, weight, bias, rows, columns)


def gradients(dy, saved):
    x, weight, bias, rows, columns = saved
    (height, width), kernels = dy.shape[2:], weight.reshape(x.shape[1], -1, *weight.shape[2:])
    g, dx, dweight = dy.reshape(len(x), x.shape[1], -1, height, width), np.zeros_like(x), np.zeros_like(kernels)
    for i, j in np.ndindex(weight.shape[2:]):
        cells = np.s_[:, :, i : i + rows * (height - 1) + 1 : rows, j : j + columns * (width - 1) + 1 : columns]
        dx[cells] += np.einsum("ncmhw,cm->nchw", g, kernels[:, :, i, j])
        dweight[:, :, i, j] = np.einsum("ncmhw,nchw->cm", g, x[cells])
    return dx, dweight.reshape(weight.shape), None if bias is None else dy.sum((0, 2, 3))


def backward(dy, saved):
    return gradients(dy, saved)


def turned_backward(dy, saved):
    """Channels of x in the wrong order, which shows where there are two."""
    dx, dweight, dbias = gradients(dy, saved)
    return dx[:, ::-1].copy(), dweight, dbias
'''


class Depthwise:
    """A depthwise convolution as an object that is built for its channels."""

    def __init__(self, in_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0) -> None:
        sides = (kernel_size,) * 2 if isinstance(kernel_size, int) else kernel_size
        self.weight = np.ones((in_channels, 1, *sides))
        self.dweight: Array | None = None
        self.saved: Any = None
        self.stride, self.padding = stride, padding

    def forward(self, x: Array) -> Array:
        """Each channel by itself."""
        weight = self.weight.astype(x.dtype)
        y, self.saved = reference_impl.conv_forward(x, weight, None, self.stride, self.padding, 1, x.shape[1])
        return y

    def backward(self, dy: Array) -> Array:
        """The gradient of the weight is kept."""
        dx, self.dweight, _ = reference_impl.conv_backward(dy, self.saved)
        return dx


def with_groups(x: Array, weight: Array, bias: Array | None = None, groups: int = 1) -> tuple[Array, Any]:
    """A layer that is told its groups, and has a word of its own for any other number."""
    if groups != x.shape[1]:
        raise TypeError("each channel is a group")
    return reference_impl.conv_forward(x, weight, bias, groups=groups)


def on_tensors(x: Any, weight: Any, bias: Any = None, stride: Any = 1, dilation: Any = 1) -> Any:
    """A depthwise convolution as a function of PyTorch."""
    return torch.nn.functional.conv2d(x, weight, bias, stride, 0, dilation, x.shape[1])


def numbers(case: Case) -> tuple[int, int, int]:
    """Groups, and the channels of x and of y in each."""
    found = family("conv").geometry(case)  # type: ignore[attr-defined] # a family of windows
    return found.groups, found.inputs, found.outputs


def judged(examination: Examination) -> list[tuple[int, int, int]]:
    """The same of each case that was judged."""
    return [numbers(case) for case in examination.judged]


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("kind", ["pair", "told its groups", "function", "object"])
def test_a_depthwise_layer_is_examined_with_a_group_for_each_channel(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On many cases of several groups, whether it has a word for them or not."""
    layers = written(LAYERS, tmp_path, monkeypatch)
    pair, told = (layers.forward, layers.backward), (with_groups, reference_impl.conv_backward)
    layer = {"pair": pair, "told its groups": told, "function": on_tensors, "object": Depthwise}[kind]
    found = examine(layer, "conv2d", supports={"groups": "depthwise"}, budget=0.5)
    assert not found.wrong, story(found)
    assert {(inputs, outputs) for _, inputs, outputs in judged(found)} == {(1, 1)}
    several = [groups for groups, _, _ in judged(found) if groups > 1]
    assert 2 * len(several) > len(judged(found)) >= 20


@pytest.mark.parametrize(
    ("said", "outputs"), [("all", {False}), (["depthwise", "all"], {False, True})], ids=["all", "both words"]
)
def test_a_layer_of_several_kernels_a_channel_says_all(
    said: Any, outputs: set[bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several words are several kinds of groups."""
    layers = written(LAYERS, tmp_path, monkeypatch)
    found = examine((layers.forward, layers.backward), "conv2d", supports={"groups": said}, budget=0.5)
    assert not found.wrong, story(found)
    assert {inputs for _, inputs, _ in judged(found)} == {1}
    assert {each == 1 for _, _, each in judged(found)} == outputs


@pytest.mark.usefixtures("plainest")
@pytest.mark.parametrize("said", ["depthwise", "all"])
def test_channels_in_the_wrong_order_are_found_and_the_script_calls_the_layer_without_groups(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On two channels, the fewest that show it."""
    layers = written(LAYERS, tmp_path, monkeypatch)
    found = examine(
        (layers.forward, layers.turned_backward), "conv2d", supports={"groups": said}, laws=["reference"], budget=0.5
    )
    finding = found.findings["reference"]
    assert numbers(finding.shrunk) == (2, 1, 1 if said == "depthwise" else 2)
    assert "groups" not in finding.script
    (told,) = printed([finding.script], tmp_path)
    assert "dx" in told


@pytest.mark.parametrize("said", ["each", ["depthwise", "own"]], ids=str)
def test_a_word_that_says_nothing_of_groups_is_turned_down_with_those_that_do(said: Any) -> None:
    """Before any work."""
    with pytest.raises(UsageError, match=r"supports has groups='(each|own)'; expected .* one, some, all, depthwise; "):
        examine(on_tensors, "conv2d", supports={"groups": said})


def test_the_words_are_those_of_the_cells_and_mean_the_same() -> None:
    """But that one channel is a group of its own, too."""
    sheet = family("conv")
    assert tuple(GROUPINGS) == GROUPS
    for case in sheet.sweep(0, 0):
        assert [f"groups: {word}" for word in GROUPS if grouped(word, case)][:1] == [
            cell for cell in sheet.cells(case) if cell.startswith("groups: ")
        ]


@pytest.mark.parametrize("said", [*GROUPS, ("some", 1), ["one", "depthwise"]], ids=str)
def test_hardly_a_case_cannot_be_brought_to_the_groups_that_are_said(said: Any) -> None:
    """Beside channels by eight, too; and not to one group alone where several are meant."""
    for others in ({}, {"in_channels": 8}):
        limits = Limits(family("conv"), {"groups": said, **others})
        cases = list(family("conv").sweep(0, 100))
        brought = [case for case in map(limits.inside, cases) if limits.takes(case)]
        assert len(brought) >= 0.9 * len(cases)
        assert brought == list(limited(limits).sweep(0, 100))
        assert said == "one" or sum(case.config["groups"] > 1 for case in brought) >= 0.25 * len(cases)


def test_a_kind_of_groups_that_is_refused_each_time_stands_in_the_headline() -> None:
    """By its word."""

    def one_group(x: Array, weight: Array, bias: Array | None = None, groups: int = 1) -> tuple[Array, Any]:
        if groups > 1:
            raise ValueError("one group alone")
        return reference_impl.conv_forward(x, weight, bias)

    pair = (one_group, reference_impl.conv_backward)
    found = examine(pair, "conv2d", supports={"groups": ["one", "some"]}, budget="1ms")
    assert "supports says that it takes groups='some', and it refused every case" in story(found).splitlines()[0]
