"""A test function that may stand in a module and in a class."""

from __future__ import annotations

from typing import Any
from unittest import TestCase

import pytest


class Anywhere(staticmethod):  # type: ignore[type-arg] # which takes none at run time
    """A test function that takes no object where it stands in a class; marks are its function's."""

    def __set_name__(self, owner: type, name: str) -> None:
        """In a case of unittest, which hands its tests nothing, stands a test that says where this one may stand."""
        if issubclass(owner, TestCase):
            setattr(owner, name, _misplaced)

    @property
    def pytestmark(self) -> Any:
        """What pytest keeps its marks in."""
        return self.__func__.pytestmark  # type: ignore[attr-defined] # pytest's own

    @pytestmark.setter
    def pytestmark(self, marks: Any) -> None:
        self.__func__.pytestmark = marks  # type: ignore[attr-defined] # the same


def _misplaced(case: TestCase) -> None:
    """Raises pytest's own outcome."""
    raise pytest.fail.Exception(
        f"layer_tests stands in {type(case).__name__}, a unittest.TestCase, which hands its tests no law; expected it "
        "in a module, or in a class of tests that is no TestCase",
        pytrace=False,
    )
