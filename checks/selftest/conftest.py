"""What the tests of the harness share."""

from __future__ import annotations

import pytest

from checks.scope import spend

#: Seconds: many times what the fewest cases take, so that no test depends on what else its machine does.
UNHURRIED = 30.0


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Examinations with hardly any budget get to their fewest cases, and to every law, on a busy machine too."""
    monkeypatch.setattr(spend, "GRACE", UNHURRIED)
