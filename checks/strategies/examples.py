"""Examples that hold strategies: tuples, lists and dictionaries of them, with arrays beside them, as one strategy.

And arrays as this machine holds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checks.errors import UsageError

#: What an array may hold that is no number, also not one that NumPy lacks.
NO_NUMBERS = (np.object_, np.datetime64, np.timedelta64, np.void)


def one_strategy(inputs: Any) -> Any:
    """What draws each strategy that is held, in the same structure, and shrinks as each does; anything else as it is.

    What is no strategy stays the same in each example. Arrays of the other order of bytes come in this machine's own.
    Raises UsageError where there is no example yet, or an array holds no numbers.
    """
    if isinstance(inputs, str):
        raise UsageError(
            f"inputs={inputs!r:.80} is text; expected examples, such as inputs=(x, w), or a Hypothesis strategy of "
            "them; the name of some, as in --inputs MODULE:EXAMPLES, is for the command line alone"
        )
    if isinstance(inputs, Iterator) or (callable(inputs) and not isinstance(inputs, SearchStrategy)):
        raise UsageError(
            f"inputs={inputs!r:.80} is of {type(inputs).__name__}; expected examples, such as inputs=(x, w), or a "
            "Hypothesis strategy of them: of a function what it returns, of a generator tuple(...)"
        )
    return _drawing(inputs).map(native) if _holds_one(inputs) else native(inputs)


def native(inputs: Any, place: str = "inputs") -> Any:
    """The same examples, their arrays in the order of bytes of this machine; what has it already is the same object.

    ``place`` is where they stand. Raises UsageError where an array holds no numbers.
    """
    if isinstance(inputs, np.ndarray):
        return _native(inputs, place)
    names = list(inputs) if isinstance(inputs, Mapping) else range(len(inputs) if type(inputs) in {tuple, list} else 0)
    found = {name: native(inputs[name], f"{place}[{name!r}]") for name in names}
    if all(found[name] is inputs[name] for name in names):
        return inputs
    return found if isinstance(inputs, Mapping) else type(inputs)(found.values())


def _native(array: np.ndarray[Any, Any], place: str) -> np.ndarray[Any, Any]:
    if issubclass(array.dtype.type, NO_NUMBERS):
        raise UsageError(
            f"{place}={array!r:.80} is of {array.dtype}; expected floating point, since gradients are what is "
            "examined, such as numpy.array(..., numpy.float64)"
        )
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _holds_one(inputs: Any) -> bool:
    if isinstance(inputs, Mapping):
        return any(map(_holds_one, inputs.values()))
    return isinstance(inputs, SearchStrategy) or (isinstance(inputs, (tuple, list)) and any(map(_holds_one, inputs)))


def _drawing(inputs: Any) -> SearchStrategy[Any]:
    if isinstance(inputs, SearchStrategy):
        return inputs
    if not _holds_one(inputs):
        return st.just(inputs)
    if isinstance(inputs, Mapping):
        return st.fixed_dictionaries({name: _drawing(each) for name, each in inputs.items()})
    whole = st.tuples(*map(_drawing, inputs))
    return whole if type(inputs) is tuple else whole.map(list)
