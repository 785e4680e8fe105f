"""An argument that is called as a script calls a result: both are told apart."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from checks import examine
from checks.selftest.diagnosis import by_itself

#: A product of x and y; a later forward overwrites what was saved, or the gradient of y is wrong.
PRODUCTS = """
import numpy as np

kept = np.empty((2, 3))


def forward(x, y):
    kept[:] = x, y
    return x * y, kept


def apart(x, y):
    return x * y, np.array([x, y])


def backward(dz, saved):
    return dz * saved[1], dz * saved[0]


def halved(dz, saved):
    return dz * saved[1], dz * saved[0] / 2


def each(dz, saved):
    yield dz * saved[1]
    yield dz * saved[0] / 2
"""


@pytest.mark.usefixtures("plainest")
@pytest.mark.parametrize(
    ("names", "law"),
    [
        (("forward", "backward"), "saved state"),
        (("apart", "halved"), "finite differences"),
        (("apart", "each"), "finite differences"),
    ],
)
def test_an_argument_called_y_is_no_result(
    names: tuple[str, str], law: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is its gradient the upstream one: what is printed is what was seen; also of a generator."""
    monkeypatch.syspath_prepend(tmp_path)
    module = by_itself.written(PRODUCTS, tmp_path, monkeypatch)
    layer = getattr(module, names[0]), getattr(module, names[1])
    inputs = {"x": np.array([0.5, -1.5, 2.0]), "y": np.array([1.5, 2.5, -0.5])}
    found = examine(layer, inputs=inputs, laws=[law], budget="1ms").findings[law]
    (said,) = by_itself.printed([found.script], tmp_path)
    worst = found.shrunk_verdict.worst
    assert worst is not None
    assert f"{worst.got}" in said
    assert f"must be {worst.want}" in said
    assert [name for name, times in Counter(_assigned(found.script)).items() if times > 1] == []


def _assigned(script: str) -> Iterator[str]:
    """The names to which its lines assign."""
    for line in ast.parse(script).body:
        if isinstance(line, ast.Assign):
            target = line.targets[0]
            named = target.elts if isinstance(target, ast.Tuple) else [target]
            yield from (each.id for each in named if isinstance(each, ast.Name))
