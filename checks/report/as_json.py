"""The main job as JSON: the table's content and more, in a form that carries its version."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from checks.claim import Verdict
from checks.errors import UsageError
from checks.examination import Examination
from checks.exclusion import Exclusion
from checks.families import family
from checks.family import Family
from checks.json_file import demand_room, unwritten
from checks.report.again import Asker, InShell
from checks.row import Outcome, Status
from checks.runner import Run
from checks.scope.applies import without_time
from checks.strategies.coverage import NEVER_DRAWN
from checks.sweep import Job
from checks.tally import Finding, Tally

#: Grows by one whenever a reader of the former form would misunderstand the new one.
SCHEMA = 1


def document(run: Run, seed: int) -> dict[str, Any]:
    """The whole run. Numbers that JSON lacks (nan, inf, complex) are written as text."""
    rows = [_row(job, outcome, run.subject) for job, outcome in run.rows]
    head = {"schema": SCHEMA, "gradproof": _version(), "status": run.status, "interrupted": run.interrupted}
    scope = {"seed": seed, "subject": run.subject or "reference", "layers": len(run.jobs), "finished": run.finished}
    families = {
        name: _unseen(run.exclusion(name), family(name)) for name in dict.fromkeys(job.family for job, _ in run.rows)
    }
    corpus = asdict(run.replays)
    return {**head, **scope, "seconds": round(run.seconds, 3), "rows": rows, "families": families, "corpus": corpus}


@dataclass
class Targets:
    """The document of layers that are examined by name, written anew after each; nowhere where ``path`` is None.

    ``fault`` says why it could not be written the last time, and what to do.
    """

    path: Path | None
    seed: int
    supports: tuple[str, ...] = ()
    inputs: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    interrupted: bool = False
    fault: str = ""

    def add(self, name: str, examination: Examination) -> None:
        """Write down one more layer with all that is known of it."""
        self.rows.append(_target(name, examination, InShell(name, self.supports, self.inputs)))
        self._write()

    def blind(self, name: str, fault: str) -> None:
        """Write down a layer of which not one number could be compared, and why."""
        self.rows.append({"title": name, "status": "blind", "fault": fault})
        self._write()

    def cut_short(self, name: str, examination: Examination | None) -> None:
        """Write down that the run was interrupted, and what is known of the layer that was being examined."""
        self.interrupted = True
        if examination is not None:
            status = "wrong" if examination.wrong else "interrupted"
            asker = InShell(name, self.supports, self.inputs)
            self.rows.append({**_target(name, examination, asker), "status": status})
        self._write()

    @property
    def status(self) -> Status:
        """As of the main job: wrong where any row is, else interrupted where it was, else blind or right."""
        found = {row["status"] for row in self.rows}
        if "wrong" in found:
            return "wrong"
        return "interrupted" if self.interrupted else "blind" if "blind" in found else "right"

    def _write(self) -> None:
        if self.path is not None:
            head = {"schema": SCHEMA, "gradproof": _version(), "status": self.status, "interrupted": self.interrupted}
            self.fault = saved(self.path, {**head, "seed": self.seed, "rows": self.rows})


def _target(name: str, examination: Examination, asker: InShell) -> dict[str, Any]:
    return {
        "title": name,
        "subject": examination.subject.name,
        "family": examination.family.name,
        "status": "wrong" if examination.wrong else "blind" if without_time(examination) else "right",
        "cases": examination.cases,
        "compared": examination.compared,
        "seconds": round(examination.seconds, 3),
        **_found(examination, asker),
        "outside": examination.outside,
        "promises": list(examination.promises),
        "not_examined": list(examination.unexamined),
        "no_time_for": list(examination.unasked),
        "notes": [*examination.notes, *examination.hearing.notes],
        "corpus": asdict(examination.replayed),
        **_unseen(examination.exclusion, examination.family),
    }


def refuse_unwritable(path: Path, option: str = "--json") -> None:
    """Find out before any work whether the ``path`` of an option can be written.

    Raises UsageError where it cannot.
    """
    if path.is_dir():
        raise UsageError(f"{option} {path} is a folder; expected a file to write, such as {path / 'gradproof.json'}")
    try:
        demand_room(path.parent)
    except OSError as error:
        raise UsageError(
            f"{option} {path} cannot be written ({error.strerror}); expected a file in a folder of yours, "
            "with room in it"
        ) from error


def saved(path: Path, content: dict[str, Any], option: str = "--json") -> str:
    """Write the document of an option; gives why it cannot be written and what to do, or nothing."""
    fault = unwritten(path, content)
    return fault and f"{option} {fault}, and so only what is told above is known; free some room, or name another file"


def _row(job: Job, outcome: Outcome, subject: str) -> dict[str, Any]:
    return {
        "title": job.title,
        "family": job.family,
        "note": job.note,
        "status": outcome.status if outcome.at is None else "interrupted",
        "cases": outcome.cases,
        "planned": len(job.cases),
        "compared": outcome.compared,
        "seconds": round(outcome.seconds, 3),
        "fault": outcome.fault,
        **_found(outcome, InShell(subject)),
    }


def _found(known: Outcome | Examination, asker: InShell) -> dict[str, Any]:
    """Every law's tally, what broke, and what is dangerous."""
    return {
        "laws": {law: _tally(tally) for law, tally in known.tallies.items()},
        "findings": [finding_of(found, asker) for found in known.findings.values()],
        "hazards": [finding_of(found, asker) for found in known.hazards.values()],
    }


def _unseen(exclusion: Exclusion, sheet: Family) -> dict[str, Any]:
    """What is excluded: relative errors in one entry, cells and combinations that were not met."""
    return {
        "excluded": [{**asdict(kind), **asdict(found)} for kind, found in exclusion.resolutions.items()],
        "visited": sorted(exclusion.cells),
        "not_visited": sorted(sheet.all_cells - exclusion.cells),
        "not_met": {name: _why_not(name, why, exclusion) for name, why in sheet.unmet(exclusion.combinations)},
    }


def _why_not(combination: str, why: str, exclusion: Exclusion) -> str:
    """Why a combination of cells was not met: more cases do not meet one that the layer does not take."""
    unvisited = [cell for cell in combination.split(" + ") if cell not in exclusion.cells]
    return f"not visited: {', '.join(unvisited)}" if why == NEVER_DRAWN and unvisited else why


def _tally(tally: Tally) -> dict[str, Any]:
    counts = {name: value for name, value in vars(tally).items() if name not in {"worst", "reasons", "seconds"}}
    return {**counts, "reasons": sorted(tally.reasons), "worst": tally.worst and _verdict(tally.worst)}


def finding_of(found: Finding, asker: Asker) -> dict[str, Any]:
    """What broke: on which cases, by how much, what it looks like, and how to see it again."""
    return {
        "law": found.law,
        "first_case": str(found.case),
        "case": str(found.shrunk),
        "verdict": _verdict(found.shrunk_verdict),
        "beside": dict(found.beside),
        "diagnosis": list(found.diagnosis),
        "replay": asker.again(found.shrunk, [found.law]),
        "script": found.script,
        "alone": found.alone,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return asdict(verdict)


def _version() -> str:
    try:
        return version("gradproof")
    except PackageNotFoundError:
        return "not installed"
