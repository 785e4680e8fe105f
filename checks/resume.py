"""What a long run knows so far, in a file from which another run goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypeVar

from checks.errors import UsageError
from checks.json_file import unwritten
from checks.one_writer import one_writer


class Row(Protocol):
    """What is known of a layer: a dataclass of numbers, texts, lists and dictionaries."""

    def since(self, before: Self, there: Self) -> Self:
        """What ``there`` stands in the file by now, together with what this run knows more than ``before``."""


T = TypeVar("T", bound=Row)


class State(Generic[T]):
    """What is known of each row, and the file in which it is written down; as many runs as like share a file."""

    def __init__(self, path: Path, schema: int, kind: Callable[..., T]) -> None:
        """Go on from what an earlier run has written.

        Raises UsageError where the file is something else, or of another ``schema``.
        """
        self._path, self._schema, self._kind = path, schema, kind
        self.rows = load(path, schema, kind)
        self._before = deepcopy(self.rows)

    def save(self, own: Iterable[str]) -> str:
        """Write down what is known of a run's ``own`` rows; gives why it cannot be written and what to do, or nothing.

        The file is there whole or not at all. What another run has written there meanwhile is counted in.
        """
        now = {title: deepcopy(self.rows[title]) for title in own if title in self.rows}
        with one_writer(self._path.parent):
            fault = unwritten(self._path, {"schema": self._schema, "rows": self._joined(now)})
        if fault:
            return f"{fault}, and so the next run does not go on from here; free some room, or name another --state"
        self._before |= now
        return ""

    def _joined(self, now: Mapping[str, T]) -> dict[str, Any]:
        there = self._there()
        new = {title: row.since(self._of(title, self._before), self._of(title, there)) for title, row in now.items()}
        return {title: asdict(row) for title, row in (there | new).items()}  # type: ignore[call-overload]

    def _there(self) -> dict[str, T]:
        """The rows that stand in the file now; those that were known where it is gone, or no such file any more."""
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            if content["schema"] == self._schema:
                return _rows(content, self._kind)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        return dict(self._before)

    def _of(self, title: str, rows: Mapping[str, T]) -> T:
        return rows[title] if title in rows else self._kind()


def load(path: Path, schema: int, kind: Callable[..., T]) -> dict[str, T]:
    """What an earlier run has written of each row, each a ``kind`` of dataclass; nothing where there is no file.

    Raises UsageError where the file is something else, or of another ``schema``.
    """
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] == schema:
            return _rows(content, kind)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} holds no state of such a run ({error}); name another file by --state") from error
    raise UsageError(f"{path} has schema {content['schema']!r}; expected {schema}; name another file by --state")


def _rows(content: Mapping[str, Any], kind: Callable[..., T]) -> dict[str, T]:
    return {title: kind(**found) for title, found in content["rows"].items()}
