"""gradproof record: a layer is examined first, its digests cover what it takes, and what is left out is said."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from checks.api import examine
from checks.cli import main
from checks.corpus.keys import key_cases, left_out
from checks.corpus.store import Corpus
from checks.families import family
from checks.opening import opened
from checks.report.story import story
from reference_impl import conv_backward, conv_forward

HERE = __name__


def forward(x: Any, weight: Any, bias: Any, stride: int = 1, padding: int = 0) -> Any:
    """Two axes, square windows, always a bias: no case of a sweep is like that by itself."""
    if not isinstance(stride, int) or not isinstance(padding, int) or x.ndim != 4:
        raise ValueError("one number for both axes")
    return conv_forward(x, weight, bias, stride=stride, padding=padding)


def at_stride_3(dy: Any, saved: Any) -> Any:
    """Twice the right dx, at one stride alone."""
    found = conv_backward(dy, saved)
    return (found.dx * (2 if saved.windows.stride[0] == 3 else 1), found.dweight, found.dbias)


narrow, wrong = (forward, conv_backward), (forward, at_stride_3)


def recorded(folder: Path, layer: str, budget: str = "1ms") -> Result:
    """What the command did for a layer of this file."""
    arguments = ["record", f"{HERE}:{layer}", "--like", "conv2d", "--budget", budget, "--corpus", str(folder)]
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_a_layer_with_limits_has_as_many_key_configurations_as_another() -> None:
    """Configurations are brought inside of what it takes; every setting that it takes is there."""
    examination, limits = opened(narrow, "conv2d", None, None)
    cases = key_cases(examination.subject, limits)
    assert len(cases) == 12
    strides = {case.config["stride"] for case in cases}
    assert {1, 2, 3} <= strides
    assert all(isinstance(stride, int) for stride in strides)
    missing = left_out(family("conv"), cases)
    assert {"axes: 1", "bias: no", "dilation: more"} <= set(missing)
    assert not [cell for cell in missing if cell.startswith(("stride", "kernel", "remainder", "dtype"))]


def test_the_settings_of_most_real_layers_are_among_the_key_configurations() -> None:
    """A port that is wrong at stride 2 alone must not pass for want of it."""
    examination, limits = opened(narrow, "conv2d", None, None)
    cases = key_cases(examination.subject, limits)
    assert {1, 2} <= {case.config["stride"] for case in cases if case.shapes["weight"][2:] == (3, 3)}


@pytest.mark.long
def test_what_was_stored_is_counted_and_what_was_left_out_is_named(tmp_path: Path) -> None:
    """After the verdict on the layer."""
    said = recorded(tmp_path, "narrow")
    assert said.exit_code == 0
    first, *_, covered, last = said.output.splitlines()
    assert first.startswith(f"examined first: {HERE}:narrow as conv: right by every law")
    assert covered.startswith(f"{HERE}:narrow: 12 cases of conv stored; none of them has axes: 1, axes: 3, bias: no")
    assert last == f"12 golden cases in {tmp_path}"


@pytest.mark.long
def test_a_layer_that_is_wrong_at_one_setting_records_nothing(tmp_path: Path) -> None:
    """It is examined before anything is stored, and not on the cases alone that would be."""
    said = recorded(tmp_path, "wrong", "2s")
    assert said.exit_code == 1
    assert "as conv: WRONG by reference" in said.output
    assert f"gradproof check {HERE}:wrong --like conv tells the rest" in said.output
    assert Corpus(tmp_path).contents().golden == ()


@pytest.mark.long
@pytest.mark.parametrize(
    ("supports", "fit"), [({"stride": 3}, "fit this layer; the others have settings that it does not take"), ({}, "")]
)
def test_a_port_is_told_how_many_recorded_cases_it_takes(tmp_path: Path, supports: Mapping[str, Any], fit: str) -> None:
    """In the headline, where the digests are what a pass rests on; in a line, where it takes only some of them."""
    recorded(tmp_path, "narrow")
    asked: Mapping[str, Any] = {"like": "conv2d", "corpus": tmp_path, "laws": ["golden digests"]}
    found = examine(narrow, supports=supports, **asked)
    fitting = found.replayed.fitting
    assert (0 < fitting < 12) if supports else fitting == 12
    said = f"the only law asked, on {fitting} of 12 recorded cases, each in every format that the layer takes ("
    assert said in story(found).splitlines()[0]
    assert (f"golden digests: {fitting} of 12 recorded cases {fit}" in story(found)) == bool(supports)
