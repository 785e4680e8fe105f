"""Golden digests are recorded: of key configurations, where every sum is exact and the layer is right by every law."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from checks.case import Case
from checks.corpus import selection
from checks.corpus.entry import Golden
from checks.corpus.replayed import Replayed
from checks.corpus.store import Corpus
from checks.digest import Recorded, digest, hashes
from checks.errors import CorpusError, SubjectError, UsageError
from checks.examination import Examination
from checks.family import Family
from checks.judge import fair_verdicts
from checks.rounding import exact_limit, is_complex
from checks.scope.limits import Limits
from checks.subject import Subject
from checks.types import Arrays
from checks.witness import Trial

#: A configuration that holds more numbers is not recorded unasked.
MOST_ENTRIES = 20_000

#: Configurations of one family that are recorded unasked.
MOST_KEYS = 12

#: Formats from the coarsest: a case whose sums are exact there is exact in the finer ones too.
COARSEST_FIRST = ("float16", "float32", "float64")

#: Cells that say nothing about a configuration.
_FILLED = ("dtype: ", "data: ")


@dataclass(frozen=True)
class Recording:
    """What became of a case: the name of its file, or why there is none; ``new`` where the file was written."""

    case: Case
    name: str = ""
    refused: str = ""
    new: bool = False
    formats: tuple[str, ...] = ()


def record(
    examination: Examination, limits: Limits, corpus: Corpus, owner: str, cases: Iterable[Case]
) -> Iterator[Recording]:
    """Record the digests of what a subject gives on each case, or say why not.

    What the corpus holds already is one more law: a digest is never written over by another one.
    """
    known = selection.golden(corpus.contents(), limits.family.name, Replayed())
    examination.witnesses = selection.informed(examination.witnesses, [stored.entry.recorded for stored in known])
    for case in cases:
        try:
            found = recorded(examination, case)
        except (CorpusError, SubjectError) as error:
            yield Recording(case, refused=str(error))
            continue
        kept = corpus.record(Golden(found, owner))
        same = isinstance(kept.earlier, Golden) and kept.earlier.recorded == found
        yield Recording(case, kept.name, kept.fault, not same, found.formats)


def recorded(examination: Examination, case: Case) -> Recorded:
    """The digests of what a subject gives on a case.

    Raises CorpusError where they would not be the same everywhere, or the subject is wrong there by any law;
    SubjectError where it raises.
    """
    trial = Trial(examination.subject, examination.family, case)
    if not case.lattice:
        raise CorpusError(f"its numbers are no integers (data={case.data!r}), so results depend on rounding")
    found = exact(trial)
    for witness in examination.witnesses:
        heard, trial = fair_verdicts(witness, trial)
        if wrong := next((verdict for verdict in heard if verdict.status == "wrong"), None):
            raise CorpusError(f"{examination.subject.name} is wrong there: {wrong}")
    return found


def exact(trial: Trial) -> Recorded:
    """The digests of what a subject gives on integers.

    Raises CorpusError where a sum may be inexact, or a result is no integer.
    """
    case, family = trial.case, trial.family
    mass, divisor = masses(trial), family.largest_divisor(case.shapes, case.config)
    most = max(math.ceil(max(mass.values()) * divisor), *map(math.ceil, trial.largest.values()))
    if most > exact_limit(case.dtype):
        raise CorpusError(f"its sums go up to {most}; in {case.dtype} they are exact up to {exact_limit(case.dtype):g}")
    divided = mass if family.divides(case.shapes, case.config) else {}
    quotients = {of: (trial.roundings[of], math.ceil(each)) for of, each in divided.items()}
    canonical = case.but(dtype="complex128" if is_complex(case.dtype) else "float64")
    bare = Recorded(canonical, most, hashes(case), {}, quotients)
    results = {of: digest(got, bare.slack(of, case.dtype)) for of, got in trial.got.named().items()}
    whole = {of: found for of, found in results.items() if found is not None}
    if parts := [of for of in results if of not in whole]:
        raise CorpusError(f"{', '.join(parts)} holds numbers that are no integers: divisors do not divide its sums")
    return Recorded(canonical, most, bare.inputs, whole, quotients)


def masses(trial: Trial) -> dict[str, float]:
    """The largest sum of absolute values behind an entry of each result; an upper bound where there is no reference."""
    try:
        found: Arrays = trial.mass
    except (SubjectError, UsageError):
        peak = trial.family.peak(trial.largest)
        return {of: max(count, 1) * peak for of, count in trial.roundings.items()}
    return {of: float(np.max(mass, initial=0.0)) for of, mass in found.items()}


def key_cases(subject: Subject, limits: Limits) -> list[Case]:
    """A few configurations, filled so that every sum is exact: those that meet the most pairs of cells together."""
    options = [(case, _pairs(limits.family, case)) for case in exact_cases(subject, limits)]
    chosen: list[Case] = []
    left = set().union(*(pairs for _, pairs in options))
    while left and len(chosen) < MOST_KEYS:
        case, pairs = max(options, key=lambda option: (len(option[1] & left), -option[0].sizes()))
        chosen.append(case)
        left -= pairs
    return chosen


def exact_cases(subject: Subject, limits: Limits) -> Iterator[Case]:
    """The covering configurations, each in the coarsest format that the subject takes and in which it is exact."""
    for case in limits.family.sweep(0, 0):
        if not 0 < math.prod(case.shapes["x"]) <= case.sizes() <= MOST_ENTRIES:
            continue
        shapes = {name: case.shapes[name] for name in case.arguments}
        for dtype in COARSEST_FIRST:
            filled = limits.family.case_of(shapes, case.config, dtype, limits.family.kinds[0], case.seed)
            if limits.takes(filled) and _is_exact(Trial(subject, limits.family, filled)):
                yield filled
                break


def _is_exact(trial: Trial) -> bool:
    try:
        return trial.case.lattice and bool(exact(trial).formats)
    except (CorpusError, SubjectError):
        return False


def _pairs(family: Family, case: Case) -> set[frozenset[str]]:
    return {pair for pair in family.combinations(case) if not any(cell.startswith(_FILLED) for cell in pair)}
