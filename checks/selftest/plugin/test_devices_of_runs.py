"""The device of the command line: layers are moved there, or said to have stayed."""

from __future__ import annotations

import pytest
import torch  # noqa: F401 - what is loaded in a run within this process is forgotten, and PyTorch cannot be loaded twice

from checks.examination import WITNESSES
from checks.selftest.plugin.projects import project, run

__all__ = ["project"]

pytest_plugins = ["pytester"]


def test_a_layer_that_cannot_be_moved_is_said_to_have_stayed(project: pytest.Pytester) -> None:
    """No one shall think that a NumPy layer was examined on a GPU."""
    outcome = run(project, "-k", "test_right and adjoint", "--gradproof-device", "cuda")
    outcome.assert_outcomes(passed=1, deselected=2 * len(WITNESSES) - 1)
    outcome.stdout.fnmatch_lines(["forward stayed on the cpu: --gradproof-device cuda moves PyTorch's layers"])


@pytest.mark.parametrize("name", ["nosuch", "cuda:x", ""])
def test_a_device_of_which_pytorch_never_heard_is_misuse_before_any_test(project: pytest.Pytester, name: str) -> None:
    """Also where all layers are NumPy's, which would not be moved there."""
    outcome = run(project, f"--gradproof-device={name}", "-k", "test_right and adjoint")
    assert outcome.ret == pytest.ExitCode.USAGE_ERROR
    outcome.stderr.fnmatch_lines([f"*--gradproof-device={name} is no device: *expected one of PyTorch's, such as cpu*"])


def test_a_device_that_is_not_there_is_misuse(project: pytest.Pytester) -> None:
    """Not a wrong layer."""
    project.makepyfile(
        test_layers="import torch\nfrom checks import layer_tests\ntest_it = layer_tests(torch.relu, like='relu')\n"
    )
    outcome = run(project, "--gradproof-device=vulkan", "-k", "adjoint")
    outcome.assert_outcomes(failed=1, deselected=len(WITNESSES) - 1)
    assert "device='vulkan' cannot be used" in outcome.stdout.str()


def test_a_layer_that_needs_a_device_is_skipped_in_sight_where_there_is_none(project: pytest.Pytester) -> None:
    """``supports={"device": ...}`` is what the layer itself says."""
    project.makepyfile(
        test_layers="import torch\nfrom checks import layer_tests\n"
        "test_it = layer_tests(torch.relu, like='relu', supports={'device': 'vulkan'})\n"
    )
    outcome = run(project, "-k", "adjoint", "-rs")
    outcome.assert_outcomes(skipped=1, deselected=len(WITNESSES) - 1)
    outcome.stdout.fnmatch_lines(["SKIPPED*device='vulkan' cannot be used*"])


MOVED = """
import torch

def test_moved(verify_layer):
    assert verify_layer(torch.nn.ReLU(), like="relu", budget="1ms", laws=["reference"]).subject.device == "cpu:0"

def test_said(verify_layer):
    found = verify_layer(torch.nn.ReLU(), "relu", budget="1ms", laws=["reference"], supports={"device": "cpu"})
    assert found.subject.device == "cpu"
"""


def test_the_fixture_moves_a_layer_of_pytorch_to_the_device_of_the_command_line(project: pytest.Pytester) -> None:
    """Unless the call says where it computes."""
    project.makepyfile(test_layers=MOVED)
    run(project, "--gradproof-device=cpu:0").assert_outcomes(passed=2)
