"""JSON files that are there whole or not at all, whatever kills the writer."""

from __future__ import annotations

import json
import math
import os
import re
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

#: How the name of a file ends that nobody has finished yet; it begins with a dot.
UNFINISHED = ".unfinished"

#: Bytes for which there is room before any work is begun.
ROOM = 4096

#: A list of integers, spread over lines by ``json``.
_NUMBERS = re.compile(r"\[\s+(-?\d+(?:,\s+-?\d+)*)\s+\]")


def write(path: Path, content: dict[str, Any]) -> None:
    """Write the file whole or not at all: next to its place first, then moved there.

    Numbers that JSON lacks (nan, inf, complex) are written as text. Raises OSError where the folder is not writable.
    """
    text = _NUMBERS.sub(_one_line, json.dumps(plain(content), indent=1, allow_nan=False)) + "\n"
    name, folder = f".{path.name}.", path.parent
    with NamedTemporaryFile("w", dir=folder, prefix=name, suffix=UNFINISHED, delete=False, encoding="utf-8") as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise
    Path(file.name).chmod(0o666 & ~_umask())
    Path(file.name).replace(path)


def unwritten(path: Path, content: dict[str, Any]) -> str:
    """Write the file whole or not at all; gives why it cannot be written, or nothing."""
    try:
        write(path, content)
    except OSError as error:
        return f"{path} cannot be written ({error.strerror or error})"
    return ""


def demand_room(folder: Path) -> None:
    """Raise OSError where the folder takes no file, or none that holds anything."""
    with NamedTemporaryFile(dir=folder) as file:
        file.write(bytes(ROOM))


def plain(value: Any) -> Any:
    """The value in what JSON has: what it lacks becomes text."""
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(plain, value))
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return float(value) if isinstance(value, float) and math.isfinite(value) else str(value)


def _one_line(found: re.Match[str]) -> str:
    return "[" + re.sub(r"\s+", " ", found[1]) + "]"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
