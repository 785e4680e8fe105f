"""In a terminal that is too narrow for the table its rows stand below each other, and nothing is cut off."""

from __future__ import annotations

import io

import pytest

from checks.commands.terminal import console, demand_no_encoding, say
from checks.selftest.main_job.shell import gradproof

#: One small layer.
ONE = ("check", "--layer", "lenet-5 s4", "--corpus", "none")


@pytest.mark.parametrize("columns", [60, 80])
def test_every_law_has_its_cell_in_a_narrow_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off, an X among the signs would be a pass."""
    monkeypatch.delenv("COLUMNS", raising=False)
    wide = gradproof(*ONE).out.splitlines()
    (row,) = (line.split()[1:] for line in wide if line.startswith("LeNet-5 S4 "))
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = gradproof(*ONE).out.splitlines()
    place = next(place for place, line in enumerate(lines) if line.startswith("LeNet-5 S4: 4 cases, "))
    end = next(place for place, line in enumerate(lines) if line.startswith("  worst error "))
    *cells, _, signs = " ".join(lines[place + 1 : end]).split()
    assert ([cell.partition(":")[2] for cell in cells], signs) == (row[2:9], row[9])
    assert not any("…" in line for line in lines[place : end + 1])


def _printed(encoding: str, text: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """What a stream of an encoding has of a text."""
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding)
    monkeypatch.setattr("sys.stdout", stream)
    demand_no_encoding()
    stream.write(text)
    stream.flush()
    return written.getvalue()


def test_an_encoding_without_the_signs_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are written by their numbers; an error at the end of a run would lose all of it."""
    assert _printed("ascii", "a λ b\n", monkeypatch) == rb"a \u03bb b" + b"\n"
    assert _printed("latin-1", "é λ\n", monkeypatch) == "é ".encode("latin-1") + rb"\u03bb" + b"\n"


def test_the_signs_of_a_table_take_one_column_each_in_any_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands below each other stays there; where there are the signs themselves they stay."""
    assert _printed("ascii", "–––=– …|\n", monkeypatch) == b"---=- .|\n"
    assert _printed("utf-8", "–…\n", monkeypatch) == "–…\n".encode()


def test_a_name_between_colons_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """A layer ``ok`` of a module ``lay`` is no emoji."""
    say("lay:ok: 12 cases", console())
    assert capsys.readouterr().out == "lay:ok: 12 cases\n"
