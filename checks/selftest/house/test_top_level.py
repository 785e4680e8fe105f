"""The top level holds what the project's user asked for, and nothing else."""

from __future__ import annotations

import subprocess

from checks.selftest.house import ROOT

TOP_LEVEL = {
    ".ci",
    ".github",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "checks",
    "conftest.py",
    "gradproof-corpus",
    "pyproject.toml",
    "reference_impl",
    "tox.ini",
}


def test_top_level_holds_exactly_the_agreed_names() -> None:
    """Git knows exactly the agreed names at the top level, files not yet added included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert {line.partition("/")[0] for line in listing.splitlines()} == TOP_LEVEL
