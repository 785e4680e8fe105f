"""The place from which a script of the command line imports its layer."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from checks.adapters.pair_preamble import YOURS
from checks.commands.located import located

PLACES = {
    "nets:Relu": ("from your_module import Relu", "from nets import Relu"),
    "a.nets:Relu": ("from your_module import Relu as your_Relu", "from a.nets import Relu as your_Relu"),
    "nets:Outer.Relu": ("from your_module import Relu", "from nets import Outer\n\nRelu = Outer.Relu"),
    "nets:Outer.Inner": (
        "from your_module import Outer\n\nInner = Outer.Inner",
        "from nets import Outer\n\nInner = Outer.Inner",
    ),
    "nets:Outer.relu": (
        "from your_module import Outer  # yours\n\nforward = Outer.relu",
        "from nets import Outer  # yours\n\nforward = Outer.relu",
    ),
    "nets:Outer.layer": (
        "from your_module import layer as your_layer",
        "from nets import Outer\n\nyour_layer = Outer.layer",
    ),
}


@pytest.mark.parametrize("target", PLACES)
def test_a_script_imports_a_layer_from_where_the_command_line_named_it(target: str) -> None:
    """By the module's own name, and by way of its owner where it is nested."""
    before, after = PLACES[target]
    assert (
        located(f"import numpy as np\n{before}\n\nlayer = 1\n", target) == f"import numpy as np\n{after}\n\nlayer = 1\n"
    )


def test_what_stands_at_another_name_stays_to_be_filled_in() -> None:
    """Nobody knows in which module the class of an object is, or functions around a layer."""
    for line in ("from your_module import Relu", "from your_module import forward, backward  # yours"):
        assert located(line, "nets:layer") == line


def test_what_a_function_made_is_imported_from_where_the_target_stands() -> None:
    """The module holds it: nothing is to be done first."""
    made = "  # Relu is made inside of maker(): let your_module hold it first"
    assert located(f"from your_module import Relu{made}", "nets:Relu") == "from nets import Relu"
    assert located(f"from your_module import Relu{made}", "nets:other") == f"from your_module import Relu{made}"


MODULE = """
relu = (lambda x: (x, x)), (lambda dy, x: dy)
layer = object()
again: list = [relu[0], relu[1]]
"""

PAIRS = {
    "pairs_here:relu": ("from your_module import forward, backward", "from pairs_here import relu"),
    "pairs_here:again": (
        "from your_module import f as forward, g as backward",
        "from pairs_here import again",
    ),
    "folder.pairs_there:relu": ("from your_module import f as ahead, g as back", "from folder.pairs_there import relu"),
}


@pytest.mark.parametrize("target", PAIRS)
def test_a_pair_is_imported_as_the_one_thing_that_it_is(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its text is read, and not run; what stands elsewhere in it, or is no pair, stays to be filled in."""
    (tmp_path / "folder").mkdir()
    for place in ("pairs_here.py", "folder/__init__.py", "folder/pairs_there.py"):
        (tmp_path / place).write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    before, after = PAIRS[target]
    names = "ahead, back" if "ahead" in before else "forward, backward"
    note = "" if "ahead" in before else YOURS
    assert located(f"{before}{note}\n\n", target) == f"{after}\n\n{names} = {target.partition(':')[2]}\n\n"
    module = target.partition(":")[0]
    for other in (f"{module}:layer", f"{module}:absent", "no_such_module:relu"):
        assert located(f"{before}{note}\n\n", other) == f"{before}{note}\n\n"
    made = f"{note}{';' if note else '  #'} f is made inside of maker(): let your_module hold it first"
    assert located(f"{before}{made}\n\n", target) == located(f"{before}{note}\n\n", target)
    assert module not in sys.modules
