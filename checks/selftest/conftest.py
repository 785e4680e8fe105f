"""What the tests of the harness share: no corpus of the repository's, no hurry, and nothing that they do not ask."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator

import pytest

from checks import hearing
from checks.adapters.torch_compiling import compiled
from checks.diagnosis import explain, history, own_faults
from checks.scope import spend
from checks.selftest.brief import brief, shrinking, stepping, varying

#: Seconds: many times what the fewest cases take, so that no test depends on what else its machine does.
UNHURRIED = 30.0


@pytest.fixture(scope="session", autouse=True)
def no_corpus() -> Iterator[None]:
    """Commands have no corpus unless a test names one: what planted mistakes show is not for the repository's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADPROOF_CORPUS", "none")
        yield


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    """Examinations with hardly any budget get to their fewest cases, and to every law, on a busy machine too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spend, "GRACE", UNHURRIED)
        patch.setattr(spend, "GRACE_OF_WRONG", UNHURRIED)
        patch.setattr(hearing, "BEYOND", UNHURRIED)
        patch.setattr(history, "SECONDS", UNHURRIED)
        patch.setattr(history, "STARTING", UNHURRIED)
        patch.setattr(explain, "LOOKING", UNHURRIED)
        yield


@pytest.fixture(scope="session", autouse=True)
def faults_are_raised() -> Iterator[None]:
    """A fault of the diagnosis fails its test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own_faults, "FAULTS", ())
        yield


@pytest.fixture(scope="session", autouse=True)
def spared() -> Iterator[None]:
    """What most tests do not ask about is left to the thorough profile."""
    with brief():
        yield


@pytest.fixture(autouse=True)
def nothing_compiled() -> Iterator[None]:
    """No test is slowed down by what an earlier one compiled."""
    yield
    if compiled():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what PyTorch loads only now
            sys.modules["torch._dynamo"].reset()


@pytest.fixture
def plainest() -> Iterator[None]:
    """For tests about the plainest case."""
    with shrinking():
        yield


@pytest.fixture
def every_step() -> Iterator[None]:
    """For tests about derivatives."""
    with stepping():
        yield


@pytest.fixture
def every_variation() -> Iterator[None]:
    """For tests about what examples are varied to, or drawn."""
    with varying():
        yield
