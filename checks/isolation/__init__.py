"""Subjects in a process of their own: whatever they do to it, the run goes on."""

from __future__ import annotations

from checks.isolation.allowance import Isolation
from checks.isolation.apart import Apart, told

__all__ = ["Apart", "Isolation", "told"]
