"""What breaks on a large example is shown on its first entries along each axis, as far as they break too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.case import Case
from checks.errors import UsageError
from checks.families.slices import sliced, smaller
from checks.selftest.diagnosis import by_itself
from checks.tally import Finding

pytestmark = pytest.mark.usefixtures("plainest")

RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(32, 40)), RNG.normal(size=(40, 16))

#: Pairs: one that is wrong everywhere, one that is wrong from a column on, one that takes 40 columns alone.
PAIRS = """
import numpy as np


def forward(x, w):
    return x @ w, (x, w)


def backward(dy, saved):
    x, w = saved
    return dy @ w.T, 2 * x.T @ dy


def tanh(x):
    y = np.tanh(x)
    return y, y.copy()


def spoiled(dy, y):
    dx = dy * (1 - y * y)
    dx[:, 30:] *= 1.5
    return dx


def of_forty(x):
    if x.shape != (32, 40):
        raise ValueError("as many rows and columns as it was written for")
    return tanh(x)
"""


def finding(names: tuple[str, str], inputs: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Finding:
    """What breaks the law of numerical derivatives."""
    module = by_itself.written(PAIRS, folder, monkeypatch)
    layer = tuple(vars(module)[name] for name in names)
    found = examine(layer, inputs=inputs, budget="1s", laws=["finite differences"])
    return found.findings["finite differences"]


def test_axes_of_one_length_shrink_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script spells out what is left, and shows the mistake."""
    found = finding(("forward", "backward"), (X, W), tmp_path, monkeypatch)
    shapes = found.shrunk.shapes
    assert shapes["x"][1] == shapes["w"][0] < 40
    assert found.case.shapes["x"] == (32, 40)
    assert found.shrunk_verdict.worst is not None
    (said,) = by_itself.printed([found.script], tmp_path)
    assert str(found.shrunk_verdict.worst.got) in said


def test_what_breaks_from_some_column_on_is_shown_with_as_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other axis is as short as it gets; both texts of that part can be asked again."""
    found = finding(("tanh", "spoiled"), (X,), tmp_path, monkeypatch)
    rows, columns = found.shrunk.shapes["x"]
    assert rows == 3
    assert 30 < columns < 40
    module = by_itself.written(PAIRS, tmp_path, monkeypatch)
    layer = module.tanh, module.spoiled
    assert "finite differences" in examine(layer, inputs=(X,), cases=[str(found.shrunk)]).findings
    part = str(found.shrunk).partition("; dy=((")[0] + ")"
    assert examine(layer, inputs=(X,), cases=[part]).judged[0].inputs["x"].tolist() == X[:3, :columns].tolist()


def test_a_layer_that_takes_no_part_is_shown_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody said that it takes any."""
    found = finding(("of_forty", "spoiled"), (X,), tmp_path, monkeypatch)
    assert found.shrunk.shapes["x"] == (32, 40)


def test_a_large_case_that_was_kept_is_shown_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It spells out everything, and is no example any more."""
    module = by_itself.written(PAIRS, tmp_path, monkeypatch)
    kept = Case("unclaimed", {"x": X.shape, "dy": X.shape}, data="normal").holding("x", X)
    found = examine((module.tanh, module.spoiled), inputs=(X,), cases=[kept], laws=["finite differences"])
    assert found.findings["finite differences"].shrunk.shapes["x"] < X.shape


def test_a_text_that_is_no_part_of_the_example_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With both shapes."""
    module = by_itself.written(PAIRS, tmp_path, monkeypatch)
    text = 'unclaimed(x=(33,40), dy=(33,40); ; dtype="float64", data="given", span=1, unit=1, seed=0)'
    with pytest.raises(UsageError, match=r"x of shape \(33, 40\) is no part of the example's \(32, 40\)"):
        examine((module.tanh, module.spoiled), inputs=(X,), cases=[text])


def test_what_can_be_read_stays_whole_and_no_axis_gets_too_short() -> None:
    """Three entries are left at least, where there are more."""
    assert not list(smaller({"x": (5, 20)}))
    every = list(smaller({"x": (2, 4, 20)}))
    assert {shapes["x"][0] for shapes in every} == {2}
    assert min(shapes["x"][1] for shapes in every) == min(shapes["x"][2] for shapes in every) == 3
    assert every[0] == {"x": (2, 4, 3)}


@pytest.mark.long
def test_parameters_of_a_module_keep_their_sizes() -> None:
    """Compiled code, as that of PyTorch's LSTM, does not ask whether they fit, and reads past their end."""
    torch, sizes = pytest.importorskip("torch"), set[tuple[int, ...]]()

    class Twice(torch.nn.Linear):  # type: ignore[name-defined,misc] # loaded here
        def forward(self, x: Any) -> Any:
            sizes.add(tuple(self.weight.shape))
            return super().forward(x) + (x.detach() ** 2).sum()

    found = examine(Twice(40, 16).double(), inputs=(torch.from_numpy(X),), budget="1s", laws=["finite differences"])
    assert found.findings["finite differences"].shrunk.shapes["x"] == (3, 40)
    assert sizes == {(16, 40)}


def test_a_part_of_an_array_without_axes_is_an_array() -> None:
    """Of a number that is learned, beside arrays of which a part is shown: it cannot be written to either."""
    found = sliced({"x": X, "scale": np.array(0.5)}, {"x": (3, 3), "scale": ()})
    assert all(isinstance(value, np.ndarray) for value in found.values())
    layer = lambda x, scale: (x * scale, (x, scale)), lambda dy, s: (3 * dy * s[1], np.asarray((dy * s[0]).sum()))
    assert examine(layer, inputs=(X, np.array(0.5)), budget="1ms").wrong
