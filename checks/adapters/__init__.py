"""Subjects made from what people have: one module for each kind of layer."""

from __future__ import annotations

from checks.adapters.foreign import Framework
from checks.adapters.recognise import adapt

__all__ = ["Framework", "adapt"]
