"""A few numbers that both processes see: who works there, since when a call runs, on what shape, for which witness."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import RawArray
from typing import Any

from checks.spawning import unstarted
from checks.types import Shape

#: Places of the numbers.
PID, SINCE, CALL, WITNESS = range(4)

#: Behind them stand the number of axes of the first array that the call was handed, and their lengths.
AXES, MOST_AXES = 4, 8

#: Names of calls, by their number.
CALLS = ("forward", "backward", "forward and backward")

#: Stands for the subject's plain call, before any witness is heard.
NOBODY = -1


class Desk:
    """Shared numbers; passed to a process when it starts.

    Raises UsageError where there is no room for them: they lie in a temporary file.
    """

    def __init__(self) -> None:
        try:
            self._numbers: Any = RawArray("d", AXES + 1 + MOST_AXES)
        except OSError as error:
            raise unstarted(error) from error
        self.clear()

    def clear(self) -> None:
        """As before any process."""
        self._numbers[:] = [0, 0, 0, NOBODY, *[0] * (1 + MOST_AXES)]

    @property
    def pid(self) -> int:
        """Of the process that works; 0 before it does."""
        return int(self._numbers[PID])

    @pid.setter
    def pid(self, value: int) -> None:
        self._numbers[PID] = value

    @property
    def witness(self) -> int:
        """Place of the witness that is heard, or ``NOBODY``."""
        return int(self._numbers[WITNESS])

    @witness.setter
    def witness(self, value: int) -> None:
        self._numbers[WITNESS] = value

    @property
    def call(self) -> str:
        """Name of the call of the subject that runs; empty where none does."""
        return CALLS[int(self._numbers[CALL])] if self._numbers[SINCE] else ""

    @property
    def shape(self) -> Shape:
        """That of the first array which this call was handed, its first axes alone if there are more."""
        axes = int(self._numbers[AXES])
        return tuple(map(int, self._numbers[AXES + 1 : AXES + 1 + axes]))

    @property
    def running(self) -> float:
        """Seconds since that call began; 0 where none runs."""
        since: float = self._numbers[SINCE]
        return time.monotonic() - since if since else 0.0

    @contextmanager
    def calling(self, name: str, shape: Shape) -> Iterator[None]:
        """Around a call of the subject, that is handed an array of this shape first."""
        lengths = shape[:MOST_AXES]
        self._numbers[AXES : AXES + 1 + len(lengths)] = [len(lengths), *lengths]
        self._numbers[CALL] = CALLS.index(name)
        self._numbers[SINCE] = time.monotonic()
        try:
            yield
        finally:
            self._numbers[SINCE] = 0.0
