"""One case, every witness: the verdicts in full."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from checks.claim import Verdict
from checks.diagnosis.reasons import at_fault
from checks.report.words import ABSENT, number, place, share

Heard = Sequence[tuple[str, list[Verdict]]]

_STYLES = {"wrong": "bold red", "hazard": "yellow", "blind": "dim"}


def replayed(heard: Heard) -> Table:
    """A row for each verdict; a law that does not apply has a row of dashes.

    What many witnesses find on their way, as that the subject raises, has one row.
    """
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for heading in ("law", "of", "verdict", "numbers", "worst", "got", "want", "bound"):
        table.add_column(heading, overflow="fold")
    known = set[tuple[str, str]]()
    for law, verdicts in heard:
        shown = [verdict for verdict in verdicts if verdict.law == law or (verdict.law, verdict.why) not in known]
        known |= {(verdict.law, verdict.why) for verdict in verdicts}
        for verdict in shown:
            table.add_row(*_cells(verdict), style=_STYLES.get(verdict.status))
        if not verdicts:
            table.add_row(law, *[ABSENT] * 7, style="dim")
    return table


def reasons(heard: Heard) -> list[str]:
    """Why each verdict that is not simply right is what it is."""
    odd = (verdict for _, verdicts in heard for verdict in verdicts if verdict.status != "right")
    return list(dict.fromkeys(f"{verdict.law}, {verdict.of}: {verdict.why}" for verdict in odd))


def _cells(verdict: Verdict) -> list[str]:
    law = [verdict.law, at_fault(verdict), _said(verdict), f"{verdict.compared:,}"]
    if verdict.worst is None:
        return [*law, "", "", "", ""]
    worst = verdict.worst
    return [*law, place(verdict), number(worst.got), number(worst.want), f"{worst.bound:.3g}"]


def _said(verdict: Verdict) -> str:
    if verdict.status == "right":
        return "exact" if verdict.exact or not verdict.share else f"right, {share(verdict.share)}"
    return f"WRONG {verdict.wrong}" if verdict.status == "wrong" else verdict.status
