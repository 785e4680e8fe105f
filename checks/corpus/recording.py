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
from checks.judge import fair_verdicts
from checks.rounding import exact_limit, is_complex
from checks.scope.limits import Limits
from checks.types import Arrays
from checks.witness import Trial


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
    if not case.parts:
        raise CorpusError(f"its numbers are no integers (data={case.data!r}), so results depend on rounding")
    found = exact(trial)
    for witness in examination.witnesses:
        heard, trial = fair_verdicts(witness, trial)
        if wrong := next((verdict for verdict in heard if verdict.status == "wrong"), None):
            raise CorpusError(f"{examination.subject.name} is wrong there: {wrong}")
    return found


def exact(trial: Trial) -> Recorded:
    """The digests of what a subject gives on integers, or fractions of which ``Case.parts`` make 1.

    Raises CorpusError where a sum may be inexact, or a result is no integer.
    """
    case, family, parts = trial.case, trial.family, trial.case.parts
    mass, divisor = masses(trial), family.largest_divisor(case.shapes, case.config)
    most = max(math.ceil(max(mass.values()) * divisor * parts), *(math.ceil(n * parts) for n in case.largest.values()))
    if most > exact_limit(case.dtype):
        raise CorpusError(f"its sums go up to {most}; in {case.dtype} they are exact up to {exact_limit(case.dtype):g}")
    divided = mass if family.divides(case.shapes, case.config) else {}
    quotients = {of: (trial.roundings[of], math.ceil(each * parts)) for of, each in divided.items()}
    canonical = case.but(dtype="complex128" if is_complex(case.dtype) else "float64")
    bare = Recorded(canonical, most, hashes(case), {}, quotients)
    own = {of: got for of, got in trial.got.named().items() if of not in trial.subject.ungiven}
    results = {of: digest(got * parts, bare.slack(of, case.dtype)) for of, got in own.items()}
    whole = {of: found for of, found in results.items() if found is not None}
    if broken := [of for of in results if of not in whole]:
        raise CorpusError(f"{', '.join(broken)} holds numbers that are no integers: divisors do not divide its sums")
    return Recorded(canonical, most, bare.inputs, whole, quotients)


def masses(trial: Trial) -> dict[str, float]:
    """The largest sum of absolute values behind an entry of each result; an upper bound where there is no reference."""
    try:
        found: Arrays = trial.mass
    except (SubjectError, UsageError):
        peak = trial.family.peak(trial.case.largest)
        return {of: max(count, 1) * peak for of, count in trial.roundings.items()}
    return {of: float(np.max(mass, initial=0.0)) for of, mass in found.items()}
