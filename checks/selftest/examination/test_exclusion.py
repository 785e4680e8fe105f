"""What a pass excludes: an error above the stated resolution is seen, one below is not; cells and combinations."""

from __future__ import annotations

import numpy as np
import pytest

from checks import examine, story
from checks.errors import UsageError
from checks.examination import Examination
from checks.exclusion import Exclusion, Kind, Resolution
from checks.families import families, family
from checks.mistakes.faults import FAULTS
from checks.report.excluded import excluded
from checks.subject import Subject
from checks.types import Array, Arrays

CASE = (
    'conv(x=(1,1,5,5), weight=(1,1,3,3), dy=(1,1,3,3); stride=1, padding=0, dilation=1, groups=1; dtype="float64", '
    'data="normal", seed=3)'
)


def off_by(share: float) -> Subject:
    """A convolution with one entry of dx wrong by a share of it."""
    reference = family("conv").reference

    def backward(dy: Array, saved: object) -> Arrays:
        gradients = dict(reference.backward(dy, saved))
        gradients["dx"].reshape(-1)[int(np.argmin(np.abs(gradients["dx"])))] *= 1 + share
        return gradients

    return Subject("conv, one entry off", reference.forward, backward)


def test_an_error_above_the_stated_resolution_is_seen_and_one_far_below_is_not() -> None:
    """In whichever entry: it stands in the one that is smallest beside its bound."""
    stated = examine(family("conv").reference, "conv", cases=[CASE]).exclusion.resolutions[Kind("dx", "float64", False)]
    assert 0 < stated.worst < 1e-10
    laws = {share: examine(off_by(share * stated.worst), "conv", cases=[CASE]).findings for share in (1.5, 0.01)}
    assert {"reference", "textbook", "torch"} & set(laws[1.5])
    assert not {"reference", "textbook", "torch"} & set(laws[0.01])


def test_on_integers_any_difference_is_excluded() -> None:
    """Every sum is exact, so that the resolution is 0."""
    found = examine(family("conv").reference, "conv", cases=[CASE.replace("normal", "integers")])
    assert {resolution.worst for resolution in found.exclusion.resolutions.values()} == {0.0}
    assert "a pass excludes, in one entry of float64: any difference on integers" in story(found)


@pytest.mark.parametrize("name", families())
def test_a_sweep_leaves_nothing_possible_unmet(name: str) -> None:
    """Every cell is visited and every possible combination met; the impossible ones are counted with their reasons."""
    exclusion = Exclusion()
    for case in family(name).sweep(0, 0):
        exclusion.visit(family(name), case)
    said = "\n".join(excluded(exclusion, family(name)))
    assert f"visited {len(family(name).all_cells)} of {len(family(name).all_cells)} configuration cells" in said
    assert "not visited" not in said
    assert "not met" not in said
    assert "impossible: " in said


def test_what_was_not_visited_is_named() -> None:
    """One case visits one option of each cell; a combination is explained by the cell that it lacks."""
    found = examine(family("relu").reference, "relu", cases=["relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; seed=1)"])
    said = story(found)
    assert "not visited: at_zero: half, at_zero: one, " in said
    assert "with a cell that was not visited" in said


def test_two_exclusions_together_exclude_the_sharper_of_both() -> None:
    """The best of the best cases, the worst of the worst ones."""
    kind = Kind("dx", "float32", integers=False)
    whole = Exclusion({"a"}, set(), {kind: Resolution(1e-3, 1e-2)})
    whole.join(Exclusion({"b"}, {frozenset("ab")}, {kind: Resolution(1e-4, 1e-3)}))
    assert whole == Exclusion({"a", "b"}, {frozenset("ab")}, {kind: Resolution(1e-4, 1e-2)})


def test_a_hazard_is_wrong_where_it_is_denied() -> None:
    """By the name of its law, or all at once; otherwise it fails nothing."""
    (once,) = (fault for fault in FAULTS if fault.name == "backward once")
    relu = 'relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; data="distinct", seed=1)'

    def examined(*deny: str) -> Examination:
        return examine(once.plant(family("relu").reference), "relu", cases=[relu], deny=deny)

    assert not examined().wrong
    assert "saved state" in examined().hazards
    assert set(examined("saved state").findings) == set(examined("all").findings) == {"saved state"}
    with pytest.raises(
        UsageError, match=r"'saved stat' is no law \(did you mean saved state.*\?\); expected one of all, reference"
    ):
        examined("saved stat")


def test_what_is_wrong_only_at_kinks_says_so_in_its_headline() -> None:
    """A ReLU that gives twice the gradient at 0, right everywhere else."""

    def backward(dy: Array, x: Array) -> Array:
        return np.asarray(dy * (x > 0) + 2 * dy * (x == 0))

    found = examine((lambda x: (x.clip(0), x), backward), like="relu", budget="1ms")
    assert found.only_at_kinks
    assert "WRONG only at kinks" in story(found).splitlines()[0]
    found.hurried = 3  # cases, where more are usual: nobody knows whether it is right elsewhere
    assert "WRONG by kinks" in story(found).splitlines()[0]
