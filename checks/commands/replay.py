"""gradproof replay: one case again, every witness, every verdict."""

from __future__ import annotations

import sys

import click

from checks.case import parse
from checks.commands.terminal import RIGHT, WRONG, console, subject_option
from checks.report.replayed import reasons, replayed
from checks.runner import replay as heard_again
from checks.target import load

_EXAMPLE = """\b
Example:
  gradproof replay 'relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; data="distinct", seed=1)'"""


@click.command(epilog=_EXAMPLE)
@click.argument("case")
@subject_option
def replay(case: str, subject: str) -> None:
    """Run every witness on one CASE and print every verdict."""
    if subject:
        load(subject)
    heard, terminal = list(heard_again(parse(case), subject)), console()
    terminal.print(replayed(heard), highlight=False)
    for reason in reasons(heard):
        terminal.print(reason, markup=False, highlight=False, soft_wrap=True)
    verdicts = [verdict for _, each in heard for verdict in each]
    wrong = any(verdict.status == "wrong" for verdict in verdicts)
    compared = sum(verdict.compared for verdict in verdicts)
    terminal.print(f"{'WRONG' if wrong else 'RIGHT' if compared else 'BLIND'}: {compared:,} numbers compared")
    sys.exit(WRONG if wrong or not compared else RIGHT)
