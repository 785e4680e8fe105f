"""Which of the pinned packages are here stands in the header; under ``tox -e wild`` all must be."""

from __future__ import annotations

import os

import pytest

from checks.selftest.wild.packages import STRICT, differing, pinned


def pytest_report_header() -> str:
    """How many packages are here, and what is not as it is pinned."""
    others = [f"; {name} {version} (pinned {pinned()[name]})" for name, version in differing().items()]
    return f"wild: {len(pinned()) - len(others)} of {len(pinned())} packages as pinned{''.join(others)}"


def pytest_configure() -> None:
    """Refuse to start where anything is missing that must be here.

    Raises pytest.UsageError.
    """
    if os.environ.get(STRICT) and differing():
        raise pytest.UsageError(f"{STRICT} is set and these are not as pinned: {differing()}; run tox -e wild -r")
