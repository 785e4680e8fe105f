"""Counts read as sentences."""

import pytest

from checks.counted import count


@pytest.mark.parametrize(
    ("many", "word", "said"),
    [
        (1, "case", "1 case"),
        (0, "case", "0 cases"),
        (2345, "case", "2,345 cases"),
        (1, "entry", "1 entry"),
        (2, "entry", "2 entries"),
        (2, "golden case", "2 golden cases"),
    ],
)
def test_one_is_said_of_one_and_several_of_all_others(many: int, word: str, said: str) -> None:
    """As people write it, thousands apart."""
    assert count(many, word) == said
