"""Which keys a layer reads of the dictionary of its keywords, as its own code shows, and that of those it calls."""

from __future__ import annotations

from typing import Any

from checks.adapters.bundle import asked_for


def _columns(_x: Any, _height: int, _width: int, padding: int = 0, stride: int = 1) -> tuple[int, int]:
    """A helper, whose keywords are its own."""
    return padding, stride


def pool(x: Any, pool_param: dict[str, Any]) -> Any:
    """As cs231n's fast layer does."""
    height, width = pool_param["pool_height"], pool_param["pool_width"]
    return _columns(x, height, width, padding=0, stride=pool_param["stride"])


def hands_on(x: Any, pool_param: dict[str, Any]) -> Any:
    """And calls a helper by keywords besides."""
    _columns(x, 1, 1, padding=0, stride=1)
    return pool(x, pool_param)


def hands_on_to_itself(x: Any, pool_param: dict[str, Any]) -> Any:
    """And to nobody else."""
    return hands_on_to_itself(x[0], pool_param)


def by_names(x: Any, conv_param: dict[str, Any]) -> Any:
    """Keys in a tuple are keys."""
    stride, pad = (conv_param[key] for key in ("stride", "pad"))
    return _columns(x, 1, 1, padding=pad, stride=stride)


def test_keywords_of_calls_are_no_keys() -> None:
    """A layer that hands padding=0 to a helper takes no padding."""
    assert asked_for(pool, "pool_param") == {"pool_height", "pool_width", "stride"}


def test_a_dictionary_that_is_handed_on_is_read_where_it_arrives() -> None:
    """By a function of the same module; by one that hands it on to itself nothing is known."""
    assert asked_for(hands_on, "pool_param") == asked_for(pool, "pool_param")
    assert asked_for(hands_on_to_itself, "pool_param") == frozenset()


def test_keys_that_stand_in_a_tuple_are_read() -> None:
    """Beside a call by keywords of other names."""
    assert asked_for(by_names, "conv_param") == {"stride", "pad"}
