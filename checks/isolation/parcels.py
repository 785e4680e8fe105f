"""What travels between a subject's own process and its keeper's: packed on one side, opened on the other."""

from __future__ import annotations

import marshal
from collections import ChainMap
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from types import CodeType
from typing import Any, ClassVar

import cloudpickle

from checks.errors import UsageError


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc] # it has no types
    """Code keeps the name of its file, which cloudpickle would drop: a crash is told with its place."""

    dispatch_table: ClassVar[Any] = ChainMap(
        {CodeType: lambda code: (marshal.loads, (marshal.dumps(code),))}, cloudpickle.Pickler.dispatch_table
    )


def packed(thing: Any, name: str) -> bytes:
    """Bytes that travel between processes.

    Raises UsageError where it cannot travel.
    """
    found = BytesIO()
    with _travelling(f"{name} cannot be sent to a process of its own"):
        _Pickler(found).dump(thing)
    return found.getvalue()


def loaded(parcel: bytes) -> Any:
    """What ``packed`` packed.

    Raises UsageError where it cannot be put together here: a class may refuse what another process sent.
    """
    with _travelling("the layer, as it was sent, cannot be opened in a process of its own"):
        return cloudpickle.loads(parcel)


@contextmanager
def _travelling(failed: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise UsageError(
            f"{failed} ({type(error).__name__}: {error}); keep locks, files and handles out of the layer "
            "(those of ctypes, too), or build it in a module and name it: gradproof check MODULE:LAYER; or examine it "
            "in this process with isolate=False"
        ) from error
