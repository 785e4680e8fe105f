"""Keywords in one object: built of the class that a parameter names, or has by default; else read as attributes."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, Optional

import pytest

from checks import adapt, examine, story
from checks.adapters.bundle import Keywords
from checks.errors import UsageError
from checks.selftest.adapters.agreement import ARRAYS, CONFIG, assert_agrees
from checks.types import Array
from reference_impl import avg_pool_backward, avg_pool_forward, conv_backward, conv_forward


@dataclass
class Settings:
    """Everything has a default."""

    stride: int = 1
    pad: int = 0
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class Frozen:
    """A number for each axis, and one."""

    strides: tuple[int, int] = (1, 1)
    pad: int = 0


class Named(NamedTuple):
    """A named tuple."""

    stride: int = 1
    pad: int = 0


class Plain:
    """A class with a constructor."""

    def __init__(self, stride: int, pad: int = 0) -> None:
        self.stride, self.pad = stride, pad


class Unknown:
    """It wants what nobody knows."""

    def __init__(self, flavour: str, stride: int = 1) -> None:
        self.flavour, self.stride, self.pad = flavour, stride, 0


def conv(x: Array, w: Array, b: Array, stride: Any, pad: int) -> Any:
    """The reference."""
    return conv_forward(x, w, b, stride=stride, padding=pad)


def annotated(x: Array, w: Array, b: Array, cfg: Settings) -> Any:
    """By its annotation."""
    return conv(x, w, b, cfg.stride, cfg.pad)


def optional(x: Array, w: Array, b: Array, cfg: Optional[Settings] = None) -> Any:  # noqa: UP045 - as people write it
    """An optional one."""
    return annotated(x, w, b, cfg or Settings())


def either(x: Array, w: Array, b: Array, settings: Settings | None = None) -> Any:
    """Called like nothing else."""
    return annotated(x, w, b, settings or Settings())


def plain(x: Array, w: Array, b: Array, opts: Plain) -> Any:
    """Of a class with a constructor."""
    return conv(x, w, b, opts.stride, opts.pad)


def named(x: Array, w: Array, b: Array, config: Named = Named()) -> Any:  # noqa: B008 - as people write it
    """A named tuple by default."""
    return conv(x, w, b, config.stride, config.pad)


def by_default(x: Array, w: Array, b: Array, cfg=Settings(verbose=True)) -> Any:  # type: ignore[no-untyped-def] # noqa: ANN001, B008
    """Without an annotation."""
    assert cfg.verbose
    return annotated(x, w, b, cfg)


def parsed(x: Array, w: Array, b: Array, args: Any = Namespace(stride=1, pad=0, lr=1e-3)) -> Any:  # noqa: B008
    """What a parser gives."""
    assert args.lr
    return conv(x, w, b, args.stride, args.pad)


def frozen(x: Array, w: Array, b: Array, cfg: Frozen = Frozen()) -> Any:
    """A number for each axis."""
    vertical, horizontal = cfg.strides
    return conv(x, w, b, (vertical, horizontal), cfg.pad)


def untold(x: Array, w: Array, b: Array, cfg: Any) -> Any:
    """Handed on to another."""
    return annotated(x, w, b, cfg)


def of_a_dictionary(x: Array, w: Array, b: Array, cfg: dict[str, int]) -> Any:
    """A dictionary."""
    assert isinstance(cfg, dict)
    return conv(x, w, b, cfg["stride"], cfg["pad"])


TAKEN = [annotated, optional, either, plain, named, by_default, parsed, frozen, untold, of_a_dictionary]


@pytest.mark.parametrize("forward", TAKEN)
def test_keywords_stand_where_the_layer_reads_them(forward: Any) -> None:
    """Its output and gradients are the reference's."""
    subject = assert_agrees((forward, conv_backward))
    assert {"stride", "padding"} <= subject.limits["words"]
    assert "groups" not in subject.limits["words"]


@pytest.mark.parametrize(
    ("forward", "said"),
    [
        (annotated, '__import__("your_module").Settings(stride=2, pad=1, verbose=False)'),
        (by_default, '__import__("your_module").Settings(stride=2, pad=1, verbose=True)'),
        (named, '__import__("your_module").Named(stride=2, pad=1)'),
        (frozen, '__import__("your_module").Frozen(strides=(2, 2), pad=1)'),
        (parsed, '__import__("argparse").Namespace(stride=2, pad=1, lr=0.001)'),
        (of_a_dictionary, '{"stride": 2, "pad": 1}'),
    ],
)
def test_a_script_makes_the_same(forward: Any, said: str) -> None:
    """Of the class of the layer's user, with what its default holds beside them."""
    spelled = adapt((forward, conv_backward)).spelled
    assert spelled is not None
    assert spelled({"x": "x", "weight": "weight", "bias": "bias"}, CONFIG).endswith(said)


def test_keywords_that_were_read_as_attributes_are_shown_as_an_object() -> None:
    """Of no class that anybody knows."""
    subject = assert_agrees((untold, conv_backward))
    assert subject.preamble is not None
    assert 'ahead(x, weight, bias, __import__("types").SimpleNamespace(' in subject.preamble(ARRAYS, CONFIG)


def test_an_object_that_nobody_can_make_is_left_as_it_is_or_misuse() -> None:
    """No array is put in its place."""

    def left(x: Array, w: Array, cfg: Unknown = Unknown("sweet")) -> Any:  # noqa: B008
        return conv_forward(x, w, stride=cfg.stride)

    def asked(x: Array, w: Array, cfg: Unknown) -> Any:
        return conv_forward(x, w, stride=cfg.stride)

    assert adapt((left, conv_backward)).limits["words"] == {"stride"}  # its default is there
    with pytest.raises(UsageError, match="it takes x as x, weight as w, but nothing is known about cfg"):
        adapt((asked, conv_backward))


def pool(a_prev: Array, hparameters: dict[str, int], mode: str = "max") -> Any:
    """As a course has it."""
    assert mode == "average"
    return avg_pool_forward(a_prev, hparameters["f"], hparameters["stride"])


def test_a_letter_may_be_the_key_of_a_window() -> None:
    """Also where ``partial`` holds something else."""
    layer = partial(pool, mode="average"), avg_pool_backward
    assert adapt(layer, ("x",)).limits["words"] == {"kernel_size", "stride"}
    found = examine(layer, like="avg_pool2d", budget="1ms")
    assert not found.wrong, story(found)


@dataclass(frozen=True)
class Window:
    """Under names that mean an array elsewhere, and under letters."""

    kernel: int = 2
    s: int = 2
    p: int = 0


@pytest.mark.parametrize("factor", [1.0, 2.0], ids=["right", "wrong"])
def test_a_field_is_a_window_under_the_name_of_an_array_and_letters_are_beside_it(factor: float) -> None:
    """No object of settings holds an array."""

    def forward(x: Array, cfg: Window = Window()) -> Any:
        return avg_pool_forward(x, cfg.kernel, stride=cfg.s, padding=cfg.p)

    found = examine((forward, lambda dy, saved: factor * avg_pool_backward(dy, saved)), "avg_pool2d", budget="1ms")
    assert found.wrong == (factor != 1), story(found)
    for word in ("kernel_size", "stride", "padding"):
        assert len({case.config[word] for case in found.judged}) > 1


def windowless(x: Array, stride: int) -> Any:
    """Its window is 2."""
    return avg_pool_forward(x, 2, stride)


def test_a_window_that_the_layer_has_no_word_for_may_be_said() -> None:
    """It is examined on that one, and what it raises is a finding."""
    found = examine((windowless, avg_pool_backward), like="avg_pool2d", budget="1ms", supports={"kernel_size": 2})
    assert not found.wrong, story(found)

    def broken(x: Array, stride: int) -> Any:
        return dict[int, Any]()[stride]

    found = examine((broken, avg_pool_backward), like="avg_pool2d", budget="1ms", supports={"kernel_size": 2})
    assert found.findings.keys() == {"runs"}


def test_a_dictionary_of_keywords_has_them_as_attributes() -> None:
    """What is not there is an AttributeError, as of any object; what is written is there."""
    given = Keywords(stride=2)
    assert (given.stride, given["stride"], hasattr(given, "pad")) == (2, 2, False)
    given.pad = 1
    assert given == {"stride": 2, "pad": 1}
