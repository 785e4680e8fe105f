"""``examine`` reports, ``verify`` raises the whole story."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch

import checks
import reference_impl
from checks import GradientError, UsageError, ZeroComparisonsError, errors, examine, layer_tests, power, story, verify
from checks.examination import Examination
from checks.opening import demand_known
from checks.scope.likeness import resolve
from checks.scope.limits import Limits
from checks.scope.spend import seconds
from checks.selftest.api.layers import RIGHT, WRONG
from checks.selftest.brief import shrinking
from checks.selftest.house import ROOT


def test_a_right_layer_passes_and_says_what_it_does_not_take() -> None:
    """No law breaks; the cases that it does not take are counted by reason."""
    found = verify(RIGHT, like="conv2d", budget="1ms")
    assert not found.wrong
    assert found.cases >= 20
    assert {"bias", "groups", "dilation", "axes"} <= set(found.outside)


@pytest.fixture(scope="module")
def wrong() -> Examination:
    """What is found of a wrong layer."""
    with shrinking():
        return examine(WRONG, like="conv2d", budget="1ms")


@pytest.mark.long
def test_a_wrong_layer_is_reported_not_raised(wrong: Examination) -> None:
    """The laws that broke are listed, on a case that is no larger than needed."""
    assert {"reference", "textbook", "adjoint", "finite differences"} <= set(wrong.findings)
    assert wrong.findings["reference"].shrunk.shapes["weight"] == (1, 1, 1, 2)


@pytest.mark.long
@pytest.mark.usefixtures("plainest")
def test_verify_raises_the_whole_story() -> None:
    """Law, family, case, element, got, want, bound, reason and how to see it again."""
    with pytest.raises(GradientError) as info:
        verify(WRONG, like="conv2d", budget="1ms")
    text = str(info.value)
    for part in (
        "forward as conv: WRONG by",
        "laws     reference",
        "case     conv(x=(1,1,",
        "element  dweight[",
        "got  ",
    ):
        assert part in text
    for part in ("want  ", "bound    0 (integers", "replay   examine(layer, like='conv', cases=['conv(", "right by: "):
        assert part in text


@pytest.mark.parametrize("ask", [examine, verify, power, layer_tests])
def test_an_argument_that_is_misspelt_is_told_with_the_nearest(ask: Any) -> None:
    """And with all that there are."""
    with pytest.raises(
        UsageError, match=rf"^{ask.__name__} has no argument 'suports' \(did you mean supports.*; expected"
    ):
        ask(RIGHT, "conv2d", suports={})


def test_only_the_laws_that_are_named_are_asked() -> None:
    """The adjoint alone finds the mistake; a name that is no law is refused, those that look like it first."""
    found = examine(WRONG, like="conv2d", budget="1ms", laws=["adjoint"])
    assert set(found.tallies) == set(found.findings) == {"adjoint"}
    with pytest.raises(
        UsageError, match=r"laws has 'Adjont', which cannot .* \(did you mean adjoint\?\); expected some of"
    ):
        examine(WRONG, like="conv2d", laws=["Adjont"])
    with pytest.raises(UsageError, match=r"laws has '[?]!', which cannot be asked here; expected some of reference"):
        examine(WRONG, like="conv2d", laws=["?!"])


def test_the_replay_of_a_story_shows_the_same_again(wrong: Examination) -> None:
    """The shrunk case alone, as text, breaks the same law."""
    case = wrong.findings["reference"].shrunk
    again = examine(WRONG, like="conv2d", cases=[str(case)])
    assert again.cases == 1
    assert "reference" in again.findings


def test_the_same_seed_examines_the_same_cases() -> None:
    """And another seed others."""
    passes_all = (reference_impl.relu_forward, lambda dy, _: dy)
    asked: dict[str, Any] = {"like": "relu", "budget": "1ms", "laws": ["reference"]}
    first, same, other = (examine(passes_all, seed=seed, **asked) for seed in (3, 3, 4))
    texts = [str(found.findings["reference"].case) for found in (first, same, other)]
    assert texts[0] == texts[1] != texts[2]


def test_a_layer_that_raises_is_a_finding_with_a_hint() -> None:
    """The law ``runs`` breaks, the message says how to say what is not taken."""

    def raises(x: Any, w: Any, b: Any = None, stride: int = 1, padding: int = 0) -> Any:
        return dict[str, Any]()["cache"]

    text = story(examine((raises, RIGHT[1]), like="conv2d", budget="1ms"))
    assert "forward raised KeyError: 'cache'" in text
    assert "supports={'stride': 1" in text


REFUSED = [
    pytest.param(
        {"like": "conv4d"}, "like='conv4d' is no family; the nearest are: conv", id="a family that is not there"
    ),
    pytest.param({"like": "xyzzy"}, "like='xyzzy' is no family; expected one of avg_pool", id="nothing like it"),
    pytest.param({"like": "max_pol2d"}, "the nearest are: max_pool", id="a misspelt family"),
    pytest.param({}, "neither like= nor inputs=", id="neither like nor inputs"),
    pytest.param({"like": "conv", "inputs": (1,)}, "inputs= is for a subject of no known family", id="both"),
    pytest.param({"like": "conv", "budget": "soon"}, "budget='soon' is no time", id="a budget that is no time"),
    pytest.param({"like": "conv", "supports": {"strid": 1}}, "did you mean stride", id="a misspelt limit"),
    pytest.param({"like": "conv2d", "supports": {"axes": 4}}, "takes no case of conv: axes", id="no case is left"),
    pytest.param(
        {"like": "conv", "cases": ["relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; seed=1)"]},
        "cases has one of relu and the layer is examined as conv; expected cases of conv alone, or like='relu'",
        id="a case of another family",
    ),
    pytest.param({"like": 3}, "like=3 is of int; expected the name of a family", id="a family that is no word"),
    pytest.param({"like": "conv", "seed": "a"}, "seed='a' is of str; expected a whole number", id="a seed of letters"),
    pytest.param({"like": "conv", "seed": -1}, "seed=-1; expected a whole number from 0", id="a seed below 0"),
    pytest.param({"like": "conv", "seed": 1.5}, "seed=1.5 is of float", id="a seed that is not whole"),
    pytest.param({"like": "conv", "supports": "stride=1"}, "expected a dictionary of limits", id="limits in a word"),
    pytest.param({"like": "conv", "supports": ["stride"]}, "expected a dictionary of limits", id="limits in a list"),
    pytest.param({"like": "conv", "supports": {1: 2}}, "expected a dictionary of limits by their names", id="no name"),
    pytest.param({"like": "conv", "supports": {"zz": 1}}, "does not know; expected some of dtype", id="none is near"),
    pytest.param({"like": "conv", "supports": {"stride": 0}}, "stride=0; expected whole", id="no such stride"),
    pytest.param({"like": "conv", "supports": {"square": "yes"}}, "square='yes'; expected True, False", id="square"),
    pytest.param({"like": "conv", "supports": {"dtype": "flaot"}}, "dtype='flaot'; expected some of", id="a format"),
    pytest.param({"like": "conv", "isolate": "yes"}, "isolate='yes' is of str; expected True, False", id="isolation"),
    pytest.param(
        {"like": "conv", "corpus": 3}, "corpus=3 is of int; expected a folder", id="a corpus that is no folder"
    ),
    pytest.param(
        {"like": "conv", "corpus": ""}, "corpus='' is of str; expected a folder", id="a corpus without a name"
    ),
    pytest.param({"like": "conv", "laws": 3}, "laws=3 is of int; expected names of laws", id="laws that are no names"),
    pytest.param({"like": "conv", "laws": []}, r"laws=\[\] names no law; expected some, such as", id="no law"),
    pytest.param({"like": "conv", "supports": {"dtype": None}}, "dtype=None; expected some of float64", id="no format"),
    pytest.param({"like": "conv", "cases": "conv()"}, "expected a list of cases", id="a case that is not in a list"),
    pytest.param(
        {"inputs": (np.ones(3),), "supports": {"dtype": "float32"}},
        "supports has 'dtype', which says nothing of examples; expected device, gradients or tolerance beside inputs=",
        id="limits of examples",
    ),
    pytest.param({"inputs": (np.arange(3),)}, "x is of int64; expected floating point", id="integer examples"),
]


@pytest.mark.long
def test_the_call_that_replays_a_case_says_what_the_first_one_did() -> None:
    """Another layout, or a hazard that is no longer denied, would give another verdict."""
    told = story(examine(WRONG, "conv2d", budget="1ms", supports={"stride": 1}, deny=["layout", "dtype"]))
    assert "replay   examine(layer, like='conv', supports=supports, deny=['dtype', 'layout'], cases=[" in told


def test_a_misspelt_law_is_refused_before_the_layer_is_looked_at() -> None:
    """Which may take long to load."""
    with pytest.raises(UsageError, match="did you mean adjoint"):
        examine(object(), inputs=(np.ones(3),), laws=["adjont"])


@pytest.mark.parametrize(("question", "message"), REFUSED)
def test_a_question_that_is_not_understood_is_refused(question: dict[str, Any], message: str) -> None:
    """The message shows the value, what was expected and what to do."""
    with pytest.raises(UsageError, match=message):
        examine(RIGHT, **{"budget": "1ms", **question})


def test_a_misspelt_limit_is_suggested_once() -> None:
    """However many tables know it."""
    with pytest.raises(UsageError, match=r"did you mean stride\?$"):
        examine(RIGHT, like="conv", supports={"strid": 1})


@pytest.mark.parametrize(
    ("like", "name", "said"),
    [
        (
            "relu",
            "strid",
            "relu does not know; expected some of dtype, axes, batch, channels, in_channels,",
        ),
        ("relu", "at_zeros", "did you mean at_zero?"),
        ("max_pool", "biass", "max_pool does not know; expected some of"),
        ("max_pool", "ceil_mod", "did you mean ceil_mode?"),
        ("conv2d", "group", "did you mean groups?"),
    ],
)
def test_near_misses_are_words_of_the_family_itself(like: str, name: str, said: str) -> None:
    """A keyword that the family lacks would change nothing."""
    with pytest.raises(UsageError) as refused:
        Limits(resolve(like)[0], {name: 1})
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("like", "name"), [("relu", "stride"), ("avg_pool2d", "dilation"), ("max_pool", "bias"), ("conv", "ceil_mode")]
)
def test_a_keyword_of_another_family_is_no_limit(like: str, name: str) -> None:
    """It would be taken for one that makes a difference; examples are not looked at first."""
    expected = rf"supports has '{name}', which {like.removesuffix('2d')} does not know; expected some of dtype"
    with pytest.raises(UsageError, match=expected):
        examine((np.copy, np.copy), like, supports={name: 1})
    with pytest.raises(UsageError, match=expected):
        demand_known(like, {name: 1}, None, isolate=False)


def test_the_hint_for_a_layer_that_raises_names_words_of_its_family_alone() -> None:
    """A ReLU has no stride that could be limited."""

    def raises(x: Any) -> Any:
        return x.nothing

    text = story(examine((raises, RIGHT[1]), like="relu", budget="1ms"))
    assert "says so: supports={'dtype': ['float32'], 'axes': 2, 'layout': 'NHWC', ...}" in text


@pytest.mark.parametrize(
    "dtype", [np.float32, "f4", "single", ["float32"], np.dtype("float32"), torch.float32], ids=str
)
def test_a_format_is_known_by_all_of_its_names(dtype: Any) -> None:
    """NumPy's, PyTorch's, one or several."""
    found = examine(RIGHT, like="conv2d", budget="1ms", supports={"dtype": dtype}, laws=["reference"])
    assert {case.dtype for case in found.judged} == {"float32"}


def test_a_pass_without_a_comparison_is_an_error() -> None:
    """An examination of no cases shows nothing."""
    with pytest.raises(ZeroComparisonsError, match="0 cases and not one number compared"):
        examine(RIGHT, like="conv2d", cases=[])


@pytest.mark.parametrize(("text", "want"), [("10s", 10), ("500ms", 0.5), ("2m", 120), (1.5, 1.5), ("0.5 h", 1800)])
def test_budgets_are_read_with_their_units(text: str | float, want: float) -> None:
    """Seconds come out."""
    assert seconds(text) == want


def test_every_name_at_the_door_is_there() -> None:
    """And one that is not says which are."""
    assert all(getattr(checks, name) is not None for name in checks.__all__)
    with pytest.raises(AttributeError, match="no attribute 'exmine'; expected one of Case"):
        _ = checks.exmine


def test_every_error_that_the_door_or_the_page_names_can_be_caught() -> None:
    """By a name at the door, whichever function's words it stands in."""
    told = " ".join(str(getattr(checks, name).__doc__) for name in checks.__all__)
    told += (ROOT / "README.md").read_text(encoding="utf-8")
    ours = {name for name in re.findall(r"\b[A-Z]\w+Error\b", told) if hasattr(errors, name)}
    assert {"CaseError", "CorpusError", "UsageError"} <= ours <= {*checks.__all__}
    assert checks.power.__annotations__["return"] in checks.__all__
