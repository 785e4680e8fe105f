"""Every law, every family, on cases that Hypothesis draws.

reference, textbook, torch    a second source gives the same output and gradients
finite differences, adjoint   the gradients are derivatives of the layer's own forward
sums                          pooling conserves the sum of dy per sample and channel; dbias is the sum of dy
linearity                     the backward is linear in dy: additive, odd, zero at zero
arguments unchanged           x, weight, bias and dy are read, never written
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given

from checks.case import Case
from checks.examination import WITNESSES
from checks.families import families
from checks.family import Family
from checks.judge import verdicts
from checks.suite.draws import drawn_for
from checks.suite.verdicts import demand, examine
from checks.witness import Trial, Witness

#: Laws that have nothing to say about some families: no sum is known, channels mix, there is no kink.
NOTHING_TO_SAY: dict[str, Callable[[Family], bool]] = {
    "sums": lambda sheet: type(sheet).sum_laws is Family.sum_laws,
    "channels": lambda sheet: not sheet.channelwise,
    "kinks": lambda sheet: type(sheet).kinks is Family.kinks,
    # They speak of recorded cases alone (see test_golden.py and corpus/).
    "golden digests": lambda _: True,
    # A reference gives all of its gradients, whoever asks for some, and has one mode.
    "subsets": lambda _: True,
    "modes": lambda _: True,
}
PAIRS = {f"{witness.law}-{name}": (witness, sheet) for witness in WITNESSES for name, sheet in families().items()}
SILENT = {
    name
    for name, (witness, sheet) in PAIRS.items()
    if witness.law in NOTHING_TO_SAY and NOTHING_TO_SAY[witness.law](sheet)
}
LAWS = [pytest.param(*pair, id=name) for name, pair in PAIRS.items() if name not in SILENT]


@pytest.mark.long(keep=11)
@pytest.mark.parametrize(("witness", "sheet"), LAWS)
def test_every_law_holds_on_every_drawn_case(witness: Witness, sheet: Family) -> None:
    """The reference layer of a family obeys a law on all cases, and the law had something to say."""
    compared = []

    @drawn_for(f"{witness.law}, {sheet.name}")
    @given(sheet.cases())
    def holds(case: Case) -> None:
        compared.append(examine(case, sheet, [witness]))

    holds()
    if not sum(compared):  # few draws have two channels, say, and other versions of Hypothesis draw others
        compared.extend(examine(case, sheet, [witness]) for case in sheet.sweep(0, 20))
    demand(sum(compared), f"{witness.law}, {sheet.name}")


def test_few_laws_are_left_out() -> None:
    """For the families that this repository began with, these and no others."""
    began = {"conv", "max_pool", "avg_pool", "relu"}
    everywhere = {"golden digests", "subsets", "modes"}
    left_out = {n for n in SILENT if PAIRS[n][1].name in began and PAIRS[n][0].law not in everywhere}
    assert left_out == {"sums-relu", "channels-conv", "kinks-conv", "kinks-avg_pool"}


@pytest.mark.parametrize("name", sorted(SILENT))
def test_a_law_that_is_left_out_is_silent_about_the_family(name: str) -> None:
    """Not one verdict, so nothing is lost."""
    witness, sheet = PAIRS[name]
    assert not [
        verdict for case in sheet.sweep(0, 20) for verdict in verdicts(witness, Trial(sheet.reference, sheet, case))
    ]


@pytest.mark.parametrize("sheet", [pytest.param(sheet, id=name) for name, sheet in families().items()])
def test_the_forward_comes_out_in_the_shape_that_the_case_expects(sheet: Family) -> None:
    """Y has the shape of dy, and every gradient the shape and the format of its argument."""

    @given(sheet.cases())
    def fits(case: Case) -> None:
        pull = sheet.reference.vjp(case)
        assert pull.y.shape == case.shapes["dy"]
        for name, value in case.inputs.items():
            gradient = pull.gradients[f"d{name}"]
            assert (gradient.shape, gradient.dtype) == (value.shape, value.dtype), f"{name} of {case}"

    fits()
