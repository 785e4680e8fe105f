"""What a long run knows so far, in a file from which another run goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from checks.errors import UsageError
from checks.json_file import unwritten

T = TypeVar("T")


def load(path: Path, schema: int, kind: Callable[..., T]) -> dict[str, T]:
    """What an earlier run has written of each row, each a ``kind`` of dataclass; nothing where there is no file.

    Raises UsageError where the file is something else, or of another ``schema``.
    """
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != schema:
            raise UsageError(f"{path} has schema {content['schema']}; expected {schema}; name another file by --state")
        return {title: kind(**found) for title, found in content["rows"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} holds no state of such a run ({error}); name another file by --state") from error


def save(path: Path, schema: int, known: Mapping[str, Any], own: Iterable[str]) -> str:
    """Write down what is known of a run's ``own`` rows; gives why it cannot be written and what to do, or nothing.

    The file is there whole or not at all. Rows that another run has written there meanwhile stay as they are.
    """
    rows = {**_written(path, schema, known), **{title: asdict(known[title]) for title in own if title in known}}
    fault = unwritten(path, {"schema": schema, "rows": rows})
    return fault and f"{fault}, and so the next run does not go on from here; free some room, or name another --state"


def _written(path: Path, schema: int, known: Mapping[str, Any]) -> Mapping[str, Any]:
    """The rows that stand in the file now; those that were known where it is gone, or no such file any more."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] == schema:
            return dict(content["rows"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return {title: asdict(found) for title, found in known.items()}
