"""A test function that may stand in a module and in a class."""

from __future__ import annotations

from typing import Any


class Anywhere(staticmethod):  # type: ignore[type-arg] # which takes none at run time
    """A test function that takes no object where it stands in a class; marks are its function's."""

    @property
    def pytestmark(self) -> Any:
        """What pytest keeps its marks in."""
        return self.__func__.pytestmark  # type: ignore[attr-defined] # pytest's own

    @pytestmark.setter
    def pytestmark(self, marks: Any) -> None:
        self.__func__.pytestmark = marks  # type: ignore[attr-defined] # the same
