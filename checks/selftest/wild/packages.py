"""Other people's packages: at which versions they are wanted, which are here, and what happens where one is not."""

from __future__ import annotations

import os
import warnings
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import pytest

#: Under ``tox -e wild`` every package must be here, at its pinned version.
STRICT = "GRADPROOF_WILD"


def pinned() -> dict[str, str]:
    """Versions by package, from requirements.txt."""
    text = Path(__file__).with_name("requirements.txt").read_text(encoding="utf-8")
    lines = (line.partition("==") for line in text.splitlines() if not line.startswith("#"))
    return {name: version for name, _, version in lines}


def here(package: str) -> str:
    """The version of a package that is installed, whatever it was built for; empty where none is."""
    try:
        return metadata.version(package).partition("+")[0]
    except metadata.PackageNotFoundError:
        return ""


def differing() -> dict[str, str]:
    """What is installed instead of each pinned package."""
    found = {name: here(name) for name in pinned()}
    return {name: found[name] or "absent" for name, version in pinned().items() if found[name] != version}


def theirs(module: str, package: str = "") -> Any:
    """A module of a pinned package, whose own warnings on import are not our errors.

    The test module that asks is skipped where the package is absent, and fails where nothing may be absent.
    """
    name = package or module.partition(".")[0]
    if not here(name):
        message = f"{name} is absent; pip install {name}=={pinned()[name]}, or tox -e wild"
        if os.environ.get(STRICT):
            pytest.fail(message, pytrace=False)
        pytest.skip(message, allow_module_level=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module(module)
