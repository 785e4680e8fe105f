"""What a subject takes: limits on cases, from its signature and from its owner's word.

Each limit is a value, several values (a tuple, list, set or range), or a function that says yes or no:

stride, padding, dilation, groups, kernel_size, ceil_mode, ...   the layer's keywords, each axis on its own
dtype, axes, batch, channels, in_channels, out_channels          of the arrays (axes counts spatial ones)
bias                                                             True: always there; False: never
square        True, or the keywords that are one number for all axes
asymmetric    whether padding may differ before and after; ``same`` whether it may be the word
remainder     padded cells that no window reaches, each axis on its own
device        where a PyTorch layer runs, such as "cuda" (``examine`` and its kin move its tensors there)
gradients     the arguments whose gradients the layer gives, where it does not give all: ["weight", "bias"]
layout        the order of axes of x: "NHWC" or "channels last"; {"x": "NHWC", "weight": "OHWI"} says both,
              {"bias": "O1"} that a bias of F numbers is of shape (F, 1)
arithmetic    how the layer rounds (``checks.arithmetic``); it is observed where it is not said
padding_mode  what stands in the padding; families pad with zeros, and nothing else is accepted
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from checks.adapters.words import Fixed
from checks.case import Case, nested
from checks.data import PATTERNED
from checks.errors import UsageError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.scope.fitting import MOST_AXES, fit
from checks.scope.formats import DTYPES, formats
from checks.scope.understood import demand
from checks.strategies.geometry import PADDING_WORDS
from checks.types import Config

#: What a keyword is where a layer does not have it; pooling without a stride moves by its window.
PLAIN: Mapping[str, Any] = {
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "ceil_mode": False,
    "count_include_pad": True,
    "divisor_override": None,
    "at_zero": 0.0,
}

#: A limit that is not a keyword: how to read it from a case.
READ: Mapping[str, Callable[[Case], Any]] = {
    "dtype": lambda case: case.dtype,
    "axes": lambda case: len(case.shapes["x"]) - 2,
    "batch": lambda case: case.shapes["x"][0],
    "channels": lambda case: (case.shapes["x"][1], case.shapes["dy"][1]),
    "in_channels": lambda case: case.shapes["x"][1],
    "out_channels": lambda case: case.shapes["dy"][1],
    "bias": lambda case: "bias" in case.shapes,
    "kernel_size": lambda case: case.config.get("kernel_size", case.shapes.get("weight", ())[2:]),
}

#: Limits with a rule of their own: those of layers that have windows, and those that adapters alone say.
WINDOWED, INNER = ("square", "asymmetric", *PADDING_WORDS, "remainder"), ("words", "padding_mode")
RULES = (*INNER, *WINDOWED)


@dataclass(frozen=True)
class Limits:
    """The cases of a family that a subject takes."""

    family: Family
    given: Mapping[str, Any]

    def __post_init__(self) -> None:
        demand(self.family.name, self.given, (*READ, *RULES, *PLAIN), own(self.family))

    @cached_property
    def allowed(self) -> dict[str, Any]:
        """The limits, with a plain value for every keyword that the subject does not take.

        Raises UsageError where such a keyword has no plain value.
        """
        words = self.given.get("words")
        missing = [] if words is None else [word for word in self.family.words if word not in {*words, *self.given}]
        given = {**self.given, **{word: self.plain(word) for word in missing}}
        return {**given, "dtype": formats(given["dtype"])} if "dtype" in given else given

    def inside(self, case: Case) -> Case:
        """The case itself where the subject takes it, else the nearest one that it takes, as far as one can be made."""
        return case if self.takes(case) else self._nearest(case)

    def brought(self, cases: Iterable[Case]) -> Iterator[Case]:
        """Those of these cases that the subject takes, and the nearest to each of the others where it takes that."""
        for case in cases:
            if self.takes(case):
                yield case
            elif self.takes(found := self._nearest(case)):
                yield found

    def _nearest(self, case: Case) -> Case:
        dtype = case.dtype if self._takes("dtype", case.dtype) else next(filter(self._dtype, DTYPES), case.dtype)
        data = case.data if case.data in {*self.family.kinds, *PATTERNED.values()} else self.family.kinds[0]
        try:
            if isinstance(self.family, GeometricFamily):
                pooling = "kernel_size" in case.config
                found = self.family.case(fit(self.family.geometry(case), self.allowed, pooling), dtype, data, case.seed)
            else:
                found = self.family.case_of(case.shapes, case.config, dtype, data, case.seed)
        except ValueError:
            return case
        return _alike(found, case)

    def outside(self, case: Case) -> Iterator[str]:
        """Why the subject does not take a case; nothing where it does."""
        for name, limit in self.allowed.items():
            array = name in READ and not accepts(limit, READ[name](case))
            if array or (name in case.config and not self._keyword(name, limit, case.config)):
                yield name
        yield from self._ruled_out(case)

    def said(self, reason: str) -> str:
        """A reason of ``outside`` with the limit that is behind it, if one was given under that name."""
        return f"{reason}={self.given[reason]!r:.60}" if reason in self.given else reason

    def takes(self, case: Case) -> bool:
        """Whether the subject takes a case."""
        return not any(self.outside(case))

    def plainer(self, case: Case) -> Iterator[Case]:
        """Plainer cases that the subject takes; one that had to be brought inside must still be the plainer one."""
        most = self._numbers(case)
        for candidate in self.family.simpler(case):
            inside = self.inside(candidate)
            if self.takes(inside) and self._numbers(inside) <= most - (inside is not candidate):
                yield inside

    def _numbers(self, case: Case) -> int:
        """Sum of the numbers of a geometry: what gets smaller as it gets plainer."""
        if not isinstance(self.family, GeometricFamily):
            return case.sizes()
        found = self.family.geometry(case)
        axes = sum(sum(vars(axis).values()) for axis in found.axes)
        return axes + found.batch + found.groups + found.inputs + found.outputs

    @cached_property
    def axes(self) -> tuple[int, ...]:
        """Counts of spatial axes that the subject takes."""
        return tuple(count for count in range(1, MOST_AXES + 1) if self._takes("axes", count))

    def _dtype(self, dtype: str) -> bool:
        return self._takes("dtype", dtype)

    def _takes(self, name: str, value: Any) -> bool:
        return name not in self.allowed or accepts(self.allowed[name], value)

    def _keyword(self, name: str, limit: Any, config: Config) -> bool:
        if limit == Fixed("kernel"):
            return bool(config[name] == config["kernel_size"])
        return accepts(limit, config[name])

    def _ruled_out(self, case: Case) -> Iterator[str]:
        allowed, padding = self.allowed, case.config.get("padding")
        square = allowed.get("square", ())
        sized = {"kernel_size": _one(READ["kernel_size"](case)), **case.config} if square else {}
        yield from (
            f"{word} per axis"
            for word, value in sized.items()
            if (square is True or word in square) and isinstance(value, tuple)
        )
        if not allowed.get("asymmetric", True) and _paired(padding):
            yield "asymmetric padding"
        if padding in PADDING_WORDS and not allowed.get(padding, True):
            yield f"padding={padding!r}"
        if "remainder" in allowed and isinstance(self.family, GeometricFamily):
            axes = self.family.geometry(case).axes
            yield from ("remainder rows" for axis in axes if not accepts(allowed["remainder"], axis.remainder))

    def plain(self, word: str) -> Any:
        """What a keyword is where a layer does not have it.

        Raises UsageError where a layer of the family must have it.
        """
        if word == "stride" and "kernel_size" in self.family.words:
            return Fixed("kernel")
        if word not in PLAIN:
            raise UsageError(
                f"{self.family.name} needs {word}, which the layer does not take; expected a layer with such a "
                f"parameter, or its value in supports={{{word!r}: ...}}"
            )
        return PLAIN[word]


def own(family: Family) -> tuple[str, ...]:
    """Names of the limits that make a difference to this very family."""
    words, arguments = tuple(family.words), family.arguments
    windows = "weight" in arguments or "kernel_size" in words
    absent = {"bias"} - {*arguments} | ({"kernel_size", *WINDOWED} if not windows else set())
    return (*(name for name in (*READ, *RULES) if name not in {*absent, *INNER, *words}), *words)


def demand_said(family: Family, said: Mapping[str, Any]) -> None:
    """Look at what a user says of a layer: a keyword of another family would be taken for this one's in silence.

    Raises UsageError where a limit is none of the family's, or its value cannot be understood.
    """
    demand(family.name, said, INNER, own(family))


def _alike(case: Case, other: Case) -> Case:
    """The case with every array that holds one number alone in ``other``, and is there, all of that number."""
    if not other.values:
        return case.but(values={}) if case.values else case
    given = {name: np.unique(np.asarray(value)) for name, value in other.values.items() if name in case.shapes}
    numbers = {name: found[0] for name, found in given.items() if found.size == 1}
    return case.but(values={name: nested(np.full(case.shapes[name], number)) for name, number in numbers.items()})


def limited(limits: Limits) -> Family:
    """The family with cases that the subject takes, and no others: drawn, swept and shrunk."""
    family = limits.family
    methods: dict[str, Any] = {
        "cases": lambda _: family.cases().map(limits.inside).filter(limits.takes),
        "sweep": lambda _, seed, count: limits.brought(family.sweep(seed, count)),
        "simpler": lambda _, case: limits.plainer(case),
        "alike": lambda _, case: filter(limits.takes, family.alike(case)),
        "resettled": lambda _, case: limits.brought(family.resettled(case)),
        "__doc__": family.__doc__,
    }
    kind: Any = type(type(family).__name__, (type(family),), methods)
    return kind() if limits.allowed else family


def accepts(limit: Any, value: Any) -> bool:
    """Whether a limit accepts a value, or each of a tuple of them."""
    if isinstance(limit, Fixed):
        return bool(_each(limit.value, value) == value or limit.value == _each(value, limit.value))
    if isinstance(value, tuple):
        return all(accepts(limit, each) for each in value)
    if callable(limit):
        return bool(limit(value))
    return value in limit if isinstance(limit, (tuple, list, set, frozenset, range)) else bool(limit == value)


def _one(value: Any) -> Any:
    """The number that all axes share; a tuple where they share none."""
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value


def _each(value: Any, like: Any) -> Any:
    """One number as a tuple as long as another value; everything else as it is."""
    return (value,) * len(like) if isinstance(like, (tuple, list)) and not isinstance(value, (tuple, list)) else value


def _paired(padding: Any) -> bool:
    return isinstance(padding, tuple) and any(isinstance(amount, tuple) for amount in padding)
