"""Files that the code of this process opens to write: what a layer leaves on its user's disk is told."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

#: Every file that was opened to write since ``watch``, and how often.
_opened: Counter[str] = Counter()

#: Folders that hold what may be lost and made again, by a part of their path below the one that it is told from.
CACHES = ("__pycache__", "/.", "/dev/", "/proc/")


@cache
def watch() -> Path:
    """Note from now on, to the end of this process, which files are opened to write: for a process of its own.

    Returns the folder in which that began.
    """
    sys.addaudithook(_note)
    return Path.cwd()


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(arguments[0], (str, bytes)) and _writes(*arguments[1:3]):
        _opened[os.path.abspath(os.fsdecode(arguments[0]))] += 1  # noqa: PTH100 - it makes no objects, and is quick


def _writes(mode: str | None, flags: int) -> bool:
    return bool(set(mode or "") & set("wax+")) or bool(flags & (os.O_WRONLY | os.O_RDWR))


def written() -> Counter[str]:
    """How often each file was opened to write that is still there, by its path; none of a cache or for a moment."""
    return Counter({_told(path): count for path, count in _opened.copy().items() if _stays(path)})


def _stays(path: str) -> bool:
    """Whether a file is there, and not in a cache or in the system's folder for what is needed for a moment."""
    temporary = Path(tempfile.gettempdir())
    passing = Path(path).is_relative_to(temporary) and not watch().is_relative_to(temporary)
    return Path(path).is_file() and not passing and not any(part in f"/{_told(path)}" for part in CACHES)


def _told(path: str) -> str:
    return str(Path(path).relative_to(watch())) if Path(path).is_relative_to(watch()) else path
