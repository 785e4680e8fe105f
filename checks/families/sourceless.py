"""A family without a second source, and without configurations that anybody knows."""

from __future__ import annotations

from typing import Any

from checks.case import Case
from checks.errors import UsageError
from checks.family import Family
from checks.subject import Pull, Subject
from checks.types import Array, Arrays, Config

#: Said to whoever asks for one.
_NO_SOURCE = "nothing is claimed, so there is no second source; say what the subject is like (like='conv2d')"


class SourcelessFamily(Family):
    """A family of one subject that claims nothing."""

    @property
    def reference(self) -> Subject:
        """There is none.

        Raises UsageError.
        """
        raise UsageError(_NO_SOURCE)

    def textbook(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """There is none.

        Raises UsageError.
        """
        raise UsageError(_NO_SOURCE)

    def torch_twin(self, torch: Any, tensors: dict[str, Any], config: Config) -> Any:
        """There is none.

        Raises UsageError.
        """
        raise UsageError(_NO_SOURCE)

    def cells(self, case: Case) -> set[str]:
        """None: nothing is known of its configurations."""
        return set()

    def combinations(self, case: Case) -> set[frozenset[str]]:
        """None."""
        return set()

    def unmet(self, combinations: set[frozenset[str]]) -> list[tuple[str, str]]:
        """None."""
        return []
