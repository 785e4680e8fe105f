"""What the tests of the harness find on planted mistakes is not for the repository's corpus."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_corpus() -> Iterator[None]:
    """Commands have no corpus unless a test names one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADPROOF_CORPUS", "none")
        yield
