"""What a user names on the command line: families, layers, and a subject as ``module:attribute``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from checks.errors import UsageError
from checks.families import families
from checks.family import Family
from checks.subject import Subject
from checks.sweep import Job, jobs


def subject_of(text: str, sheet: Family) -> Subject:
    """The subject that ``text`` names, ``module:attribute`` with the module in the current folder or installed.

    The reference of the family where ``text`` is empty. Raises UsageError where nothing, or no subject, is found.
    """
    return load(text) if text else sheet.reference


def load(text: str) -> Subject:
    """The subject at ``module:attribute``.

    Raises UsageError that names the nearest attributes, or shows how to make a subject.
    """
    name, separator, attribute = text.partition(":")
    if not separator or not name or not attribute:
        raise UsageError(f"subject {text!r} is not understood; expected MODULE:ATTRIBUTE, such as my_layers:conv")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        module = import_module(name)
    except ImportError as error:
        raise UsageError(
            f"subject {text!r}: module {name!r} cannot be imported ({error}); expected a module in {here} or installed"
        ) from error
    found = getattr(module, attribute, None)
    if isinstance(found, Subject):
        return found
    what = f"is a {type(found).__name__}" if hasattr(module, attribute) else "does not exist"
    raise UsageError(
        f"subject {text!r}: {attribute!r} {what}{near(attribute, vars(module))}; expected a checks.subject.Subject, "
        "such as numpy_pair('my conv', forward, backward, ('x', 'weight', 'bias')) from checks.adapters.numpy_pair"
    )


def known_families(names: Sequence[str]) -> list[str]:
    """The families of these names; all where there are none.

    Raises UsageError that names the nearest ones.
    """
    for name in names:
        if name not in families():
            listed = ", ".join(families())
            raise UsageError(f"family {name!r} is unknown{near(name, families())}; expected one of {listed}")
    return list(names) or list(families())


def selected(seed: int, count: int, names: Sequence[str], text: str) -> tuple[Job, ...]:
    """The rows of these families in whose title ``text`` stands, capitals aside.

    Raises UsageError that names the nearest titles where there is none.
    """
    rows = [job for job in jobs(seed, count) if job.family in names]
    found = tuple(job for job in rows if text.lower() in job.title.lower())
    if not found:
        words = [word for job in rows for word in [job.title, *job.title.split()]]
        raise UsageError(
            f"layer {text!r} stands in no title{near(text, words)}; expected a part of one of {len(rows)} titles, "
            f"such as {rows[0].title} or {rows[-1].title}"
        )
    return found


def near(name: str, options: Iterable[str]) -> str:
    """`` (did you mean ...?)`` with the options that look like ``name``; empty where none does."""
    capitals = {option.lower(): option for option in options}
    found = get_close_matches(name.lower(), capitals, n=3, cutoff=0.5)
    return f" (did you mean {' or '.join(capitals[option] for option in found)}?)" if found else ""
