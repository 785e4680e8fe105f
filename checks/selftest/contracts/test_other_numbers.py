"""Arrays of other numbers lie in memory as new ones do: how arrays lie is another law's question."""

from __future__ import annotations

from checks import examine, story
from checks.types import Array

#: A case whose numbers were drawn along other axes than they lie.
DRAWN_ACROSS = (
    'relu(x=(4,2,4,19,7), dy=(4,2,4,19,7); at_zero=0.0; dtype="float16", data="distinct", span=22, unit=1, '
    "seed=1417651923)"
)


def test_a_layer_that_takes_arrays_as_they_lie_keeps_nothing() -> None:
    """Its mask is taken in the order of memory, and it is wrong for arrays whose axes lie otherwise alone."""

    def forward(x: Array) -> tuple[Array, Array]:
        return x.clip(0), (x.ravel(order="K") > 0).reshape(x.shape)

    def backward(dy: Array, mask: Array) -> Array:
        return dy * mask

    asked = ["saved state", "repeatable", "settings"]
    found = examine((forward, backward), like="relu", laws=asked, cases=[DRAWN_ACROSS])
    assert not found.wrong, story(found)
