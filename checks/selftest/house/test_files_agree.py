"""What one file of the repository says about another is true."""

from __future__ import annotations

import re

import pytest

from checks.selftest.house.files import dependencies, pyproject, text, tox

DEFAULT = ["lint", "types", "tests"]


def declared_pythons() -> list[str]:
    """Python versions that the package declares, oldest first."""
    lines = "\n".join(pyproject()["project"]["classifiers"])
    return re.findall(r"^Programming Language :: Python :: (3\.\d+)$", lines, re.MULTILINE)


def test_declared_and_tested_pythons_agree() -> None:
    """CI runs exactly the Python versions that the classifiers declare."""
    (matrix,) = re.findall(r"^ +python: \[(.*)\]$", text(".github/workflows/ci.yml"), re.MULTILINE)
    assert re.findall(r"[\d.]+", matrix) == declared_pythons()


def test_oldest_python_is_the_required_one() -> None:
    """The package requires the oldest Python that it declares, and the tools read the version from there."""
    config = pyproject()
    assert config["project"]["requires-python"] == f">={declared_pythons()[0]}"
    assert "target-version" not in config["tool"]["ruff"]
    assert "python_version" not in config["tool"]["mypy"]


@pytest.mark.parametrize("name", ["README.md", ".github/workflows/ci.yml", ".github/workflows/thorough.yml"])
def test_every_tox_environment_that_a_file_names_exists(name: str) -> None:
    """Each ``-e NAME`` in README and in the workflow is an environment of tox.ini."""
    named = {env for envs in re.findall(r"(?:tox|run) -e ([\w,]+)", text(name)) for env in envs.split(",")}
    assert named, f"{name} names no tox environment"
    assert named <= tox().keys()


@pytest.mark.parametrize("command", ["pip install tox && tox", "pip install tox && tox -e verify"])
def test_readme_gives_the_two_commands(command: str) -> None:
    """README shows, on a line of its own, the command that tests and the command that does the main job."""
    assert re.search(rf"^ *(\$ )?{re.escape(command)} *(#.*)?$", text("README.md"), re.MULTILINE)


def test_plain_tox_runs_lint_types_and_tests() -> None:
    """The default environments are the ones that README promises, each with its own description."""
    (default,) = re.findall(r"^env_list = (.*)$", text("tox.ini"), re.MULTILINE)
    assert default.split(", ") == DEFAULT
    assert all(settings.get("description") for settings in tox().values())


def test_torchless_installs_every_dependency_but_torch() -> None:
    """The environment without PyTorch holds what the package depends on, less one."""
    assert set(tox()["torchless"]["deps"].split()) == dependencies() - {"torch"}


def test_one_ruff_everywhere() -> None:
    """What runs before a commit is the ruff that ``tox -e lint`` runs."""
    before_commit = re.findall(r"ruff==[\d.]+", text(".pre-commit-config.yaml"))
    assert set(before_commit) == {tox()["lint"]["deps"]}


def test_every_ignored_rule_has_its_reason() -> None:
    """No ruff rule is switched off in pyproject.toml without a comment that says why."""
    rules = re.findall(r'^  "[A-Z]+\d*",?.*$|= \["[A-Z]+\d+"\].*$', text("pyproject.toml"), re.MULTILINE)
    assert rules
    assert [rule for rule in rules if " # " not in rule] == []
