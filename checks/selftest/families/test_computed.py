"""What a family's own layer gives, without the care that an unknown layer is handled with: the same."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from checks.errors import SubjectError
from checks.families import families, family

CASES = 10


@pytest.mark.parametrize("name", sorted(families()))
def test_what_is_computed_is_what_the_reference_gives_and_leaves_what_it_was_given(name: str) -> None:
    """On the very arrays, bit for bit."""
    for case in islice(family(name).sweep(0, 0), CASES):
        arrays, dy = case.inputs, case.dy
        found = family(name).computed(arrays, case.config, dy).named()
        want = family(name).reference.pull(case.inputs, case.config, case.dy).named()
        assert list(found) == list(want)
        assert all(np.array_equal(found[of], want[of], equal_nan=True) for of in want)
        assert all(np.array_equal(arrays[argument], case.inputs[argument]) for argument in case.arguments)
        assert np.array_equal(dy, case.dy)


@pytest.mark.parametrize("name", sorted(families()))
def test_what_is_computed_with_its_mass_is_what_each_alone_is(name: str) -> None:
    """Whether a layer takes both at once or one after the other."""
    for case in islice(family(name).sweep(1, 0), CASES):
        given = case.inputs, case.config, case.dy
        alone = family(name).computed(*given).named(), family(name).mass(*given).named()
        for found, want in zip(family(name).computed_with_mass(*given), alone, strict=True):
            assert list(found.named()) == list(want)
            for of, value in found.named().items():
                np.testing.assert_allclose(value, want[of], rtol=1e-3 if case.dtype == "float16" else 1e-6)


def test_what_the_reference_turns_down_raises_as_it_does_there() -> None:
    """A kernel larger than x; a dy of another shape than y."""
    conv = family("conv")
    x, weight = np.ones((1, 1, 2, 2)), np.ones((1, 1, 3, 3))
    with pytest.raises(SubjectError, match="kernel of 3"):
        conv.computed({"x": x, "weight": weight}, {}, x)
    with pytest.raises(SubjectError, match="y has shape"):
        conv.computed({"x": x, "weight": weight[..., :1, :1]}, {}, x[..., :1])
