"""How a file of the corpus is read back: nothing in it is executed."""

from __future__ import annotations

import json
from typing import Any

from checks.case import Case
from checks.case_text import parse_any
from checks.corpus.entry import SCHEMA, Counterexample, Entry, Golden
from checks.corpus.fields import field_of, moment_of, text_of, texts_of
from checks.digest import Digest, Recorded
from checks.errors import CorpusError, GradproofError
from checks.types import gradient_of


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
