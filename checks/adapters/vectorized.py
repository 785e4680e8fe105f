"""What ``numpy.vectorize`` makes of a function of numbers: it takes what that function takes, and does not say so."""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np


def spelled(function: Any) -> Any:
    """The same with the signature of the function that is called for each number; anything else as it is."""
    if not isinstance(function, np.vectorize):
        return function

    @wraps(function.pyfunc)
    def over_arrays(*given: Any, **named: Any) -> Any:
        return function(*given, **named)

    return over_arrays
