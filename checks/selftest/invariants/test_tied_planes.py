"""Planes in which half precision makes cells alike: who is wrong at ties alone is told so by the law of kinks alone."""

from __future__ import annotations

from checks.case import Case
from checks.examination import Examination
from checks.families import family
from checks.invariants.conservation import Conservation
from checks.invariants.kinks import Kinks
from checks.invariants.settings import Settings
from checks.judge import verdicts
from checks.mistakes import known
from checks.mistakes.mistake import planted
from checks.subject import Subject
from checks.types import Shape
from checks.witness import Trial, Witness

POOL = family("max_pool")

#: More cells than half precision has whole numbers for; fewer; and in other settings, in which planes share numbers.
MANY, FEW, SHARED = (1, 1, 99, 99), (1, 1, 60, 60), (2, 16, 15, 15)


def case_of(x: Shape, stride: int = 1, seed: int = 0) -> Case:
    """A max pooling of 3x3 windows in half precision."""
    config = {"kernel_size": 3, "stride": stride, "padding": 0, "ceil_mode": False, "dilation": 1}
    return POOL.case_of({"x": x}, config, "float16", "distinct", seed)


def to_every_tied_cell() -> Subject:
    """Our own layer, in which each tied cell gets the whole of dy."""
    return planted_as("sends the whole of dy to every tied cell")


def planted_as(does: str) -> Subject:
    """Our own layer with a known mistake."""
    (mistake,) = (each for each in known(POOL) if each.does == does)
    return planted(mistake, POOL.reference)


def heard(law: Witness, subject: Subject, case: Case) -> set[tuple[str, str]]:
    """What a law says of it."""
    return {(each.of, each.status) for each in verdicts(law, Trial(subject, POOL, case))}


def test_a_sum_that_breaks_in_a_plane_of_ties_is_one_at_kinks() -> None:
    """The headline says so; where no plane has any it says nothing of them."""
    for x, told in ((MANY, True), (FEW, False)):
        found = Examination(to_every_tied_cell(), POOL, (Conservation(), Kinks()))
        found.judge(case_of(x), (Conservation(),))
        found.judge(case_of((2, 3, 7, 7)))
        assert (Conservation.law in found.findings, found.only_at_kinks) == (told, True)


def test_a_layer_that_chooses_another_of_tied_cells_is_right_with_other_settings() -> None:
    """Their planes are mixed, and share numbers."""
    last = planted_as("sends dy to the last of tied cells")
    told = [heard(Settings(), last, case_of(SHARED, 2, seed)) for seed in range(6)]
    assert any(told)
    assert ("dx", "wrong") not in set[tuple[str, str]]().union(*told)


def test_one_that_is_wrong_at_ties_is_left_to_the_law_of_kinks_there() -> None:
    """It finds the mistake on numbers of its own."""
    told = [heard(Settings(), to_every_tied_cell(), case_of(SHARED, 2, seed)) for seed in range(6)]
    assert any(told)
    assert ("dx", "wrong") not in set[tuple[str, str]]().union(*told)
    assert ("dx", "wrong") in heard(Kinks(), to_every_tied_cell(), case_of((2, 3, 7, 7)))
