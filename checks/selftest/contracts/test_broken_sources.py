"""A reference that raises is no finding about the layer that is held against it."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

import reference_impl
from checks.adapters.numpy_pair import numpy_pair
from checks.claim import Verdict
from checks.examination import WITNESSES
from checks.families.built import Layer
from checks.families.convolution import Convolution
from checks.judge import RUNS, verdicts
from checks.scope.gives import giving
from checks.selftest.spoil import case_of
from checks.subject import Subject
from checks.types import Array
from checks.witness import Trial

RIGHT: Layer = (reference_impl.conv_forward, reference_impl.conv_backward)


def _raising(*_: Any, **__: Any) -> Any:
    raise IndexError("the reference is broken")


class NoForward(Convolution):
    """A convolution whose reference raises in its forward."""

    layer: ClassVar[Layer] = (_raising, reference_impl.conv_backward)


class NoBackward(Convolution):
    """A convolution whose reference raises in its backward."""

    layer: ClassVar[Layer] = (reference_impl.conv_forward, _raising)


SHEETS = pytest.mark.parametrize("sheet", [NoForward(), NoBackward()])


def _layer(forward: Any, backward: Any) -> Subject:
    return numpy_pair("a layer", forward, backward, Convolution.arguments)


def _heard(subject: Subject, sheet: Convolution) -> list[Verdict]:
    return [verdict for each in WITNESSES for verdict in verdicts(each, Trial(subject, sheet, case_of("conv")))]


@SHEETS
def test_a_right_layer_stays_right_beside_a_reference_that_raises(sheet: Convolution) -> None:
    """Laws that need the reference are blind, and say why."""
    heard = _heard(_layer(*RIGHT), sheet)
    assert not [str(verdict) for verdict in heard if verdict.status in {"wrong", "hazard"}]
    assert "the reference is broken" in next(verdict for verdict in heard if verdict.law == "reference").why


@SHEETS
def test_a_layer_that_raises_is_wrong_beside_a_reference_that_raises(sheet: Convolution) -> None:
    """Nor does it matter that the layer is the reference itself."""
    for subject in (_layer(*sheet.layer), sheet.reference):
        assert {(verdict.law, verdict.status) for verdict in _heard(subject, sheet)} >= {(RUNS, "wrong")}


@SHEETS
def test_what_the_reference_gives_in_place_of_a_layer_is_not_the_layers_error(sheet: Convolution) -> None:
    """Of one that gives no dx by design."""

    def backward(dy: Array, saved: Any) -> dict[str, Array]:
        _, dweight, dbias = reference_impl.conv_backward(dy, saved)
        return {"dweight": dweight} if dbias is None else {"dweight": dweight, "dbias": dbias}

    subject = giving(_layer(reference_impl.conv_forward, backward), sheet, ["weight", "bias"])
    assert not [str(verdict) for verdict in _heard(subject, sheet) if verdict.status == "wrong"]
