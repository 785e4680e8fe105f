"""The Hypothesis profiles are the ones that the environment asks for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import settings

from checks.errors import UsageError
from checks.profiles import NAMES, VARIABLE, chosen, register
from checks.selftest.house import ROOT

CHOICES = [
    ({}, "dev"),
    ({"CI": "true"}, "ci"),
    ({VARIABLE: "fuzz"}, "fuzz"),
    ({VARIABLE: "dev", "CI": "true"}, "dev"),
    ({VARIABLE: "", "CI": "true"}, "ci"),
]
SHOWN = "from checks.profiles import load; from hypothesis import settings; load(); print(settings().derandomize)"


@pytest.mark.parametrize(("environment", "name"), CHOICES)
def test_the_environment_chooses_the_profile(environment: dict[str, str], name: str) -> None:
    """GRADPROOF_PROFILE wins, then CI, then dev."""
    assert chosen(environment) == name


def test_an_unknown_profile_is_refused_with_the_names() -> None:
    """The message shows the value and the profiles that exist."""
    with pytest.raises(UsageError, match="'quick' names no profile; expected one of dev, ci, thorough, fuzz"):
        chosen({VARIABLE: "quick"})


def test_ci_repeats_itself_and_fuzz_remembers() -> None:
    """The profile ci draws the same examples everywhere; fuzz draws more, anew, into a database."""
    register()
    dev, ci, thorough, fuzz = (settings.get_profile(name) for name in NAMES)
    assert (ci.derandomize, ci.database, ci.print_blob) == (True, None, True)
    assert (thorough.derandomize, thorough.database) == (ci.derandomize, ci.database)
    assert (fuzz.derandomize, fuzz.print_blob) == (False, True)
    assert fuzz.database is not None
    assert dev.max_examples < ci.max_examples < thorough.max_examples < fuzz.max_examples
    assert {profile.deadline for profile in (dev, ci, fuzz)} == {None}


@pytest.mark.parametrize(("name", "repeats"), [("dev", "False"), ("ci", "True")])
def test_a_profile_is_the_same_with_and_without_ci(name: str, repeats: str) -> None:
    """Where CI is set Hypothesis changes its own default; a profile that was asked for does not follow it."""
    environment = {**os.environ, VARIABLE: name, "CI": "true"}
    command = [sys.executable, "-c", SHOWN]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == repeats
