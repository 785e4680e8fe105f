"""A script makes the calls of a broken law again, with NumPy alone, and tells the wrong layer from the right one."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.case import Case
from checks.claim import Verdict
from checks.diagnosis.explain import SPOKEN_BY
from checks.diagnosis.recording import recorded
from checks.diagnosis.script import script
from checks.families import family
from checks.invariants import INVARIANTS
from checks.judge import verdicts
from checks.selftest.contracts.memory_plants import PLANTS as MEMORY
from checks.selftest.contracts.plant import Plant, cases
from checks.selftest.contracts.value_plants import PLANTS as VALUES
from checks.subject import Subject
from checks.types import Array, Arrays
from checks.witness import Trial, Witness
from reference_impl import max_pool_backward, max_pool_forward

#: Entries of a case that is small enough for a script.
SMALL = 100

#: Faults that no short script shows: they follow from chance or from who owns memory, from the stride of an axis with
#: one entry or from a shape where one element is printed, or need more numbers.
UNSEEN = {
    "sums in any order",
    "y is x",
    "dx is dy",
    "ignores strides of weight",
    "ignores strides of dy",
    "windows kept by shapes",
    "first column forgotten",
    "zeros of the weight skipped",
    "any stride 0 of dy taken for one number",
    "stride 1 where none is said",
}

PLANTS = [plant for plant in MEMORY + VALUES if plant.name not in UNSEEN]


def found(plant: Plant) -> Iterator[tuple[Witness, Case, Verdict]]:
    """Small cases on which a planted fault is named as it must be."""
    witness = next((each for each in INVARIANTS if each.law == SPOKEN_BY.get(plant.law, plant.law)), INVARIANTS[0])
    sheet = family(plant.family)
    for case in cases(plant.family):
        if case.sizes() <= SMALL:
            heard = verdicts(witness, Trial(plant.make(sheet.reference), sheet, case))
            broken = (verdict for verdict in heard if (verdict.law, verdict.status) == plant.verdict)
            yield from ((witness, case, verdict) for verdict in broken)


def output(source: str, subject: Subject, case: Case) -> str:
    """What a script prints with this layer at ``your_module``, or the error that ends it."""
    module = ModuleType("your_module")

    def forward(*arrays: Array, **config: object) -> object:
        named: Arrays = dict(zip(case.arguments, arrays, strict=True))
        return subject.forward(named, config)

    module.__dict__.update(forward=forward, backward=subject.backward)
    printed = io.StringIO()
    sys.modules["your_module"] = module
    try:
        with contextlib.redirect_stdout(printed), np.errstate(all="ignore"):
            exec(compile(source, "script", "exec"), {})  # noqa: S102 - our own source
    except Exception as error:  # noqa: BLE001 - the layer's own
        return f"{printed.getvalue()}{type(error).__name__}"
    finally:
        del sys.modules["your_module"]
    return printed.getvalue()


@pytest.mark.parametrize("plant", PLANTS, ids=[plant.name for plant in PLANTS])
def test_a_script_tells_the_wrong_layer_from_the_right_one(plant: Plant) -> None:
    """Whatever the law, where its calls are few and its numbers can be read."""
    right = family(plant.family).reference
    for witness, case, verdict in found(plant):
        source = script(*recorded(plant.make(right), family(plant.family), case, witness, verdict), verdict)
        if source and output(source, plant.make(right), case) != output(source, right, case):
            return
    pytest.fail(f"no script of {plant.law} shows {plant.name}")


def test_a_script_names_no_keyword_that_the_layer_lacks() -> None:
    """It is called as its signature says."""

    def forward(x: Array, kernel_size: Any, stride: Any) -> tuple[Array, Any]:
        return max_pool_forward(x, kernel_size, stride)

    found = examine((forward, lambda dy, saved: 2 * max_pool_backward(dy, saved)), "max_pool", budget=0.5)
    source = found.findings["reference"].script
    assert "kernel_size=" in source
    assert not any(word in source for word in ("padding", "dilation", "ceil_mode"))
