"""A script for an object shows its class as its user calls it, and runs with NumPy and that class alone."""

from __future__ import annotations

import contextlib
import io
import sys
from types import ModuleType
from typing import Any

import pytest

from checks import examine
from checks.adapters.imports import home_of
from checks.adapters.sources import variable
from checks.selftest.adapters.objects_with_parameters import Dense
from checks.selftest.adapters.test_losses_and_stacks import Squares
from checks.selftest.adapters.test_no_parameters import Flat
from checks.selftest.adapters.test_slots import KINDS, X
from checks.types import Array

LAW = "finite differences"


def printed(source: str, kind: type, built: Any) -> str:
    """What a script prints with this class at ``your_module``, whose constructor gives ``built``."""
    module = ModuleType("your_module")
    setattr(module, kind.__name__, lambda *_: built)
    sys.modules["your_module"] = module
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            exec(compile(source, "script", "exec"), {})  # noqa: S102 - our own source
    finally:
        del sys.modules["your_module"]
    return said.getvalue()


@pytest.mark.long
@pytest.mark.sweep("scripts of objects with parameters", 3)
@pytest.mark.usefixtures("plainest")
@pytest.mark.parametrize(("kind", "name"), KINDS.items(), ids=[kind.__name__ for kind in KINDS])
def test_a_script_of_an_object_runs_and_shows_the_wrong_number(kind: Any, name: str) -> None:
    """Of the right layer it shows the number that must be."""
    found = examine(kind(2.0), inputs=(X[:1],), budget="1ms", laws=[LAW]).findings[LAW]
    assert found.script.splitlines()[1] == f"from your_module import {kind.__name__}"
    wrong, right = (printed(found.script, kind, kind(factor)).split(" and must be ") for factor in (2.0, 1.0))
    assert wrong[0].startswith(f"d{name}[0, 0] is ")
    assert float(wrong[0].split()[-1]) == 2 * float(wrong[1])
    assert float(right[0].split()[-1]) == float(right[1])


def test_a_script_of_a_loss_multiplies_what_it_takes_for_one() -> None:
    """And shows what is held."""
    script = examine(Squares(1.0), inputs=(X[:1], X[1:2]), budget="1ms", laws=[LAW]).findings[LAW].script
    assert "return layer.forward(prediction, target=np.array([[" in script
    assert "), layer  # with what you hold" in script
    assert 'return {"dprediction": given * dy}' in script


def test_a_part_of_another_array_is_written_to() -> None:
    """An assignment would part them."""

    class Doubled(Flat):
        def backward(self, dy: Array) -> Array:
            dx = super().backward(dy)
            self.dW = 2 * self.dW
            return dx

    script = examine(Doubled(), inputs=(X[:1],), budget="1ms", laws=[LAW]).findings[LAW].script
    assert "    layer.W[...] = W" in script.splitlines()


@pytest.mark.usefixtures("plainest")
def test_a_hazard_is_shown_with_the_class_too() -> None:
    """Each forward is of the same object."""
    script = examine(Dense(), inputs=(X[:1],), budget="1ms", laws=["saved state"]).hazards["saved state"].script
    assert "layer = Dense()  # as you build it" in script
    first, second = printed(script, Dense, Dense()).split()[-2:]
    assert first != second


def test_names_of_places_become_names_of_variables() -> None:
    """As they are where they can be."""
    assert [variable(name) for name in ("x", "layers[0].W", "self.x")] == ["x", "layers_0_W", "self_x"]


def test_a_framework_s_own_function_is_imported_from_where_everybody_has_it() -> None:
    """A module that holds it under another name is not asked for it."""
    torch = pytest.importorskip("torch")
    assert home_of(torch.nn.functional.softplus, "softplus") == "torch.nn.functional"
    assert home_of(home_of, "home_of") == "your_module"
