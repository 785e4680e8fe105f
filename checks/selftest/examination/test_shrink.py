"""Shrinking reaches the plainest layer that still breaks the law, for mistakes that layers are known for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.case import Case
from checks.claim import Verdict
from checks.families import family
from checks.families.geometric import GeometricFamily
from checks.shrink import MOST_ENTRIES, MOST_TRIES, shrink, shrink_numbers
from checks.strategies.geometry import Axis, Geometry
from checks.subject import Subject
from checks.tally import Finding
from checks.types import Arrays, Config, Shapes

pytestmark = pytest.mark.usefixtures("plainest")

CONV: Shapes = {"x": (3, 4, 9, 8), "weight": (6, 2, 3, 3), "bias": (6,)}
CONFIG: Config = {"stride": (3, 2), "padding": (1, 2), "dilation": (2, 1), "groups": 2}
POOL: Shapes = {"x": (2, 3, 9, 8)}


def _when(name: str, test: Callable[[Config, Arrays], bool], spoil: Callable[[Arrays], Arrays]) -> Subject:
    """The reference layer with spoilt gradients on those cases only for which ``test`` holds."""
    right = family(name).reference

    def forward(arrays: Arrays, config: Config) -> tuple[Any, Any]:
        y, saved = right.forward(arrays, config)
        return y, (saved, test(config, arrays))

    def backward(dy: Any, saved: Any) -> Arrays:
        found = dict(right.backward(dy, saved[0]))
        return spoil(found) if saved[1] else found

    return replace(right, forward=forward, backward=backward)


def _largest(config: Config, word: str, plain: int = 1) -> int:
    value = config.get(word, plain)
    return int(np.max(plain if value is None else value))


def _off(found: Arrays) -> Arrays:
    return found | {"dx": found["dx"] + 1}


def _finding(subject: Subject, name: str, shapes: Shapes, config: Config) -> tuple[Finding, Geometry]:
    sheet = family(name)
    assert isinstance(sheet, GeometricFamily)
    case = sheet.case_of(shapes, config, "float32", sheet.kinds[1], 9)
    finding = examine(subject, sheet.name, cases=[case]).findings["reference"]
    return finding, sheet.geometry(finding.shrunk)


MISTAKES: dict[str, tuple[Callable[[Config, Arrays], bool], Axis]] = {
    "always": (lambda *_: True, Axis()),
    "with a stride": (lambda config, _: _largest(config, "stride") > 1, Axis(1, 1, 2)),
    "with padding": (lambda config, _: _largest(config, "padding", 0) > 0, Axis(1, 1, before=1)),
    "with dilation": (lambda config, _: _largest(config, "dilation") > 1, Axis(dilation=2)),
    "with a kernel": (lambda _, arrays: max(arrays["weight"].shape[2:]) > 1, Axis(2, 2)),
    "with several cells": (lambda _, arrays: max(arrays["x"].shape[2:]) > 1, Axis(2)),
}


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("mistake", list(MISTAKES))
def test_a_mistake_of_convolution_shrinks_to_one_plain_axis(mistake: str) -> None:
    """One axis, one sample, one channel, no bias, the feature as small as it gets; double precision, integers."""
    test, axis = MISTAKES[mistake]
    finding, geometry = _finding(_when("conv", test, _off), "conv", CONV, CONFIG)
    assert (geometry.batch, geometry.groups, geometry.inputs, geometry.outputs) == (1, 1, 1, 1)
    assert [_sorted_border(each) for each in geometry.axes] == [_sorted_border(axis)]
    assert (finding.shrunk.dtype, finding.shrunk.data, "bias" in finding.shrunk.shapes) == (
        "float64",
        "integers",
        False,
    )


def _sorted_border(axis: Axis) -> Axis:
    """Which side is padded may differ."""
    low, high = sorted((axis.before, axis.after))
    return replace(axis, before=high, after=low)


def test_a_mistake_with_groups_keeps_two_of_them() -> None:
    """Everything else is plain."""
    subject = _when("conv", lambda config, _: config["groups"] > 1, _off)
    _, geometry = _finding(subject, "conv", CONV, CONFIG)
    assert (geometry.groups, geometry.inputs, geometry.outputs, geometry.batch, geometry.axes) == (
        2,
        1,
        1,
        1,
        (Axis(),),
    )


def test_a_mistake_in_the_bias_keeps_the_bias() -> None:
    """And nothing else."""

    def spoil(found: Arrays) -> Arrays:
        return found | {of: 2 * value for of, value in found.items() if of == "dbias"}

    finding, geometry = _finding(_when("conv", lambda *_: True, spoil), "conv", CONV, CONFIG)
    assert finding.shrunk.shapes["bias"] == (1,)
    assert geometry.axes == (Axis(),)


POOLED: dict[str, tuple[Callable[[Config, Arrays], bool], dict[str, Any]]] = {
    "always": (lambda *_: True, {"axes": (Axis(),)}),
    "with overlapping windows": (
        lambda config, _: _largest(config, "stride") < _largest(config, "kernel_size"),
        {"axes": (Axis(2, 2),)},
    ),
    "with a stride beyond the kernel": (
        lambda config, _: _largest(config, "stride") > _largest(config, "kernel_size"),
        {"axes": (Axis(1, 1, 2),)},
    ),
}


@pytest.mark.long(keep=1)
@pytest.mark.sweep("mistakes of pooling that shrink", 2)
@pytest.mark.parametrize("mistake", list(POOLED))
@pytest.mark.parametrize("pool", ["max_pool", "avg_pool"])
def test_a_mistake_of_pooling_shrinks_to_the_smallest_window(pool: str, mistake: str) -> None:
    """ceil_mode and the other modes go back to their defaults."""
    test, wanted = POOLED[mistake]
    stride = 5 if "beyond" in mistake else 2
    config = {"kernel_size": (3, 4), "stride": stride, "padding": 1, "ceil_mode": True}
    _, geometry = _finding(_when(pool, test, _off), pool, POOL, config)
    assert (geometry.batch, geometry.inputs, geometry.axes) == (1, 1, wanted["axes"])
    assert not geometry.modes["ceil_mode"]


def test_a_mistake_with_ceil_mode_keeps_it() -> None:
    """The mode is what the mistake needs."""
    subject = _when("max_pool", lambda config, _: config["ceil_mode"], _off)
    _, geometry = _finding(subject, "max_pool", POOL, {"kernel_size": 3, "stride": 2, "ceil_mode": True})
    assert (geometry.modes["ceil_mode"], geometry.axes) == (True, (Axis(),))


def test_numbers_shrink_to_zeros_and_one_one() -> None:
    """A doubled gradient shows with a single upstream value of one."""
    subject = _when("conv", lambda *_: True, lambda found: found | {"dx": 2 * found["dx"]})
    finding, _ = _finding(subject, "conv", CONV, CONFIG)
    assert (finding.shrunk.dy.tolist(), finding.shrunk.inputs["weight"].tolist()) == ([[[1.0]]], [[[1.0]]])
    assert finding.shrunk.inputs["x"].tolist() == [[[0.0]]]


def _endless(case: Case) -> Iterator[Case]:
    yield case.but(seed=case.seed + 1)


def test_shrinking_ends_even_where_every_case_has_a_plainer_one() -> None:
    """After a stated number of tries."""
    verdict, tried = Verdict("law", "dx", "wrong", "why"), []

    def breaks(case: Case) -> Verdict | None:
        tried.append(case)
        return verdict

    case, _ = shrink(Case("relu", {"x": (1,), "dy": (1,)}), verdict, breaks, _endless)
    assert (case.seed, len(tried)) == (MOST_TRIES, MOST_TRIES)


def test_shrinking_never_tries_a_case_twice() -> None:
    """Two cases that are each other's plainer one."""
    tried: list[int] = []

    def breaks(case: Case) -> Verdict | None:
        tried.append(case.seed)
        return Verdict("law", "dx", "wrong", "why")

    shrink(
        Case("relu", {"x": (1,), "dy": (1,)}),
        Verdict("law", "dx", "wrong", "why"),
        breaks,
        lambda case: [case.but(seed=1 - case.seed)],
    )
    assert tried == [1]


def test_what_no_longer_breaks_is_not_taken() -> None:
    """The last case that broke is returned with its own verdict."""
    verdicts = {5: Verdict("law", "dx", "wrong", "five"), 4: Verdict("law", "dx", "wrong", "four")}
    start = Case("relu", {"x": (1,), "dy": (1,)}, seed=5)
    case, verdict = shrink(
        start, verdicts[5], lambda each: verdicts.get(each.seed), lambda each: [each.but(seed=each.seed - 1)]
    )
    assert (case.seed, verdict.why) == (4, "four")


def test_an_array_that_is_drawn_as_zeros_is_spelled() -> None:
    """They may be what the mistake takes, and nobody sees them by a seed; of other numbers that stay nothing is."""
    verdict, shapes = Verdict("runs", "y", "wrong", "", wrong=1), {"x": (1, 2, 2), "weight": (2, 2, 1), "bias": (2,)}
    drawn = (family("conv").case_of(shapes, CONFIG, "float64", "patterns", seed) for seed in range(400))
    case = next(each for each in drawn if not each.array("bias").any() and each.array("weight").any())
    seen, _ = shrink_numbers(case, verdict, lambda _: None, ("weight", "bias"))
    assert ({*seen.values}, seen.array("bias").tolist()) == ({"bias"}, [0.0, 0.0])
    assert "bias=(0.0,0.0)" in str(seen)


@pytest.mark.parametrize(("size", "left"), [(MOST_ENTRIES, 1), (MOST_ENTRIES + 1, MOST_ENTRIES + 1)])
def test_a_large_array_is_replaced_as_a_whole_or_not_at_all(size: int, left: int) -> None:
    """Entry by entry would take too many tries: here one must not be 0, and dy may be."""
    case = family("relu").case_of({"x": (1, 1, size)}, {}, "float64", "distinct", 3)
    verdict = Verdict("reference", "dx", "wrong", "", wrong=1)

    def breaks(plainer: Case) -> Verdict | None:
        return verdict if np.any(np.abs(plainer.array("x").flat[0]) > 1) else None

    case = case.holding("x", np.arange(2.0, size + 2).reshape(1, 1, size))
    found, _ = shrink_numbers(case, verdict, breaks, ("dy", "x"))
    assert np.count_nonzero(found.array("x")) == left
    assert not found.array("dy").any()


def test_a_plainer_case_breaks_the_law_for_the_same_gradient() -> None:
    """Of two wrong ones: what is said of the one is not printed below the numbers of the other."""
    x, h = np.random.default_rng(0).standard_normal((2, 2, 3))
    pair = (lambda x, h: (np.tanh(x) * h, (x, h)), lambda dy, s: (dy * s[1], 2 * dy * np.tanh(s[0])))
    found = examine(pair, inputs=(x, h), budget="1ms").findings
    assert {each.law: each.verdict.of for each in found.values()} == {
        each.law: each.shrunk_verdict.of for each in found.values()
    }
