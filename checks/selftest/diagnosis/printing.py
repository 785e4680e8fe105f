"""What a script prints with a pair of functions in place of the reader's module."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np


def printed_by(source: str, forward: Callable[..., Any], backward: Callable[..., Any]) -> str:
    """What a script prints with this pair at ``your_module``, or the error that ends it."""
    module = ModuleType("your_module")
    module.__dict__.update({each.__name__: each for each in (forward, backward)}, forward=forward, backward=backward)
    printed = io.StringIO()
    sys.modules["your_module"] = module
    try:
        with contextlib.redirect_stdout(printed), np.errstate(all="ignore"):
            exec(compile(source, "script", "exec"), {})  # noqa: S102 - our own source
    except Exception as error:  # noqa: BLE001 - the layer's own
        return f"{printed.getvalue()}{type(error).__name__}"
    finally:
        del sys.modules["your_module"]
    return printed.getvalue()
