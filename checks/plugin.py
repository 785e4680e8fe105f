"""The pytest plugin; opt in with ``pytest_plugins = ["checks.plugin"]``. Loading it imports nothing heavy."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from checks import uncollected
from checks.bound_twice import bound_twice
from checks.pytest_summary import found_by, lines, stayed

#: Packages whose versions matter to a result.
PACKAGES = ("numpy", "torch", "hypothesis")

#: Version of the file that --gradproof-report writes.
SCHEMA = 1

#: Folder of the corpus, beside the tests' configuration; the same as ``checks.corpus.store.FOLDER``.
CORPUS = "gradproof-corpus"

#: The item that runs.
RUNNING = pytest.StashKey[pytest.Item]()

#: What turns it off; the same as ``checks.commands.terminal.NO_CORPUS``.
NO_CORPUS = "none"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, and where the corpus lies."""
    group = parser.getgroup("gradproof", "gradient checks of layers")
    group.addoption(
        "--gradproof-budget",
        metavar="TIME",
        default=None,
        help="most time for one law of one layer (default 2s), or for one call of verify_layer (default 10s)",
    )
    group.addoption(
        "--gradproof-seed",
        metavar="N",
        type=int,
        default=None,
        help="draw the same cases again (default: as Hypothesis)",
    )
    group.addoption(
        "--gradproof-device", metavar="NAME", default="cpu", help="where PyTorch's layers run (default cpu)"
    )
    group.addoption("--gradproof-report", metavar="FILE", default=None, help="write what was found to FILE, as JSON")
    group.addoption(
        "--gradproof-corpus",
        metavar="DIR",
        default=None,
        help=f"counterexamples and golden digests: replayed first, added to; {NO_CORPUS}: no folder "
        f"(default: {CORPUS} where it exists)",
    )
    parser.addini("gradproof_corpus", "the same as --gradproof-corpus, from the top folder of the tests", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Settle where the corpus lies: nowhere, unless somebody says so or the folder exists.

    Raises pytest's UsageError where an option is not understood.
    """
    _demand_options(config.option.gradproof_budget, config.option.gradproof_seed)
    _demand_device(config.option.gradproof_device)
    _demand_writable(config.option.gradproof_report)
    if config.option.gradproof_corpus is None:
        folder = config.rootpath / (config.getini("gradproof_corpus") or CORPUS)
        if config.getini("gradproof_corpus") or folder.is_dir():
            config.option.gradproof_corpus = str(folder)
    if Path(config.option.gradproof_corpus or "").name == NO_CORPUS:  # an ini file's lies in the top folder
        config.option.gradproof_corpus = ""
    _demand_folder(config.option.gradproof_corpus)


def _demand_folder(corpus: str | None) -> None:
    if corpus and Path(corpus).is_file():
        raise pytest.UsageError(
            f"gradproof's corpus {corpus} is a file; expected a folder, or a name where none is yet"
        )


def _demand_options(budget: str | None, number: int | None) -> None:
    if number is not None and number < 0:
        raise pytest.UsageError(f"--gradproof-seed={number}; expected a whole number from 0 on")
    if budget is not None:
        from checks.scope.spend import seconds  # noqa: PLC0415 - heavy: only where there is something to read

        try:
            seconds(budget, "--gradproof-budget ")
        except ValueError as error:
            raise pytest.UsageError(str(error)) from error


def _demand_device(name: str) -> None:
    """Find out before any test runs: where no layer is PyTorch's, nobody else would ask.

    Raises pytest's UsageError where PyTorch knows no such device, whether it is here or not.
    """
    if name != "cpu":
        try:
            import torch  # noqa: PLC0415 - heavy: only for another device

            torch.device(name)
        except (ImportError, RuntimeError) as error:
            reason = str(error).partition("\n")[0]
            raise pytest.UsageError(
                f"--gradproof-device={name} is no device: {reason}; expected one of PyTorch's, such as cpu or cuda"
            ) from error


def _demand_writable(report: str | None) -> None:
    """Find out before any test runs: what was found would be lost.

    Raises pytest's UsageError where the file cannot be written.
    """
    if report:
        from checks.errors import UsageError  # noqa: PLC0415 - heavy: only for runs that ask for a report
        from checks.report.as_json import refuse_unwritable  # noqa: PLC0415 - the same

        try:
            refuse_unwritable(Path(report), "--gradproof-report")
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> Generator[None, object, object]:
    """Look at each name of a test file before its tests are made, and at whether they are.

    Raises pytest's CollectError where a layer has lost it to another: nobody would miss its tests.
    """
    _demand_own_name(collector, name)
    found = yield
    uncollected.look(collector, obj, found)
    return found


def pytest_collection_finish(session: pytest.Session) -> None:
    """Find out which layers were passed over, unless files could not be read to their end."""
    if not session.testsfailed:
        uncollected.keep(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of xdist has found out: it collects, and this process tells."""
    places = getattr(node, "workeroutput", {}).get(uncollected.HANDED, [])
    node.config.stash.setdefault(uncollected.UNCOLLECTED, []).extend(places)


def _demand_own_name(collector: pytest.Module | pytest.Class, name: str) -> None:
    owner = collector.name if isinstance(collector, pytest.Class) else ""
    if lines := bound_twice(collector.path).get((owner, name)):
        first, second = lines
        raise collector.CollectError(
            f"{name} is bound in line {first} and again in line {second} of {collector.path.name}: the layer of line "
            f"{first} would never be tested; expected a name of its own for each layer_tests"
        )


def pytest_report_header(config: pytest.Config) -> str:
    """Versions, seed, profile, device and corpus."""
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    number, folder = config.getoption("gradproof_seed"), config.getoption("gradproof_corpus")
    seed = "as Hypothesis" if number is None else number
    there = f", corpus {folder}{'' if Path(folder).is_dir() else ' (not there yet)'}" if folder else ""
    device = config.getoption("gradproof_device")
    return f"gradproof {_version('gradproof')}: {versions}; seed {seed}, profile {_profile()}, device {device}{there}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Know which item runs: it is told of what a fixture of the whole session finds for it."""
    item.config.stash[RUNNING] = item
    return (yield)


@pytest.fixture(scope="session")
def verify_layer(pytestconfig: pytest.Config) -> Callable[..., Any]:
    """A function with the arguments of ``checks.examine`` that fails the test with the whole story.

    It takes the budget, the seed, the corpus and the device of the command line where the call names none. It is the
    same for all tests, and keeps nothing of one: Hypothesis may call a test with it many times.
    """

    def verify(subject: Any, like: str = "", **keywords: Any) -> Any:
        from checks.api import examine  # noqa: PLC0415 - heavy: only for tests that ask for it
        from checks.pytest_items import moved, plainly, settle  # noqa: PLC0415 - the same

        budget = pytestconfig.getoption("gradproof_budget") or "10s"
        number = pytestconfig.getoption("gradproof_seed") or 0
        corpus = pytestconfig.getoption("gradproof_corpus") or None
        asked = {"budget": budget, "seed": number, "corpus": corpus, **keywords}
        with plainly():
            found = examine(subject, like, **moved(subject, pytestconfig.getoption("gradproof_device"), asked))
        item = pytestconfig.stash[RUNNING]
        settle(item, found, item.nodeid)
        return found

    return verify


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line for each layer that was examined, and what is dangerous about it; the report file, where asked for."""
    found = list(found_by(terminalreporter))
    if said := [*lines(found), *stayed(found, config.getoption("gradproof_device")), *uncollected.told(config)]:
        terminalreporter.section("gradproof")
        for line in said:
            terminalreporter.write_line(line)
    if name := config.getoption("gradproof_report"):
        from checks.report.as_json import saved  # noqa: PLC0415 - heavy: only for runs that ask for a report

        report = {"schema": SCHEMA, "items": [{"item": item, **figures} for item, figures in found]}
        if fault := saved(Path(name), report, "--gradproof-report"):
            terminalreporter.write_line(fault, red=True)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _profile() -> str:
    """Name of the Hypothesis profile, without importing Hypothesis for it."""
    hypothesis = sys.modules.get("hypothesis")
    current = getattr(getattr(hypothesis, "settings", None), "get_current_profile_name", None)
    return str(current()) if current else os.environ.get("GRADPROOF_PROFILE") or "default"
