"""Pytest plugin: of tests marked ``sweep(what, every)`` one in so many runs by default; the rest is counted and told.

Of what is left, tests marked ``long`` wait for a run of their own (checks/selftest/lengthy.py).

Which ones is the same on every machine, in no order of theirs, and every option of a parameter is among them that has
no more options than tests are kept. The profiles thorough and fuzz run all, and so does whoever selects a test alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import pytest

from checks.profiles import chosen
from checks.selftest import lengthy
from checks.selftest.part import LEFT_OUT, WHOLE, thorough, told, tried


def pytest_configure(config: pytest.Config) -> None:
    """Say what the markers mean."""
    config.addinivalue_line("markers", "sweep(what, every): one of so many of these tests runs by default")
    config.addinivalue_line("markers", lengthy.MARKER)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not tried, after what was asked for was selected."""
    if thorough() or chosen() == "fuzz":
        return
    for leaving in (_of_sweeps, _of_long_ones):
        if left_out := leaving(config, items):
            config.hook.pytest_deselected(items=list(left_out))
            items[:] = [item for item in items if item not in left_out]


def _of_sweeps(config: pytest.Config, items: list[pytest.Item]) -> set[pytest.Item]:
    """Tests of sweeps that are not tried."""
    left_out = set[pytest.Item]()
    for (_, what, every), tests in _sweeps(items).items():
        kept = spread(tests, every)
        left_out |= set(tests) - set(kept)
        _take_note(config, what, len(kept), len(tests))
    return left_out


def _of_long_ones(config: pytest.Config, items: list[pytest.Item]) -> set[pytest.Item]:
    """Long tests that are not tried."""
    left_out = lengthy.left_out(items) if lengthy.spared(config) else set()
    every_one = len(lengthy.long_ones(items))
    _take_note(config, "long tests", every_one - len(left_out), every_one)
    return left_out


def _take_note(config: pytest.Config, what: str, count: int, of: int) -> None:
    """Of one worker: every worker collects the same."""
    if getattr(config, "workerinput", {}).get("workerid", "gw0") == "gw0":
        tried(what, count, of)


def _sweeps(items: Sequence[pytest.Item]) -> dict[tuple[str, str, int], list[pytest.Item]]:
    """Marked tests by the function that they call, what they are, and how many there are for each that is kept."""
    found: dict[tuple[str, str, int], list[pytest.Item]] = {}
    for item in items:
        if mark := item.get_closest_marker("sweep"):
            found.setdefault((item.nodeid.partition("[")[0], *mark.args), []).append(item)
    return found


def spread(tests: Sequence[pytest.Item], every: int) -> list[pytest.Item]:
    """One of so many tests, and those that are needed for every option of the parameters that have few."""
    want = -(-len(tests) // every)
    options = {test: _options(test) for test in tests}
    every_one = set().union(*options.values())
    few = {(name, at) for name, at in every_one if sum(name == other for other, _ in every_one) <= want}
    kept, shown = set[pytest.Item](), set[tuple[str, int]]()
    for test in sorted(tests, key=lambda each: crc32(each.nodeid.encode())):
        if len(kept) < want or options[test] & few - shown:
            kept.add(test)
            shown |= options[test]
    return [test for test in tests if test in kept]


def _options(test: pytest.Item) -> set[tuple[str, int]]:
    """What each parameter of a test is, told by its identity; none where there are no parameters."""
    made_from = getattr(test, "callspec", None)
    return {(name, id(value)) for name, value in made_from.params.items()} if made_from else set()


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
