"""Every known mistake is named first on a case that can tell it from others, and no near-miss is named after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters import adapt
from checks.case import Case
from checks.claim import Verdict
from checks.diagnosis import Diagnosis, diagnose
from checks.diagnosis.difference import differences
from checks.families import family
from checks.mistakes import CATALOGUE
from checks.mistakes.mistake import Mistake, planted
from checks.selftest.mistakes.showing import all_showing
from checks.subject import Subject
from checks.types import Array, Arrays, Config, Shapes
from checks.witness import Trial
from reference_impl import conv_backward, conv_forward

#: Cases that are tried: on the smallest ones several mistakes give the same numbers.
MOST_TRIED = 40


def layer(mistake: Mistake) -> str:
    """A family that can make the mistake, the one with most gradients first."""
    return "conv" if mistake.concerns(family("conv")) else mistake.families[0]


def diagnosis(subject: Subject, case: Case) -> Diagnosis:
    """The diagnosis of the first gradient that is wrong."""
    trial = Trial(subject, family(case.family), case)
    of = next(of for of, difference in differences(trial).items() if difference.wrong.any())
    return diagnose(trial, of)


def telling(mistake: Mistake) -> tuple[Case, Diagnosis] | None:
    """The first case on which a mistake is named first, with its diagnosis."""
    subject = planted(mistake, family(layer(mistake)).reference)
    for case in islice(all_showing(mistake, layer(mistake)), MOST_TRIED):
        found = diagnosis(subject, case)
        if found.matches and found.matches[0].mistake is mistake:
            return case, found
    return None


def nearly(subject: Subject) -> Subject:
    """The subject with the largest entry of each gradient wrong by a thousandth of itself, or by one."""

    def backward(dy: Array, saved: object) -> Mapping[str, Array]:
        return {name: _bent(value) for name, value in subject.backward(dy, saved).items()}

    return Subject(subject.name, subject.forward, backward)


def _bent(gradient: Array) -> Array:
    bent = np.array(gradient, order="C")
    if bent.size:
        flat = bent.reshape(-1)
        place = int(np.argmax(np.abs(flat)))
        flat[place] = flat[place] * 1.125 if flat[place] else 1
    return bent


@pytest.mark.long(keep=4)
@pytest.mark.sweep("known mistakes to be named", 5)
@pytest.mark.parametrize("mistake", CATALOGUE, ids=lambda mistake: mistake.name)
def test_a_planted_mistake_is_named_first_and_a_near_miss_is_not(mistake: Mistake) -> None:
    """Its sentence heads the diagnosis; the same gradients with one entry of each off by an eighth have none."""
    found = telling(mistake)
    assert found is not None
    case, said = found
    where = mistake.where_for(family(case.family))
    assert f"what a backward gives that {mistake.does}; see {where}" in said.headline
    subject = nearly(planted(mistake, family(layer(mistake)).reference))
    assert mistake not in [match.mistake for match in diagnosis(subject, case).matches]


def test_a_known_mistake_explains_every_case_on_which_the_law_broke() -> None:
    """On one channel and one column, a column that is left out is a channel that is left out; on more it is not."""

    def backward(dy: Any, saved: Any) -> Any:
        dx, dweight, dbias = conv_backward(dy, saved)
        return np.where(np.arange(dx.shape[-1]) > 0, dx, 0), dweight, dbias

    one = case({"x": (32, 1, 1), "weight": (2, 1, 1), "bias": (2,)})
    more = case({"x": (2, 1, 3), "weight": (2, 1, 1)})
    trial = Trial(adapt((conv_forward, backward), family("conv").arguments), family("conv"), one)
    assert "dx input channel forgotten" in names(diagnose(trial, "dx"))
    assert "dx input channel forgotten" not in names(diagnose(trial, "dx", others=[more]))


def case(shapes: Shapes, dilation: int = 1, dtype: str = "float64", data: str = "integers") -> Case:
    """A small convolution."""
    config = {"stride": 1, "padding": 0, "dilation": dilation, "groups": 1}
    return family("conv").case_of(shapes, config, dtype, data, 0)


def names(found: Diagnosis) -> list[str]:
    """The mistakes that a diagnosis names."""
    return [match.mistake.name for match in found.matches]


def with_dx(change: Callable[[Array, int], Array]) -> Subject:
    """The reference, whose dx is changed as its dilation asks."""
    reference = family("conv").reference

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = reference.forward(arrays, config)
        return y, (saved, config["dilation"])

    def backward(dy: Array, saved: Any) -> Mapping[str, Array]:
        gradients = dict(reference.backward(dy, saved[0]))
        return {**gradients, "dx": change(gradients["dx"], saved[1])}

    return Subject("by dilation", forward, backward)


SHAPES: Shapes = {"x": (3, 3, 6), "weight": (2, 3, 2)}


def test_a_mistake_that_must_have_shown_where_the_gradient_is_right_is_told_last() -> None:
    """It is not the cause, or it is made under a condition that the sentence cannot know."""
    halved = with_dx(lambda dx, dilation: dx / 2 if dilation > 1 else dx)
    trial = Trial(halved, family("conv"), case(SHAPES, 2))
    assert "takes half of dy" in diagnose(trial, "dx").headline
    found = diagnose(trial, "dx", right=[case(SHAPES)])
    assert "takes half of dy" not in found.headline
    assert "only where it is wrong, and not on 1 other case: dx equals, bit for bit" in str(found).splitlines()[-1]


def test_a_gradient_in_a_narrower_format_is_no_entry_that_is_off() -> None:
    """All of it is; a mistake that shows in that format, too, is named."""
    narrow = with_dx(lambda dx, _: dx.astype(np.float32))
    trial = Trial(narrow, family("conv"), case(SHAPES, data="normal"))
    assert not [name for name in names(diagnose(trial, "dx")) if "entry off" in name]
    both = replace(trial, subject=with_dx(lambda dx, _: (dx / 2).astype(np.float32)))
    assert "takes half of dy" in diagnose(both, "dx").headline


def test_a_mistake_that_explains_most_wrong_cases_is_told_with_their_number() -> None:
    """A layer that makes another one too; less than half of the cases agree by chance, and tell nothing."""
    negated = with_dx(lambda dx, dilation: -dx + dx**2 * (dilation > 2))
    first, *others = (case(SHAPES, dilation) for dilation in (3, 1, 2))
    trial = Trial(negated, family("conv"), first)
    assert (
        "on 2 of 3 wrong cases, not on all: dx equals, bit for bit, what a backward gives that gives dx the wrong"
        in (str(diagnose(trial, "dx", others=others)))
    )
    fourth = case({"x": (1, 3, 7), "weight": (2, 3, 2)}, 3)
    assert not diagnose(trial, "dx", others=[*others, fourth]).matches


def test_a_mistake_that_fits_by_one_number_of_the_cases_is_not_told() -> None:
    """An average over 16 halves a sum over 32, and nothing else; nor is that factor the layer's."""
    reference = family("conv").reference

    def backward(dy: Array, saved: Any) -> Mapping[str, Array]:
        gradients = dict(reference.backward(dy, saved))
        return {**gradients, "dbias": gradients["dbias"] * 16 / len(dy)}

    averaged = Subject("averaged", reference.forward, backward)
    shapes = [{"x": (many, 3, 6), "weight": (4, 3, size), "bias": (4,)} for many, size in ((32, 1), (32, 2), (17, 3))]
    first, *others = (Trial(averaged, family("conv"), case(each)) for each in shapes)
    found = diagnose(first, "dbias", others=[*(each.case for each in others), case({**shapes[0], "x": (32, 3, 5)})])
    assert not found.matches
    assert not found.patterns
    assert "takes half of dy" in diagnose(first, "dbias", others=[others[0].case]).headline


def test_a_mistake_of_a_backward_that_goes_with_its_wrong_forward_is_told_where_it_always_fits() -> None:
    """Where it does not, it is the forward that makes it look so."""
    wrong, halved = with_dx(lambda dx, dilation: dx / 2 if dilation > 1 else dx), case(SHAPES, 2)
    said = [
        *(Verdict("reference", of, "wrong", "") for of in ("y", "dx")),
        Verdict("adjoint", "dx", "right", ""),
    ]
    trial = Trial(wrong, family("conv"), halved)
    assert diagnose(trial, "dx", said).matches
    assert not diagnose(trial, "dx", said, right=[case(SHAPES)]).matches
    assert diagnose(trial, "dx", right=[case(SHAPES)]).matches


def test_a_mistake_that_explains_all_wrong_cases_and_not_other_numbers_says_so() -> None:
    """What makes the layer wrong is then in the numbers, and the mistake may be half of the truth."""
    cases = [case(SHAPES, dilation) for dilation in (1, 2, 3)]
    reference = family("conv").reference
    seen = [float(reference.pull(each.inputs, each.config, each.dy).gradients["dx"].sum()) for each in cases]
    negated = with_dx(lambda dx, _: -dx if float(dx.sum()) in seen else dx)
    said = str(diagnose(Trial(negated, family("conv"), cases[0]), "dx", others=cases[1:]))
    assert "on all of 3 wrong cases, but not on other numbers of the shapes of one: dx equals" in said


def test_rounding_that_tells_little_contradicts_no_mistake() -> None:
    """In half precision what a mistake gives may lie near the right gradient: it fits, and shows nothing alone."""
    near = with_dx(lambda dx, _: (dx * dx.dtype.type(1.001)).astype(dx.dtype))
    coarse, fine = (case(SHAPES, 1, dtype, "normal") for dtype in ("float16", "float64"))
    assert "dx a thousandth off" not in names(diagnose(Trial(near, family("conv"), coarse), "dx"))
    assert "dx a thousandth off" in names(diagnose(Trial(near, family("conv"), fine), "dx", others=[coarse]))


@pytest.mark.long
def test_of_mistakes_that_agree_on_two_samples_the_one_that_explains_every_case_is_named() -> None:
    """A layer that serves the first of its samples alone does not leave out the last one alone."""

    def backward(dy: Any, saved: Any) -> Any:
        first = np.arange(len(dy)).reshape(-1, *[1] * (dy.ndim - 1)) == 0
        return conv_backward(np.where(first, dy, 0), saved)

    told = story(examine((conv_forward, backward), "conv", budget="1ms"))
    assert "leaves out all samples of dy but the first" in told
    assert "leaves out the last sample" not in told


@pytest.mark.parametrize("block", [8, 16])
def test_what_is_left_over_after_blocks_is_told_from_other_blocks_and_from_a_last_column(block: int) -> None:
    """On a row of 17 they all give the same; the layer is asked for one on which they do not."""
    mistake = next(each for each in CATALOGUE if each.name == f"upstream tail of {block} along row")
    pool = family("avg_pool")
    shapes: Shapes = {"x": (1, 1, 1, 17), "dy": (1, 1, 1, 17)}
    case = Case("avg_pool", shapes, {"kernel_size": 1, "stride": 1}, "float64", "integers")
    assert [match.mistake for match in diagnosis(planted(mistake, pool.reference), case).matches] == [mistake]


@pytest.mark.parametrize(
    ("slope", "named"),
    [(lambda x: x >= 0.5, ""), (lambda x: x >= 1, "relu threshold 1"), (lambda x: x < 0, "relu mask inverted")],
)
def test_one_element_is_held_against_a_longer_x(slope: Callable[[Array], Array], named: str) -> None:
    """As of a case that a corpus kept: between 0 and 1 a threshold gives 0, as an inverted mask does."""
    reference = family("relu").reference

    def backward(dy: Array, saved: Any) -> Mapping[str, Array]:
        return {"dx": dy * slope(saved)}

    layer = Subject("threshold", lambda arrays, config: (reference.forward(arrays, config)[0], arrays["x"]), backward)
    case = family("relu").case_of({"x": (1, 1, 1)}, {"at_zero": 0.0}, "float64", "spread", 0)
    case = case.holding("x", np.array([[[0.25]]])).holding("dy", np.array([[[1.0]]]))
    found = diagnose(Trial(layer, family("relu"), case), "dx")
    assert next(iter(names(found)), "") == named
