"""What cannot be fuzzed is told before any work."""

from __future__ import annotations

from pathlib import Path

from checks.selftest.main_job.shell import gradproof


def test_examples_without_a_layer_are_misuse(folder: Path) -> None:
    """The reference layers have cases of their own."""
    said = gradproof("fuzz", "--inputs", "fuzzed_layers:one", "--corpus", "kept", cwd=folder)
    assert said.code == 2
    assert "--inputs is for a layer of yours; expected MODULE:LAYER before it" in said.err


def test_fuzzing_without_a_corpus_is_misuse(folder: Path) -> None:
    """What it finds would be lost."""
    said = gradproof("fuzz", "fuzzed_layers:bad", "--like", "relu", "--corpus", "none")
    assert said.code == 2
    assert "expected a folder to write to" in said.err


def test_a_state_that_cannot_be_written_is_misuse(folder: Path) -> None:
    """Before any work."""
    said = gradproof("fuzz", "fuzzed_layers:bad", "--like", "relu", "--corpus", "found", "--state", "nowhere/a.json")
    assert said.code == 2
    assert "--state nowhere/a.json cannot be written" in said.err
