"""Readers of the repository's configuration files."""

from __future__ import annotations

import re
import tomllib
from configparser import ConfigParser
from typing import Any

from checks.selftest.house import ROOT


def text(name: str) -> str:
    """Contents of a file, by its path from the top level."""
    return (ROOT / name).read_text(encoding="utf-8")


def pyproject() -> dict[str, Any]:
    """The tables of pyproject.toml."""
    return tomllib.loads(text("pyproject.toml"))


def dependencies() -> set[str]:
    """Names of the packages that a user's installation brings along."""
    return {re.split(r"[^\w-]", line)[0] for line in pyproject()["project"]["dependencies"]}


def tox() -> dict[str, dict[str, str]]:
    """Each environment of tox.ini with its settings, nothing substituted."""
    parser = ConfigParser(interpolation=None)
    parser.read_string(text("tox.ini"))
    marked = (name for name in parser.sections() if name.startswith("testenv:"))
    return {name.removeprefix("testenv:"): dict(parser[name]) for name in marked}
