"""Kernels on a real GPU: right ones pass, mistakes that only kernels make are found; skipped in sight without one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checks import examine
from checks.corpus.store import Corpus

torch = pytest.importorskip("torch")
if not torch.cuda.is_available():
    pytest.skip("needs a GPU that CUDA reaches", allow_module_level=True)
pytest.importorskip("triton")

from checks.selftest.devices import kernels, placed_kernels  # noqa: E402 - needs all of the above
from checks.selftest.house import ROOT  # noqa: E402 - as above
from checks.selftest.main_job.shell import gradproof  # noqa: E402 - as above
from checks.selftest.main_job.test_readme import blocks  # noqa: E402 - as above

ON = {"device": "cuda"}


def _found(layer: Any, like: str, **more: Any) -> Any:
    """In a process of its own: one that breaks the device leaves it to the next."""
    return examine(layer, like=like, supports=ON, budget="3s", isolate=True, **more)


@pytest.mark.parametrize(
    ("layer", "like"),
    [
        (kernels.Relu, "relu"),
        ((placed_kernels.pair_forward, placed_kernels.pair_backward), "relu"),
        (placed_kernels.OnAWaitingStream, "relu"),
        (kernels.MaxPool, "max_pool1d"),
        (torch.nn.Conv2d(4, 8, 3), "conv2d"),
    ],
)
def test_right_kernels_pass(layer: Any, like: str) -> None:
    """Flushed subnormals, tensor cores and sums in any order are hazards at most."""
    found = _found(layer, like)
    assert not found.wrong
    assert found.hazards.keys() <= {"scaling", "repeatable", "arithmetic"}


@pytest.mark.parametrize(
    ("layer", "like", "law"),
    [
        (kernels.NoTail, "relu", "reference"),
        ((placed_kernels.pair_forward, placed_kernels.pair_backward_without_tail), "relu", "reference"),
        (kernels.AnyStrides, "relu", "layout"),
        (placed_kernels.TrustsExpanded, "relu", "layout"),
        (placed_kernels.OnAStream, "relu", "repeatable"),
        (placed_kernels.OneBuffer, "relu", "results kept"),
        (placed_kernels.Unwritten, "relu", "repeatable"),
        (kernels.Race, "max_pool1d", "adjoint"),
        (kernels.ScaledTap, "conv2d", "reference"),
    ],
)
def test_mistakes_of_kernels_are_found(layer: Any, like: str, law: str) -> None:
    """A tail that is left out, strides that are not looked at, arrays that are not waited for, sums without atomics."""
    assert law in _found(layer, like).findings


def test_an_illegal_access_ends_its_own_process_alone() -> None:
    """The finding names it, and this process still has its GPU."""
    found = _found(kernels.Far, "relu")
    assert "the device answers nothing any more" in found.findings["runs"].verdict.why
    assert torch.ones(1, device="cuda").item() == 1


@pytest.mark.parametrize(("port", "wrong"), [(kernels.Conv, False), (kernels.ScaledTap, True)])
def test_a_port_is_checked_by_digests_that_a_cpu_recorded(port: Any, wrong: bool, tmp_path: Path) -> None:
    """On integers both give the same numbers."""
    target = ("torch.nn.functional:conv2d", "--like", "conv2d")
    assert gradproof("record", *target, "--corpus", str(tmp_path)).code == 0
    found = _found(port, "conv2d", corpus=Corpus(tmp_path), laws=["golden digests"])
    assert found.wrong == wrong


@pytest.mark.parametrize(
    ("layer", "given"),
    [
        (torch.nn.Conv2d(2, 3, 3).cuda(), {"like": "conv2d"}),
        (torch.nn.Linear(4, 3).cuda(), {"inputs": (torch.ones(2, 4, device="cuda"),)}),
        (torch.nn.Embedding(9, 4).cuda(), {"inputs": (torch.tensor([[1, 2], [3, 3]], device="cuda"),)}),
        ((placed_kernels.pair_forward, placed_kernels.pair_backward), {"inputs": (torch.ones(3, 4, device="cuda"),)}),
        (kernels.Relu, {"inputs": (torch.ones(3, 4, device="cuda"),)}),
    ],
)
def test_what_lies_on_a_gpu_is_examined_there(layer: Any, given: Any) -> None:
    """Without a word about it."""
    found = examine(layer, budget="1s", **given)
    assert not found.wrong
    assert found.subject.device.startswith("cuda")


def test_a_mask_that_is_drawn_on_the_cpu_is_the_same_at_each_call() -> None:
    """Both generators begin at the seed of the shapes."""
    found = examine(
        lambda x: x * (torch.rand(x.shape) > 0.5).to(x.device), inputs=(torch.ones(3, 4).cuda(),), budget="1s"
    )
    assert not found.wrong


def test_the_kernel_of_the_readme_is_right(tmp_path: Path) -> None:
    """It runs as it stands there, in a file of its own."""
    (kernel,) = [block for block in blocks("python") if "@triton.jit" in block]
    (tmp_path / "kernel.py").write_text(kernel, encoding="utf-8")
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    run = subprocess.run(
        [sys.executable, "kernel.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith("forward as relu: right by every law")
