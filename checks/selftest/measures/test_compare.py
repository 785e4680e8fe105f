"""The one judge, branch by branch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.claim import Claim, Verdict, unable
from checks.compare import compare

INF, NAN = np.inf, np.nan


def _judge(got: Any, want: Any, bound: Any = 0.0, **rest: Any) -> Verdict:
    got, want = np.asarray(got, float), np.asarray(want, float)
    return compare(Claim("law", "dx", got, want, np.broadcast_to(bound, want.shape), "because", **rest))


@pytest.mark.parametrize(
    ("got", "want", "bound", "status"),
    [
        (1.0, 1.0, 0.0, "right"),
        (0.0, -0.0, 0.0, "right"),
        (NAN, NAN, 0.0, "right"),
        (INF, INF, 0.0, "right"),
        (-INF, -INF, NAN, "right"),
        (1.0, 1.5, 0.5, "right"),
        (1.0, 1.5, 0.4999, "wrong"),
        (1.0, 1.0 + 2**-52, 0.0, "wrong"),
        (NAN, 1.0, 1e300, "wrong"),
        (1.0, NAN, 1e300, "wrong"),
        (INF, 1.0, 1e300, "wrong"),
        (INF, -INF, 1e300, "wrong"),
        (1.0, 2.0, NAN, "blind"),
        (NAN, 2.0, NAN, "blind"),
        (NAN, 2.0, INF, "blind"),
        (1.0, 2.0, INF, "blind"),
        (1.0, 1.0, INF, "right"),
    ],
)
def test_one_element_is_judged(got: float, want: float, bound: float, status: str) -> None:
    """Equal, within the bound, beyond it, not a number, infinite; and where the bound is not known."""
    assert _judge([got], [want], [bound]).status == status


@pytest.mark.parametrize(("law", "resolution"), [("reference", 0.25), ("textbook", 0.25), ("linearity", None)])
@pytest.mark.parametrize("got", [2.0, 2.25])
def test_what_would_have_been_seen_is_told_of_laws_that_go_entry_by_entry(
    law: str, resolution: float | None, got: float
) -> None:
    """The largest bound as a share of its entry, whether all entries are equal or not; nobody asks others for it."""
    claim = Claim(law, "dx", np.array([got, 8.0]), np.array([2.0, 8.0]), np.full(2, 0.5), "because")
    assert compare(claim).resolution == resolution


def test_a_claim_is_judged_once() -> None:
    """Whoever asks again is told the same verdict."""
    claim = Claim("law", "dx", np.ones(1), np.ones(1), np.zeros(1), "because")
    assert compare(claim) is compare(claim)


def test_one_wrong_element_makes_a_claim_wrong_and_is_named() -> None:
    """Among many that are right, with its place, its numbers and its error in units in the last place."""
    want = np.ones((3, 4))
    got = want.copy()
    got[1, 2] += 4 * np.finfo(float).eps
    verdict = _judge(got, want, 1e-16)
    assert (verdict.status, verdict.wrong, verdict.compared, verdict.exact) == ("wrong", 1, 12, False)
    assert verdict.worst is not None
    assert (verdict.worst.index, verdict.worst.got, verdict.worst.want) == ((1, 2), got[1, 2], 1.0)
    assert verdict.worst.ulp == 4


def test_the_worst_element_is_the_one_that_used_most_of_its_bound() -> None:
    """Not the one with the largest error."""
    verdict = _judge([1.0, 1.0], [1.25, 1.01], [1.0, 0.0125])
    assert verdict.worst is not None
    assert verdict.worst.index == (1,)
    assert verdict.share == pytest.approx(0.8)


def test_the_worst_element_is_found_where_no_double_is_its_share() -> None:
    """A third, in long doubles; of two that used as much, the one that lies further off."""
    got, bound = np.array([0, 1, 2], np.longdouble), np.array([1, 3, 6], np.longdouble)
    verdict = compare(Claim("law", "dx", got, np.zeros_like(got), bound, ""))
    assert verdict.worst is not None
    assert (verdict.worst.index, verdict.worst.got) == ((2,), 2.0)


def test_where_no_error_was_allowed_the_share_is_infinite() -> None:
    """And the largest error is the worst."""
    verdict = _judge([0.0, 0.0], [0.5, -2.0])
    assert verdict.share == INF
    assert verdict.worst is not None
    assert verdict.worst.index == (1,)


def test_blind_elements_are_counted_and_never_the_worst() -> None:
    """Two of three are blind; what a witness left out on purpose counts too."""
    verdict = _judge([1.0, 5.0, 1.0], [1.1, 9.0, 2.0], [0.2, NAN, INF], blind=7)
    assert (verdict.status, verdict.compared, verdict.blind) == ("right", 1, 9)
    assert verdict.worst is not None
    assert verdict.worst.index == (0,)
    assert verdict.share == pytest.approx(0.5)


def test_nothing_compared_and_something_left_out_is_blind() -> None:
    """Never right."""
    verdict = compare(unable("law", "dx", 12, "too long"))
    assert (verdict.status, verdict.compared, verdict.blind, verdict.exact) == ("blind", 0, 12, False)
    assert verdict.worst is None
    assert _judge([1.0], [2.0], [NAN]).status == "blind"


@pytest.mark.parametrize("shape", [(0,), (0, 3, 2), (2, 0)])
def test_an_empty_array_of_the_right_shape_is_right_and_shows_nothing(shape: tuple[int, ...]) -> None:
    """No element, no exactness, no share."""
    verdict = _judge(np.zeros(shape), np.zeros(shape))
    assert (verdict.status, verdict.compared, verdict.exact, verdict.share) == ("right", 0, False, 0.0)


@pytest.mark.parametrize(
    ("got", "want"), [((2, 3), (3, 2)), ((1, 3), (3,)), ((), (1,)), ((0, 3), (0, 2)), ((6,), (2, 3))]
)
def test_shapes_are_not_broadcast(got: tuple[int, ...], want: tuple[int, ...]) -> None:
    """Both shapes are said."""
    verdict = _judge(np.zeros(got), np.zeros(want))
    assert verdict.status == "wrong"
    assert str(got) in verdict.why
    assert str(want) in verdict.why
    assert verdict.wrong >= 1


def test_a_claim_keeps_its_severity_only_where_it_breaks() -> None:
    """A hazard is no mistake, and a claim that holds is right whatever it would have been."""
    assert _judge([1.0], [2.0], severity="hazard").status == "hazard"
    assert _judge([2.0], [2.0], severity="hazard").status == "right"


def test_a_sampled_claim_names_the_place_in_the_whole() -> None:
    """``places`` maps positions in the sample to indices of the quantity."""
    verdict = _judge([1.0, 1.0], [1.0, 2.0], places=((0, 0), (4, 7)))
    assert verdict.worst is not None
    assert verdict.worst.index == (4, 7)
    assert "dx[4, 7] wrong got 1.0, want 2.0, bound 0 (because)" in str(verdict)


@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble", "complex64", "complex128", "int64"])
def test_formats_of_every_kind_are_compared_in_a_wider_one(dtype: str) -> None:
    """1 and 3 are 2 apart in all of them."""
    got, want = np.array([1], dtype), np.array([3], dtype)
    verdict = compare(Claim("law", "dx", got, want.astype(np.result_type(dtype, float)), np.array([4.0]), ""))
    assert (verdict.status, verdict.share) == ("right", 0.5)


def test_complex_errors_are_distances_in_the_plane() -> None:
    """3 + 4j is 5 away from 0."""
    verdict = compare(Claim("law", "dx", np.array([3 + 4j]), np.array([0j]), np.array([10.0]), ""))
    assert verdict.share == 0.5


def test_scalars_are_arrays_without_axes() -> None:
    """A sum over everything is one number."""
    assert _judge(1.0, 1.0).status == "right"
    verdict = _judge(1.0, 2.0)
    assert verdict.worst is not None
    assert verdict.worst.index == ()


NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


@given(got=NUMBERS, want=NUMBERS, bound=NUMBERS.map(abs))
def test_every_element_is_exactly_one_of_right_wrong_and_blind(got: float, want: float, bound: float) -> None:
    """And the counts say which."""
    verdict = _judge([got], [want], [bound])
    assert verdict.compared + verdict.blind == 1
    assert {"right": (1, 0), "wrong": (1, 1), "blind": (0, 0)}[verdict.status] == (verdict.compared, verdict.wrong)
    assert not np.isnan(verdict.share)
    assert (verdict.share > 1) == (verdict.status == "wrong")
