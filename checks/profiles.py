"""Hypothesis profiles: how many examples, whether they repeat, and what is kept between runs.

dev       quick, random, remembers failures in Hypothesis' own database; the default
ci        the same examples on every machine, with a blob that reproduces a failure; the default where CI is set
thorough  more examples than ci, as repeatable; the tests try all of their long sweeps, not a part of each
fuzz      many random examples, remembered in a database of their own; for long runs

No profile has a deadline or judges the time that drawing takes: a slow machine is not a wrong layer.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

from checks.errors import UsageError

#: Environment variable that names the profile.
VARIABLE = "GRADPROOF_PROFILE"

#: The profiles, quickest first.
NAMES = ("dev", "ci", "thorough", "fuzz")

#: The profile under which nothing of a sweep is left out.
THOROUGH = "thorough"

#: Where the fuzz profile keeps what it found, from the folder in which pytest runs.
FUZZ_DATABASE = ".hypothesis/fuzz"


def register() -> None:
    """Make every profile known to Hypothesis; harmless when repeated."""
    # The parent is named because Hypothesis picks another default by itself where CI is set.
    base = settings(settings.get_profile("default"), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("dev", base, max_examples=15)
    for name, count in (("ci", 20), (THOROUGH, 60)):
        settings.register_profile(name, base, max_examples=count, derandomize=True, database=None, print_blob=True)
    database = DirectoryBasedExampleDatabase(FUZZ_DATABASE)
    settings.register_profile("fuzz", base, max_examples=5000, database=database, print_blob=True)


def chosen(environment: Mapping[str, str] = os.environ) -> str:
    """Name of the profile that the environment asks for: GRADPROOF_PROFILE, else ``ci`` where CI is set, else ``dev``.

    Raises UsageError where GRADPROOF_PROFILE names no profile.
    """
    name = environment.get(VARIABLE) or ("ci" if environment.get("CI") else "dev")
    if name not in NAMES:
        raise UsageError(f"{VARIABLE}={name!r} names no profile; expected one of {', '.join(NAMES)}")
    return name


def load() -> None:
    """Register the profiles and put the chosen one in force.

    Raises UsageError where GRADPROOF_PROFILE names no profile.
    """
    register()
    settings.load_profile(chosen())
