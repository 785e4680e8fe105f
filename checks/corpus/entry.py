"""What a file of the corpus holds, and how it is read back: nothing in it is executed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeAlias

from checks.case import Case
from checks.case_text import parse_any
from checks.corpus.fields import field_of, moment_of, text_of, texts_of
from checks.digest import Digest, Recorded
from checks.errors import CorpusError, GradproofError
from checks.types import gradient_of

#: Grows by one whenever a reader of the former form would misunderstand the new one.
SCHEMA = 1

#: Packages on which a result may depend.
PACKAGES = ("gradproof", "numpy", "torch")


def now() -> str:
    """This moment in ISO format, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def versions() -> dict[str, str]:
    """Versions of the packages on which a result may depend; none is imported."""
    return {name: _version(name) for name in PACKAGES}


@dataclass(frozen=True)
class Counterexample:
    """The plainest case on which a law broke, with what was found; ``fixed`` is when the law held again, or None.

    ``subject`` is the subject that owns it; ``bound`` and ``why`` say how far rounding could have gone. Numbers that
    JSON lacks are texts. ``alone`` says that the case is right before any other call: a replay of it shows nothing.
    """

    family: str
    subject: str
    law: str
    of: str
    case: Case
    where: str = ""
    got: Any = None
    want: Any = None
    bound: Any = None
    why: str = ""
    diagnosis: tuple[str, ...] = ()
    alone: str = ""
    found: str = field(default_factory=now)
    fixed: str | None = None
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def stem(self) -> str:
        """Name of its file without ending: the same for the same subject, law and numbers."""
        given = set(self.case.values) == set(self.case.shapes)
        what = self.case.but(seed=0) if given else self.case
        return _stem(self.family, self.law, f"{self.subject}\n{self.law}\n{what}")

    def same(self, other: object) -> bool:
        """Whether another entry is this very counterexample, whenever it was found."""
        return isinstance(other, Counterexample) and other.stem == self.stem

    def again(self, earlier: Counterexample) -> Counterexample:
        """This counterexample, known since it was found first, with the diagnosis that is known."""
        diagnosis, alone = self.diagnosis or earlier.diagnosis, self.alone or earlier.alone
        return replace(self, found=earlier.found, diagnosis=diagnosis, alone=alone, fixed=None)

    def content(self) -> dict[str, Any]:
        """What its file says."""
        head = {"schema": SCHEMA, "kind": "counterexample"}
        return {**head, **{name: getattr(self, name) for name in self.__dataclass_fields__}, "case": str(self.case)}


@dataclass(frozen=True)
class Golden:
    """The digests of everything that a right layer computed on a case; ``subject`` gave them."""

    recorded: Recorded
    subject: str
    found: str = field(default_factory=now)
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def family(self) -> str:
        """Family of its case."""
        return self.recorded.case.family

    @property
    def stem(self) -> str:
        """Name of its file without ending: the same for the same case."""
        return _stem(self.family, "golden", str(self.recorded.case))

    def same(self, other: object) -> bool:
        """Whether another entry holds digests of the same case."""
        return isinstance(other, Golden) and other.stem == self.stem

    def content(self) -> dict[str, Any]:
        """What its file says."""
        head = {"schema": SCHEMA, "kind": "golden", "family": self.family, "subject": self.subject}
        what = {"case": str(self.recorded.case), "mass": self.recorded.mass, "inputs": dict(self.recorded.inputs)}
        results = {name: asdict(found) for name, found in self.recorded.results.items()}
        quotients = {name: list(pair) for name, pair in self.recorded.quotients.items()}
        tail = {"quotients": quotients, "found": self.found, "versions": self.versions}
        return {**head, **what, "results": results, **tail}


Entry: TypeAlias = Counterexample | Golden


def read(text: str) -> Entry:
    """The entry that a file's text holds.

    Raises CorpusError that says why it holds none: no JSON, not ours, newer, or damaged.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"no JSON: {error}") from error
    if not isinstance(content, dict) or not {"schema", "kind"} <= content.keys():
        raise CorpusError("not a file of gradproof: expected an object with schema and kind")
    schema, kind = content["schema"], content["kind"]
    if type(schema) is not int or schema < 1:
        raise CorpusError(f"schema {schema!r} is no version; expected a number up to {SCHEMA}")
    if schema > SCHEMA:
        raise CorpusError(f"schema {schema} is newer than this gradproof reads ({SCHEMA}); use a newer gradproof")
    if str(kind) not in {"counterexample", "golden"}:
        raise CorpusError(f"kind {kind!r} is unknown; expected counterexample or golden")
    try:
        return _counterexample(content) if kind == "counterexample" else _golden(content)
    except (GradproofError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise CorpusError(str(error) or type(error).__name__) from error


def _counterexample(content: dict[str, Any]) -> Counterexample:
    words = ("family", "subject", "law", "of", "where", "why")
    every: dict[str, Any] = {name: text_of(content, name) for name in words}
    every |= {name: content.get(name) for name in ("got", "want", "bound")}
    every["fixed"] = None if content.get("fixed") is None else moment_of(content, "fixed")
    every["diagnosis"] = tuple(texts_of(content, "diagnosis", list))
    every["alone"] = text_of({"alone": "", **content}, "alone")
    known = texts_of(content, "versions", dict)
    return Counterexample(**every, case=_case(content), found=moment_of(content, "found"), versions=known)


def _golden(content: dict[str, Any]) -> Golden:
    case, mass = _case(content), field_of(content, "mass", int)
    results = {name: _digest(name, each) for name, each in field_of(content, "results", dict).items()}
    wanted = ["y", *map(gradient_of, case.arguments)]
    if sorted(results) != sorted(wanted):
        raise CorpusError(f"results holds {', '.join(results) or 'nothing'}; expected {', '.join(wanted)}")
    quotients = {name: _pair(name, pair) for name, pair in field_of(content, "quotients", dict).items()}
    recorded = Recorded(case, mass, texts_of(content, "inputs", dict), results, quotients)
    found, known = moment_of(content, "found"), texts_of(content, "versions", dict)
    return Golden(recorded, text_of(content, "subject"), found, known)


def _case(content: dict[str, Any]) -> Case:
    case = parse_any(text_of(content, "case"))
    if case.family != text_of(content, "family"):
        raise CorpusError(f"family is {content['family']!r}, but its case is of {case.family!r}")
    return case


def _digest(name: str, content: object) -> Digest:
    if not isinstance(content, dict):
        raise CorpusError(f"results of {name} are {content!r}; expected shape, sha256 and sums")
    shape, sums = (field_of(content, key, list) for key in ("shape", "sums"))
    totals = tuple(tuple(total) for total in sums)
    whole = all(type(number) is int for numbers in (shape, *totals) for number in numbers)
    lengths = [len(total) for total in totals]
    fits = lengths[: len(shape)] == shape and lengths[len(shape) :] in ([], [2])
    if not whole or not fits or len(set(map(sum, totals))) > 1:
        raise CorpusError(f"sums of {name} do not fit its shape, or one another: the file is damaged")
    return Digest(tuple(shape), text_of(content, "sha256"), totals)


def _pair(name: str, content: object) -> tuple[int, int]:
    if not isinstance(content, list) or [type(number) for number in content] != [int, int]:
        raise CorpusError(f"quotients of {name} are {content!r}; expected roundings and mass")
    roundings, mass = content
    return roundings, mass


def _stem(family: str, law: str, what: str) -> str:
    return f"{family}-{re.sub(r'[^a-z0-9]+', '-', law.lower())}-{hashlib.sha256(what.encode()).hexdigest()[:10]}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
