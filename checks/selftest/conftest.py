"""What the tests of the harness share: no corpus of the repository's, no hurry, and a word on what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from checks import hearing
from checks.scope import spend
from checks.selftest.brief import brief, shrinking, stepping
from checks.selftest.part import LEFT_OUT, WHOLE, told

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
        patch.setattr(hearing, "BEYOND", UNHURRIED)
        yield


@pytest.fixture(scope="session", autouse=True)
def spared() -> Iterator[None]:
    """What most tests do not ask about is left to the thorough profile."""
    with brief():
        yield


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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of several hands over what it has left out."""
    if (said := getattr(session.config, "workeroutput", None)) is not None:
        said["left out"], said["whole"] = dict(LEFT_OUT), dict(WHOLE)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What all workers have left out together."""
    said = getattr(node, "workeroutput", {})
    LEFT_OUT.update(said.get("left out", {}))
    WHOLE.update(said.get("whole", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nothing passes in silence."""
    if told():
        terminalreporter.section("sweeps in part")
        terminalreporter.write_line(told())
