"""The script of a layer that takes one call's settings for another's calls it with both."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks import examine
from checks.selftest.diagnosis import by_itself

pytestmark = pytest.mark.usefixtures("plainest")

#: A convolution that spreads dy in a buffer which it finds again by its shape, whatever was left there.
PAIR = """
import numpy as np

from reference_impl import conv_backward, conv_forward

kept = {}


def forward(x, weight, bias=None, stride=1):
    y, saved = conv_forward(x, weight, bias, stride=stride)
    return y, (saved, x.shape, weight, stride)


def backward(dy, both):
    saved, shape, weight, stride = both
    _, dweight, dbias = conv_backward(dy, saved)
    step, (taps,) = stride if isinstance(stride, int) else stride[0], weight.shape[2:]
    spread = kept.setdefault((*dy.shape[:2], shape, taps, dy.dtype), np.zeros((*dy.shape[:2], shape[2] + taps - 1)))
    spread[:, :, taps - 1 : taps - 1 + step * dy.shape[2] : step] = dy
    flipped = weight[:, :, ::-1].swapaxes(0, 1)
    return conv_forward(spread, flipped.astype(spread.dtype))[0].astype(dy.dtype), dweight, dbias
"""


def test_both_settings_are_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the other one between there is nothing to be seen; the script runs, and prints what was seen."""
    monkeypatch.syspath_prepend(tmp_path)
    module = by_itself.written(PAIR, tmp_path, monkeypatch)
    layer = (module.forward, module.backward)
    found = examine(layer, like="conv1d", laws=["settings"], budget="4s", supports={"dtype": "float64"})
    finding = found.findings["settings"]
    assert "stride=1" in finding.script
    assert "stride=2" in finding.script or "stride=3" in finding.script
    (said,) = by_itself.printed([finding.script], tmp_path)
    worst = finding.shrunk_verdict.worst
    assert worst is not None
    assert f" {worst.got} " in said


#: A convolution that finds indices again by the shapes of x, weight and y, whatever the dilation.
FOUND_AGAIN = """
import numpy as np

from reference_impl import conv_backward, conv_forward

kept = {}


def forward(x, weight, bias=None, stride=1, dilation=1):
    y, _ = conv_forward(x, weight, bias, stride=stride, dilation=dilation)
    used = kept.setdefault((x.shape, weight.shape, y.shape, str(stride)), dilation)
    return conv_forward(x, weight, bias, stride=stride, dilation=used)


def backward(dy, saved):
    return conv_backward(dy, saved)
"""


def test_what_the_law_asks_beside_is_no_call_of_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the other settings are wrong on other arrays, too: what comes of two calls alone is shown by those."""
    monkeypatch.syspath_prepend(tmp_path)
    module = by_itself.written(FOUND_AGAIN, tmp_path, monkeypatch)
    layer, only = (module.forward, module.backward), {"dtype": "float64"}
    found = examine(layer, like="conv2d", laws=["settings"], budget="1ms", supports=only)
    finding = found.findings["settings"]
    assert [finding.script.count(f" = forward{number}(") for number in ("", 2)] == [1, 1], finding.unscripted
    (said,) = by_itself.printed([finding.script], tmp_path)
    assert finding.shrunk_verdict.worst is not None
    assert f"{finding.shrunk_verdict.worst.got}" in said


#: A convolution of channels last that is built anew for each weight, and errs where it is told one number twice.
OF_PAIRS = """
import numpy as np

from reference_impl import conv_backward, conv_forward


class Paired:
    def __init__(self, kernel, strides=1):
        self.kernel, self.strides = np.array(kernel), strides
        self.times = 2 if isinstance(strides, tuple) and len(set(strides)) == 1 else 1

    def forward(self, x):
        weight = self.kernel.transpose(3, 2, 0, 1)
        y, self.saved = conv_forward(x.transpose(0, 3, 1, 2), weight, stride=self.strides)
        return self.times * y.transpose(0, 2, 3, 1)

    def backward(self, dy):
        dx, dweight, _ = conv_backward(self.times * dy.transpose(0, 3, 1, 2), self.saved)
        self.dkernel = dweight.transpose(2, 3, 1, 0)
        return dx.transpose(0, 2, 3, 1)
"""


def test_a_layer_that_is_built_for_each_settings_is_written_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With transposes around both; each calls its own."""
    layer = by_itself.written(OF_PAIRS, tmp_path, monkeypatch).Paired
    supports = {"layout": "NHWC"}
    finding = examine(layer, like="conv2d", laws=["settings"], budget="1s", supports=supports).findings["settings"]
    assert "ahead2, back2 = forward2, backward2" in finding.script
    (said,) = by_itself.printed([finding.script], tmp_path)
    worst = finding.shrunk_verdict.worst
    assert worst is not None
    assert f" {worst.got} " in said
