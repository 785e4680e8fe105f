"""Every law, every family, on cases that Hypothesis draws.

reference, textbook, torch    a second source gives the same output and gradients
finite differences, adjoint   the gradients are derivatives of the layer's own forward
sums                          pooling conserves the sum of dy per sample and channel; dbias is the sum of dy
linearity                     the backward is linear in dy: additive, odd, zero at zero
arguments unchanged           x, weight, bias and dy are read, never written
"""

from __future__ import annotations

import pytest
from hypothesis import given

from checks.case import Case
from checks.examination import WITNESSES
from checks.families import families
from checks.family import Family
from checks.suite.draws import drawn_for
from checks.suite.verdicts import demand, examine
from checks.witness import Witness

#: Every law with every family that it speaks about; not every family has sums that are known.
LAWS = [
    pytest.param(witness, sheet, id=f"{witness.law}-{name}")
    for witness in WITNESSES
    for name, sheet in families().items()
    if witness.law != "sums" or type(sheet).sum_laws is not Family.sum_laws
]


@pytest.mark.parametrize(("witness", "sheet"), LAWS)
def test_every_law_holds_on_every_drawn_case(witness: Witness, sheet: Family) -> None:
    """The reference layer of a family obeys a law on all cases, and the law had something to say."""
    compared = []

    @drawn_for(f"{witness.law}, {sheet.name}")
    @given(sheet.cases())
    def holds(case: Case) -> None:
        compared.append(examine(case, sheet, [witness]))

    holds()
    demand(sum(compared), f"{witness.law}, {sheet.name}")


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
