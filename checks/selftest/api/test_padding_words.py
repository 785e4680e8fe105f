"""Padding in words: a convolution that takes them is asked with each, and one that does not is right without them."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from checks import examine, story
from checks.strategies.geometry import PADDING_WORDS
from checks.types import Array
from reference_impl import conv_backward, conv_forward


def padding_cells(word: str, x: Array, weight: Array, bias: Array | None = None, padding: Any = 0) -> Any:
    """The reference, which takes one word for a cell on every side."""
    return conv_forward(x, weight, bias, padding=1 if padding == word else padding)


def refusing(word: str, x: Array, weight: Array, bias: Array | None = None, padding: Any = 0) -> Any:
    """The reference, which does not know one word."""
    if padding == word:
        raise ValueError(word)
    return conv_forward(x, weight, bias, padding=padding)


@pytest.mark.long
@pytest.mark.parametrize("word", PADDING_WORDS)
def test_a_word_that_is_misread_is_wrong_and_one_that_is_refused_is_told(word: str) -> None:
    """A cell of padding instead; a layer that raises at a word is examined without it."""
    found = examine((partial(padding_cells, word), conv_backward), like="conv", laws=["reference"], budget="20s")
    assert found.wrong
    assert f'padding="{word}"' in story(found)
    found = examine((partial(refusing, word), conv_backward), like="conv", laws=["reference"], budget="200ms")
    assert not found.wrong
    assert f"padding='{word}'" in story(found)
