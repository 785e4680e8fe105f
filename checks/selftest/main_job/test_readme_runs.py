"""What README shows is run as it stands there: its commands on layers of one's own, and its snippets."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import checks
from checks import GradientError, examine, power, story
from checks.commands import fuzz
from checks.selftest.house import ROOT
from checks.selftest.house.files import text
from checks.selftest.main_job.shell import Said, gradproof
from checks.selftest.main_job.test_readme import blocks, known
from checks.types import Array

pytest_plugins = ["pytester"]

#: By what each Python block of README is known, all of which a test here, or beside this file, takes literally.
KNOWN = (
    "verify(my_layer",
    "conv = numpy_pair(",
    "verify((forward, backward)",
    "layer_tests(MyConv",
    "@given(conv_cases())",
    "@triton.jit",
    'cases=[case], laws=["adjoint"]',
    '"""Depthwise convolution:',
    "class Depthwise(",
    "dy = max_pool_backward(",
)

#: What README calls somebody's layers.
MY_LAYERS = """
import numpy as np
from hypothesis import strategies as st
from reference_impl import conv_backward, conv_forward


class MyConv:
    def __init__(self, weight_shape=(2, 2, 3, 3)):
        self.weight, self.bias = np.ones(weight_shape), np.zeros(weight_shape[0])

    def forward(self, x):
        y, self.saved = conv_forward(x, self.weight, self.bias)
        return y

    def backward(self, dy):
        dx, self.dweight, self.dbias = conv_backward(dy, self.saved)
        return dx


class Wrong(MyConv):
    def backward(self, dy):
        return 2 * super().backward(dy)


MyConv, Wrong = MyConv(), Wrong()
dense = (lambda x, w: (x @ w, (x.copy(), w.copy())), lambda dy, saved: (dy @ saved[1].T, saved[0].T @ dy))
examples = (np.array([[0.5, -1.5], [2.0, 0.25]]), np.array([[1.5], [-0.5]]))
drawn = st.just(examples)
"""


def _commands(of: str) -> list[list[str]]:
    """The commands of README that name a layer of yours, in its order, without ``gradproof``."""
    written = re.findall(rf"`gradproof ({of} [^`]*my_layers:[^`]*)`", text("README.md"))
    return [line.split() for line in written]


@pytest.fixture
def its_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command reads and writes its usual corpus, as it does where nobody says otherwise."""
    monkeypatch.delenv("GRADPROOF_CORPUS", raising=False)


@pytest.fixture
def mine(tmp_path: Path, its_corpus: None) -> Path:
    """A folder with layers as README calls them."""
    (tmp_path / "my_layers.py").write_text(MY_LAYERS, encoding="utf-8")
    return tmp_path


def _quick(folder: Path, *words: str) -> Said:
    return gradproof(*words, "--budget", "1ms", cwd=folder)


def test_every_python_block_is_known_to_a_test() -> None:
    """A block that nobody runs may say what is not so."""
    for block in blocks("python"):
        compile(block, "README.md", "exec")
        assert sum(mark in block for mark in KNOWN) == 1, block
    assert len(blocks("python")) == len(KNOWN)


def test_the_one_line_for_a_layer_of_your_own_is_silent_or_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """With less time than it has by default."""
    monkeypatch.setattr(checks, "verify", partial(checks.verify, budget="1ms"))
    exec(known(KNOWN[0]), {"my_layer": torch.nn.functional.conv2d})  # noqa: S102 - our own source
    with pytest.raises(GradientError, match="forward"):
        exec(known(KNOWN[0]), {"my_layer": lambda x, weight: 2 * torch.nn.functional.conv2d(x, weight)})  # noqa: S102 - as above


@pytest.mark.long
def test_each_command_that_checks_a_layer_of_yours_checks_it(mine: Path) -> None:
    """A right one is right by it, and it begins with the name that it was given."""
    commands = _commands("check")
    assert len(commands) == 2
    for words in commands:
        said = _quick(mine, *words)
        assert (said.code, said.out.partition(" as ")[0]) == (0, words[1]), said.out + said.err


@pytest.mark.long
def test_what_was_found_is_replayed_and_recorded_as_the_commands_say(mine: Path) -> None:
    """A counterexample of a wrong layer by its file; digests, against which a port is checked."""
    assert _quick(mine, "check", "my_layers:Wrong", "--like", "conv2d").code == 1
    file = next((mine / "gradproof-corpus").glob("conv-adjoint-*.json"))
    (replay,), (record,) = _commands("replay"), _commands("record")
    said = gradproof(*(str(file) if word == "FILE.json" else word for word in replay), cwd=mine)
    assert said.code == 0, said.out + said.err
    assert _quick(mine, *record).code == 0
    (port,) = re.findall(r"`(examine\(port, [^`]*)`", text("README.md"))
    asked: dict[str, Any] = {"examine": _in(mine), "port": torch.nn.functional.conv2d}
    found = eval(port, asked)  # noqa: S307 - our own text
    assert found.tallies["golden digests"].right, story(found)


def _in(folder: Path) -> Callable[..., Any]:
    """Examines in a moment, with a corpus that lies in a folder."""
    return lambda layer, corpus, **asked: examine(layer, corpus=folder / corpus, budget="1ms", **asked)


@pytest.mark.long
def test_the_command_that_fuzzes_for_hours_fuzzes(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a moment here; also a layer like no family, with what README says of it."""
    monkeypatch.setattr(fuzz, "seconds", lambda _: 0.001)
    (words,) = _commands("fuzz")
    said = gradproof(*words, "--cases", "4", cwd=mine)
    assert (said.code, "knows where to go on" in said.out) == (0, True), said.out + said.err
    (inputs,) = re.findall(r"fuzzed on `(--inputs my_layers:\w+)`", text("README.md"))
    assert gradproof("fuzz", "my_layers:dense", *inputs.split(), "--cases", "4", cwd=mine).code == 0


@pytest.mark.long
def test_the_statement_for_pytest_gives_a_test_for_each_law(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it stands, with the line for conftest.py, and the option that picks laws."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    block = known("layer_tests(MyConv")
    (line,) = set(re.findall(r"`(pytest_plugins = [^`]*)`", text("README.md")))
    pytester.makepyfile(my_layers=MY_LAYERS, conftest=line, test_mine=block)
    outcome = pytester.runpytest_subprocess("-k", "adjoint", "--gradproof-budget", "20ms", "-p", "no:cacheprovider")
    outcome.assert_outcomes(passed=1, deselected=outcome.parseoutcomes()["deselected"])
    assert "plugin" in line


def test_a_case_of_the_size_at_which_a_layer_runs_is_asked_for_by_its_text() -> None:
    """On the CPU here: where it computes is all that is left out."""
    block = known(KNOWN[6])
    seen = list[Any]()

    def asked(layer: Any, like: str, *, supports: Any, **more: Any) -> None:
        assert supports == {"device": "cuda"}
        seen.append(examine(layer, like, **more))

    exec(compile(block, "README.md", "exec"), {"examine": asked, "my_conv": torch.nn.functional.conv2d})  # noqa: S102 - our own source
    assert (seen[0].cases, seen[0].wrong) == (1, False)


def _looked_up(table: Array, place: Array) -> tuple[Array, Any]:
    return table[place], (table.shape, place)


def _looked_up_backward(dy: Array, saved: Any) -> Array:
    shape, place = saved
    found = np.zeros(shape, dy.dtype)
    np.add.at(found, place, dy)
    return found


def test_the_strategies_that_are_shown_are_taken() -> None:
    """Each as it stands, for a layer of which it is an example."""
    pair, table = r"`(st\.sampled_from\([^`]*)`", r"`(\(arrays\(float[^`]*)`"
    x, w = np.array([[0.5, -1.5], [2.0, 0.25]]), np.array([[1.5], [-0.5]])
    names = {"st": st, "arrays": arrays, "x": x, "w": w, "x2": x + 1, "w2": w - 1}
    dense = (lambda x, w: (x @ w, (x, w)), lambda dy, saved: (dy @ saved[1].T, saved[0].T @ dy))
    for pattern, layer in {pair: dense, table: (_looked_up, _looked_up_backward)}.items():
        (shown,) = re.findall(pattern, text("README.md").replace("\n", " "))
        given = eval(shown, dict(names))  # noqa: S307 - our own text
        found = examine(layer, inputs=given, budget="1s", laws=["adjoint"])
        assert not found.wrong, story(found)


@pytest.mark.long
def test_what_power_is_asked_from_python_is_there() -> None:
    """What was missed, and what there was no time for."""
    (shown,) = re.findall(r"From Python: `(power\([^`]*)`, and `\.untried`", text("README.md"))
    asked: dict[str, Any] = {
        "power": _power_of_relu,
        "layer": (lambda x: (x.clip(0), x.copy()), lambda dy, x: dy * (x > 0)),
    }
    assert isinstance(eval(shown, asked), list)  # noqa: S307 - our own text


def _power_of_relu(layer: Any, like: str) -> Any:
    """In a moment, of a layer that is planted sooner."""
    assert like == "conv2d"
    found = power(layer, like="relu", budget="1ms")
    assert found.untried is not None
    return found


@pytest.mark.long
@pytest.mark.usefixtures("its_corpus")
def test_what_the_main_job_says_beside_its_numbers_is_what_readme_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its headings, what they stand for, and which cells one row meets; in a terminal as wide as it likes."""
    monkeypatch.delenv("COLUMNS", raising=False)
    (line,) = re.findall(r"what `gradproof (check --layer [^`]*)` printed", text("README.md"))
    (shown,) = [block for block in blocks("text") if block.startswith("layer ")]
    said = gradproof(*line.split())
    assert said.code == 0
    fixed = ("= every", "columns: ", "others, ", "signs: ", "replayed first", "conv: visited", "conv: impossible")
    lines = [line for line in shown.splitlines() if line.startswith(fixed)]
    assert len(lines) == len(fixed)
    assert [line for line in lines if line not in said.out.splitlines()] == []
    assert shown.splitlines()[0].split() == said.out[said.out.index("layer  ") :].splitlines()[0].split()
