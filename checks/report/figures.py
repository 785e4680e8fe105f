"""What one pytest item leaves for the summary and the report file."""

from __future__ import annotations

from collections import Counter
from typing import Any

from checks.examination import Examination
from checks.json_file import plain
from checks.report.again import InPython
from checks.report.as_json import finding_of
from checks.report.corpus import HEADINGS, damaged
from checks.report.words import SAMPLED
from checks.tally import Tally


def figures(examination: Examination) -> dict[str, Any]:
    """What the summary shows: counts, the largest share of a bound that was used, and by which law."""
    tallies, replayed = examination.tallies.values(), examination.replayed
    law, closest = max(examination.tallies.items(), key=lambda each: each[1].share, default=("none", Tally()))
    return {
        "subject": examination.subject.name,
        "family": examination.family.name,
        "cases": examination.cases,
        "compared": examination.compared,
        "blind": sum(tally.blind_elements for tally in tallies),
        "reasons": _reasons(examination),
        "share": min(closest.share, 1e9),
        "closest": law,
        "hazards": [str(finding.shrunk_verdict) for finding in examination.hazards.values()],
        "device": examination.subject.device,
        "outside": dict(examination.outside),
        "not_examined": list(examination.unexamined),
        "promises": list(examination.promises),
        "notes": [*examination.notes, *examination.hearing.notes],
        "wrong": list(examination.findings),
        "findings": [plain(finding_of(found, InPython(examination.said))) for found in examination.findings.values()],
        "corpus": replayed.folder,
        "unread": damaged(replayed),
        "replayed": replayed.counterexamples + replayed.golden,
        "sentences": [f"{HEADINGS[what]}: {sentence}" for what, sentence in replayed.sentences() if what != "unasked"],
    }


def _reasons(examination: Examination) -> dict[str, int]:
    """Elements that nobody could see, by the first reason that each law gives."""
    counts = Counter[str]()
    for tally in examination.tallies.values():
        counts[next(iter(sorted(tally.reasons)), SAMPLED)] += tally.blind_elements
    return dict(+counts)
