"""What a file of the corpus holds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeAlias

from checks.case import Case
from checks.digest import Recorded

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


def _stem(family: str, law: str, what: str) -> str:
    return f"{family}-{re.sub(r'[^a-z0-9]+', '-', law.lower())}-{hashlib.sha256(what.encode()).hexdigest()[:10]}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
