"""Tests of the harness itself: every check is shown failing on a planted mistake."""
