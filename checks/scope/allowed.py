"""Which cases a subject takes, told limit by limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from checks.adapters.words import Fixed
from checks.case import Case
from checks.errors import UsageError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.scope.accepted import accepts, squared
from checks.scope.fitting import MOST_AXES
from checks.scope.formats import formats
from checks.scope.groupings import grouped, words
from checks.scope.understood import demand
from checks.scope.values import demand_values
from checks.strategies.geometry import PADDING_WORDS

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
WINDOWED, INNER = ("square", "square_input", "asymmetric", *PADDING_WORDS, "remainder"), ("words", "padding_mode")

RULES = (*INNER, *WINDOWED)

#: What a case is that a layer does not take which says so by ``square_input``.
NO_SQUARE = "x that is no square"


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
    demand_values(said)


@dataclass(frozen=True)
class Allowed:
    """The limits of a subject, and the cases of a family that they allow."""

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

    def outside(self, case: Case) -> Iterator[str]:
        """Why the subject does not take a case; nothing where it does."""
        for name, limit in self.allowed.items():
            array = name in READ and not accepts(limit, READ[name](case))
            if array or (name in case.config and not self._keyword(name, limit, case)):
                yield name
        yield from self._ruled_out(case)

    def said(self, reason: str) -> str:
        """A reason of ``outside`` with the limit that is behind it, if one was given under that name."""
        limit = self.given.get(reason)
        shown = limit.value if isinstance(limit, Fixed) else limit
        return f"{reason}={shown!r:.60}" if reason in self.given else reason

    def takes(self, case: Case) -> bool:
        """Whether the subject takes a case."""
        return not any(self.outside(case))

    @cached_property
    def axes(self) -> tuple[int, ...]:
        """Counts of spatial axes that the subject takes."""
        return tuple(count for count in range(1, MOST_AXES + 1) if self._takes("axes", count))

    def takes_channels(self, count: int) -> bool:
        """Whether a layer whose output has as many channels as its input takes so many of them."""
        own = {"channels": (count, count), "in_channels": count, "out_channels": count}
        return all(self._takes(name, value) for name, value in own.items())

    def _dtype(self, dtype: str) -> bool:
        return self._takes("dtype", dtype)

    def _takes(self, name: str, value: Any) -> bool:
        return name not in self.allowed or accepts(self.allowed[name], value)

    def _keyword(self, name: str, limit: Any, case: Case) -> bool:
        if limit == Fixed("kernel"):
            return bool(case.config[name] == case.config["kernel_size"])
        return grouped(limit, case) if name == "groups" and words(limit) else accepts(limit, case.config[name])

    def _ruled_out(self, case: Case) -> Iterator[str]:
        allowed, padding = self.allowed, case.config.get("padding")
        square = squared(allowed)
        sized = {"kernel_size": _one(READ["kernel_size"](case)), **case.config} if square else {}
        yield from (f"{word} per axis" for word, value in sized.items() if word in square and isinstance(value, tuple))
        if allowed.get("square_input", False) and len(set(case.shapes["x"][2:])) > 1:
            yield NO_SQUARE
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


def _one(value: Any) -> Any:
    """The number that all axes share; a tuple where they share none."""
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value


def _paired(padding: Any) -> bool:
    return isinstance(padding, tuple) and any(isinstance(amount, tuple) for amount in padding)
