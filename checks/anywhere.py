"""A test function that may stand in a module and in a class."""

from __future__ import annotations

import sys
from typing import Any
from unittest import TestCase

import pytest

#: Every test function that was made in this process.
MADE: list[Anywhere] = []

#: What stands between it and the line of a test file that asked for it.
_BETWEEN = frozenset({__name__, "checks.pytest_items", "checks.asking"})


class Anywhere(staticmethod):  # type: ignore[type-arg] # which takes none at run time
    """A test function that takes no object where it stands in a class; marks are its function's.

    ``file`` and ``line`` say where it was asked for. ``tested``: pytest made items of it; ``passed_over``: it looked at
    its name and did not; ``spoken_for``: it stands in a class of tests.
    """

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        self.file, self.line = _asked_for()
        self.tested = self.passed_over = self.spoken_for = False
        MADE.append(self)

    @property
    def lost(self) -> bool:
        """Whether nobody will ever run it."""
        return not self.tested and (self.passed_over or not self.spoken_for)

    def __set_name__(self, owner: type, name: str) -> None:
        """In a case of unittest, which hands its tests nothing, stands a test that says where this one may stand."""
        if issubclass(owner, TestCase):
            self.tested = True
            setattr(owner, name, _misplaced)

    @property
    def pytestmark(self) -> Any:
        """What pytest keeps its marks in."""
        return self.__func__.pytestmark  # type: ignore[attr-defined] # pytest's own

    @pytestmark.setter
    def pytestmark(self, marks: Any) -> None:
        self.__func__.pytestmark = marks  # type: ignore[attr-defined] # the same


def _asked_for() -> tuple[str, int]:
    frame = sys._getframe()  # noqa: SLF001 - the way to a caller that costs nothing
    while frame.f_back is not None and frame.f_globals.get("__name__") in _BETWEEN:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def _misplaced(case: TestCase) -> None:
    """Raises pytest's own outcome."""
    raise pytest.fail.Exception(
        f"layer_tests stands in {type(case).__name__}, a unittest.TestCase, which hands its tests no law; expected it "
        "in a module, or in a class of tests that is no TestCase",
        pytrace=False,
    )
