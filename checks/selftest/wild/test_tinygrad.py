"""tinygrad: methods of its tensors, compiled for the CPU one kernel at a time."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from checks import Framework, verify
from checks.selftest.wild.packages import theirs

tinygrad = theirs("tinygrad")
theirs("ziglang")
Tensor = tinygrad.Tensor

#: tinygrad in three functions: from then on each method of its tensors is a layer.
in_tinygrad = Framework(
    tensor=Tensor,
    array=lambda tensor: tensor.numpy(),
    gradients=lambda y, tensors, dy: y.gradient(*tensors, gradient=dy),
)

#: Each new shape is compiled anew, so only the laws that ask for no shape but the case's own.
LAWS = ["reference", "torch", "adjoint", "sums", "kinks", "arguments unchanged", "repeatable", "dtype"]

#: Zig's C compiler is clang; what tinygrad calls a target has another name there.
_ZIG = """#!/bin/sh
for word do
    shift
    case "$word" in
        --target=x86_64-*) set -- "$@" -target x86_64-linux-musl ;;
        --target=arm64-*) set -- "$@" -target aarch64-linux-musl ;;
        *) set -- "$@" "$word" ;;
    esac
done
exec {python} -m ziglang cc "$@" -g0 -fno-sanitize=all -fno-stack-protector
"""


@pytest.fixture(scope="module", autouse=True)
def _clang(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A clang for tinygrad where the machine has none, and nothing kept between runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEV", "CPU")
        if not shutil.which("clang"):
            script = tmp_path_factory.mktemp("clang") / "clang"
            script.write_text(_ZIG.format(python=sys.executable), encoding="utf-8")
            script.chmod(0o700)
            patch.setenv("CC", str(script))
        yield


RIGHT = [
    pytest.param(Tensor.conv2d, "conv2d", id="conv2d"),
    pytest.param(Tensor.max_pool2d, "max_pool2d", id="max_pool2d"),
    pytest.param(Tensor.avg_pool2d, "avg_pool2d", id="avg_pool2d"),
    pytest.param(Tensor.relu, "relu", id="relu"),
]


@pytest.mark.parametrize(("method", "like"), RIGHT)
def test_the_layers_of_tinygrad_are_right(method: Any, like: str) -> None:
    """What a method takes is read from its signature and found by trying."""
    assert verify(in_tinygrad(method), like, budget="1s", laws=LAWS).compared
