"""A case and its text: what is printed reads back as the same case, and nothing in a text is executed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.case import Case, parse
from checks.case_text import parse_any
from checks.data import KINDS
from checks.errors import CaseError

SIZES = st.lists(st.integers(0, 5), min_size=1, max_size=4).map(tuple)
WORDS = st.from_regex(r"[a-z][a-z_]{0,9}", fullmatch=True)
NUMBERS = st.one_of(
    st.integers(-9, 9),
    st.booleans(),
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["same", "valid", "tanh"]),
)
CONFIGS = st.dictionaries(
    WORDS.filter(str.isidentifier).map(lambda word: f"k_{word}"),
    st.recursive(NUMBERS, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=5),
    max_size=4,
)


@st.composite
def _cases(draw: st.DrawFn) -> Case:
    shapes = {name: draw(SIZES) for name in ("x", "weight", "dy")}
    rest: dict[str, Any] = {
        "span": draw(st.integers(1, 9)),
        "unit": draw(st.integers(1, 9)),
        "seed": draw(st.integers(0, 2**32 - 1)),
    }
    return Case(draw(WORDS), shapes, draw(CONFIGS), draw(st.sampled_from(["float64", "float16"])), "integers", **rest)


@pytest.mark.long
@given(_cases())
def test_what_is_printed_reads_back_as_the_same_case(case: Case) -> None:
    """Shapes, keywords of every kind and depth, and the numbers behind the arrays."""
    again = parse(str(case))
    assert again == case
    assert hash(again) == hash(case)
    assert (again.shapes, again.config, again.span, again.seed) == (case.shapes, case.config, case.span, case.seed)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=4, max_size=4))
def test_arrays_in_a_text_read_back_bit_for_bit(values: list[float]) -> None:
    """What shrinking has put into a case: finite numbers of any size, infinities and NaN."""
    case = Case("relu", {"x": (2, 2), "dy": (2, 2)}).holding("x", np.reshape(values, (2, 2)))
    np.testing.assert_array_equal(parse(str(case)).array("x"), np.reshape(values, (2, 2)))


@pytest.mark.parametrize("dtype", ["complex64", "longdouble", "float16", "bfloat16"])
def test_arrays_of_other_formats_read_back_too(dtype: str) -> None:
    """Complex numbers with signs, numbers that no double holds exactly in print."""
    case = Case("conv", {"x": (1, 1, 3), "dy": (1, 1, 3)}, dtype=dtype, data="normal", seed=4)
    held = case.holding("x", case.array("x"))
    np.testing.assert_array_equal(parse(str(held)).array("x"), case.array("x"), strict=True)


def test_a_text_is_what_a_reader_would_write() -> None:
    """One line, PyTorch's words, no type names."""
    case = Case("conv", {"x": (1, 2, 3), "dy": (1, 2, 3)}, {"padding": "same", "stride": (2,)}, seed=7)
    assert str(case) == (
        'conv(x=(1,2,3), dy=(1,2,3); padding="same", stride=(2,); '
        'dtype="float64", data="integers", span=3, unit=1, seed=7)'
    )


FORM = 'expected \'family(x=(1,1,3,3), dy=(1,1,2,2); stride=1, padding=0; dtype="float64", data="integers"'
OK = "x=(1,), dy=(1,)"
BAD = {
    "": "'' is not a case: it has no parentheses; " + FORM,
    "conv": "'conv' is not a case: it has no parentheses; " + FORM,
    "conv(x=(1,))": "is not a case: semicolons make 1 part of it, where 3 or 4 belong: shapes; keywords; ",
    f"conv({OK}; ; seed=1": "is not a case: it does not end with a parenthesis, as if it were cut off; " + FORM,
    f"conv({OK}; ; ; ; )": "is not a case: semicolons make 5 parts of it, where 3 or 4 belong",
    "conv(x=(1,; ; )": "'x=(1,' in 'conv(x=(1,; ; )' cannot be read (",
    "conv(x=(1,) dy=(1,); ; )": "cannot be read (invalid syntax. Perhaps you forgot a comma?); " + FORM,
    "conv((1,); ; )": "'(1,)' in 'conv((1,); ; )' cannot be read; " + FORM,
    f"conv({OK}; stride=open('x'); )": "\"stride=open('x')\" in",
    f"conv({OK}; stride=1, same=valid; )": "'same=valid' in",
    f"conv({OK}; ; data=distinct, seed=1)": 'cannot be read: a word stands in quotes, data="distinct"; ' + FORM,
    f"conv({OK}; stride=__import__('os').abort(); )": "cannot be read; " + FORM,
    f"conv({OK}; stride=[i for i in (1,)]; )": "cannot be read; " + FORM,
    f"conv({OK}; **stride; )": "cannot be read; " + FORM,
    "conv(x=3, dy=(1,); ; )": "x=3 in 'conv(x=3, dy=(1,); ; )' is not a shape; expected a tuple of sizes",
    "conv(x=(1,-1), dy=(1,); ; )": "x=(1, -1) in",
    "conv(x=(1.5,), dy=(1,); ; )": "x=(1.5,) in",
    "conv(x=(True,), dy=(1,); ; )": "x=(True,) in",
    "conv(x=(1,); ; )": "names x; expected at least x and dy; " + FORM,
    "conv(; ; )": "names nothing; expected at least x and dy; " + FORM,
    f"conv({OK}; ; seed='a')": "seed='a' in",
    f"conv({OK}; ; seed=1.5)": "is not understood: it is a whole number; " + FORM,
    f"conv({OK}; ; seeed=1)": "is not understood (did you mean seed?): behind the second semicolon stand dtype, data, ",
    f"conv({OK}; ; seed=True)": "seed=True in",
    f"conv({OK}; ; colour=1)": "colour=1 in",
    f"conv({OK}; ; dtype=64)": "is not understood: it is a word in quotes; " + FORM,
    f"conv({OK}; ; ; x=(1,2))": "x=(1, 2) in",
    f"conv({OK}; ; ; x=('a',))": "x=('a',) in",
    f"conv({OK}; ; ; weight=(1,))": "weight=(1,) in",
}


@pytest.mark.parametrize("text", list(BAD))
def test_a_bad_text_is_turned_down_with_the_text_and_what_was_expected(text: str) -> None:
    """Value, place, expectation."""
    with pytest.raises(CaseError, match=re.escape(BAD[text])) as caught:
        parse(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", [3, b"relu(x=(1,), dy=(1,); ; )", None])
def test_what_is_no_text_is_turned_down_as_one_that_is_no_case(text: Any) -> None:
    """With what it is."""
    with pytest.raises(CaseError, match=f"{re.escape(repr(text))} of {type(text).__name__} is not a case: a text is"):
        parse(text)


def test_nothing_in_a_text_is_executed(tmp_path: Path) -> None:
    """Not in any of its four parts."""
    harm = f"__import__('pathlib').Path({str(tmp_path / 'harm')!r}).touch()"
    for text in (f"c(x={harm}; ; )", f"c({OK}; a={harm}; )", f"c({OK}; ; seed={harm})", f"c({OK}; ; ; x={harm})"):
        with pytest.raises(CaseError):
            parse(text)
    assert not list(tmp_path.iterdir())


def test_keywords_that_are_numpys_own_numbers_print_as_plain_ones() -> None:
    """A stride that came out of an array."""
    case = Case("relu", {"x": (1,), "dy": (1,)}, {"stride": (np.int64(2), 3), "at_zero": np.float32(0.5)})
    assert parse(str(case)).config == {"stride": (2, 3), "at_zero": 0.5}


@pytest.mark.parametrize("value", [np.nan, np.inf, complex(np.nan, 1), complex(2, -np.inf), complex(-0.0, -1)])
def test_complex_numbers_that_are_not_finite_read_back(value: complex) -> None:
    """Part by part."""
    held = Case("conv", {"x": (1,), "dy": (1,)}, dtype="complex128").holding("x", np.array([value]))
    np.testing.assert_array_equal(parse(str(held)).array("x").view(float), np.array([value], complex).view(float))


@pytest.mark.parametrize("kind", KINDS)
def test_every_look_at_an_array_gives_a_fresh_copy(kind: str) -> None:
    """A subject that writes to its arguments does not change the case."""
    case = Case("conv", {"x": (2, 3), "weight": (3,), "dy": (2, 3)}, data=kind, unit=2)
    first, dy = case.inputs, case.dy
    kept = [first["x"].copy(), first["weight"].copy(), dy.copy()]
    first["x"][:] = first["weight"][:] = dy[:] = 77
    again: list[Any] = [case.inputs["x"], case.inputs["weight"], case.dy]
    for before, after in zip(kept, again, strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_case_whose_arrays_are_rearranged_draws_the_others_as_before() -> None:
    """In the order of the case's shapes; what is not rearranged stays what it was."""
    case = Case("conv", {"x": (1, 2, 3), "weight": (1, 2, 2), "bias": (1,), "dy": (1, 1, 2)}, {"stride": 1})
    found = case.rearranged({"weight": -case.array("weight")})
    assert list(found.inputs) == ["x", "weight", "bias"]
    assert np.array_equal(found.array("weight"), -case.array("weight"))
    assert all(np.array_equal(found.array(name), case.array(name)) for name in ("x", "bias", "dy"))


@pytest.mark.parametrize("names", [("x", "a.weight"), ("layers[0].W",), ("state['h']", "0.bias"), ("w", "b"), ("x",)])
def test_arguments_may_be_called_as_nothing_is_in_python(names: tuple[str, ...]) -> None:
    """As the parameters of modules are; x need not be among them."""
    shapes = dict.fromkeys((*names, "dy"), (2,))
    case = Case("unclaimed", shapes, values=dict.fromkeys(shapes, (0.5, -1.5)))
    assert parse_any(str(case)) == case


def test_nobody_writes_to_the_numbers_that_a_case_holds() -> None:
    """Who reads them gets no copies; those that ``inputs`` gives are anyone's to write to."""
    case = Case("relu", {"x": (2, 3), "dy": (2, 3)})
    for array in (*case.held.values(), case.held_dy):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    case.inputs["x"][...] = 7
    assert not np.any(case.held["x"] == 7)
