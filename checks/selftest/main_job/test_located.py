"""The place from which a script of the command line imports its layer."""

from __future__ import annotations

import pytest

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
