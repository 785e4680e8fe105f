"""Examples that hold strategies: tuples, lists and dictionaries of them, with arrays beside them, as one strategy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy


def one_strategy(inputs: Any) -> Any:
    """What draws each strategy that is held, in the same structure, and shrinks as each does; anything else as it is.

    What is no strategy stays the same in each example.
    """
    return _drawing(inputs) if _holds_one(inputs) else inputs


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
