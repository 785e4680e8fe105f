"""Where the worst element of a verdict lies, in words."""

from __future__ import annotations

from checks.claim import Verdict, Worst
from checks.report.words import place


def test_an_entry_has_an_index_and_a_draw_has_a_number() -> None:
    """The adjoint identity compares one number a draw: that is no entry of dx."""
    worst = Worst((0, 3), 1.0, 2.0, 0.0, 1.0, 1.0)
    assert place(Verdict("reference", "dx", "wrong", "", worst=worst)) == "dx[0,3]"
    draw = Worst((2,), 1.0, 2.0, 0.0, 1.0, 1.0)
    assert place(Verdict("adjoint", "dx", "wrong", "", worst=draw, counted="draw")) == "dx, draw 2"
    assert place(Verdict("sums", "dx", "wrong", "", worst=worst, counted="sum")) == "dx, sum 0,3"
    assert place(Verdict("runs", "y", "wrong", "")) == "y"
