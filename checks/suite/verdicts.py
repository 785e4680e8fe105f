"""How a property test asks the witnesses: every verdict must be right, and something must have been compared."""

from __future__ import annotations

from collections.abc import Iterable

from checks.case import Case
from checks.claim import Verdict
from checks.errors import GradientError, ZeroComparisonsError
from checks.examination import WITNESSES
from checks.families import family
from checks.family import Family
from checks.judge import verdicts as verdicts_of
from checks.oracles import ORACLES
from checks.types import Config, Shapes
from checks.witness import Trial, Witness

#: The witnesses who speak about the numbers themselves; how a layer handles memory and layout is ``test_laws``' matter.
NUMBERS = tuple(
    witness
    for witness in WITNESSES
    if witness in ORACLES or witness.law in {"sums", "linearity", "arguments unchanged"}
)


def examine(case: Case, sheet: Family, witnesses: Iterable[Witness] = NUMBERS) -> int:
    """Elements that the witnesses compared on one case of the family's reference layer.

    Raises GradientError with the whole story where a verdict is wrong.
    """
    trial = Trial(sheet.reference, sheet, case)
    return assert_right(case, [verdict for witness in witnesses for verdict in verdicts_of(witness, trial)])


def examine_layer(name: str, shapes: Shapes, config: Config, dtype: str = "float64") -> None:
    """The witnesses of the numbers on one layer, filled with each kind of data that its family has.

    Raises GradientError where a verdict is wrong, ZeroComparisonsError where nothing was compared.
    """
    sheet = family(name)
    demand(sum(examine(sheet.case_of(shapes, config, dtype, kind, 0), sheet) for kind in sheet.kinds), name)


def assert_right(case: Case, verdicts: Iterable[Verdict]) -> int:
    """Elements that were compared.

    Raises GradientError with the whole story where a verdict is wrong.
    """
    each = list(verdicts)
    if wrong := [verdict for verdict in each if verdict.status == "wrong"]:
        raise GradientError("\n".join([*map(str, wrong), f"case: {case}", "read it back with checks.case.parse"]))
    return sum(verdict.compared for verdict in each)


def demand(compared: int, what: str) -> None:
    """Say that a test showed something.

    Raises ZeroComparisonsError where it did not.
    """
    if not compared:
        raise ZeroComparisonsError(f"{what}: not one number was compared, so nothing was shown")
