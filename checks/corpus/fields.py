"""Fields of a file, each of the kind that it must be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from checks.errors import CorpusError

T = TypeVar("T")


def field_of(content: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """A field of this kind.

    Raises CorpusError where it is missing or of another.
    """
    value = content.get(name)
    if type(value) is not kind:
        shown = "missing" if name not in content else f"{value!r:.60}"
        raise CorpusError(f"{name} is {shown}; expected {kind.__name__}")
    return value


def text_of(content: Mapping[str, Any], name: str) -> str:
    """A field that is text.

    Raises CorpusError where it is something else.
    """
    return field_of(content, name, str)


def texts_of(content: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """A list of texts, or a mapping from texts to texts.

    Raises CorpusError where it is something else.
    """
    found: Any = field_of(content, name, kind)
    values = found.values() if isinstance(found, dict) else found
    if not all(isinstance(value, str) for value in values):
        raise CorpusError(f"{name} is {found!r:.60}; expected texts")
    return found  # type: ignore[no-any-return] # of this kind, as field_of says


def moment_of(content: Mapping[str, Any], name: str) -> str:
    """A moment in ISO format, as it stands.

    Raises CorpusError where it is none.
    """
    text = text_of(content, name)
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise CorpusError(f"{name} is {text!r}; expected a moment such as {datetime.now(UTC).isoformat()}") from error
    return text
