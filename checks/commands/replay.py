"""gradproof replay: one case again, every witness, every verdict."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console

from checks.case import Case
from checks.case_text import parse_any
from checks.claim import Verdict
from checks.commands.said import limits_said
from checks.commands.targets import examples_of, limits
from checks.commands.terminal import RIGHT, WRONG, console, demand_used, inputs_option, say, subject_option
from checks.corpus import selection
from checks.corpus.entry import Golden
from checks.corpus.store import read_file
from checks.counted import count
from checks.errors import CaseError, CorpusError, UsageError
from checks.examination import WITNESSES
from checks.families import demand_small, valid
from checks.isolation import Apart, Isolation
from checks.isolation.allowance import MOST
from checks.opening_apart import opened_apart
from checks.report.replayed import reasons, replayed
from checks.runner import replay as heard_again
from checks.scope.as_today import answered
from checks.target import Named, found
from checks.witness import Trial, Witness

_EXAMPLE = """\b
Example:
  gradproof replay 'relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; data="distinct", seed=1)'
  gradproof replay gradproof-corpus/conv-reference-74e9e349e4.json --subject my_layers:conv"""


@click.command(epilog=_EXAMPLE)
@click.argument("case", metavar="CASE|FILE.json")
@subject_option
@click.option("--supports", multiple=True, metavar="NAME=VALUE", help="What the subject takes; may be given again.")
@inputs_option
@click.option("--time-limit", metavar="TIME", help="Time for one call of the subject.  [default: 30s]")
@click.option("--memory-limit", metavar="SIZE", help="Memory for the subject.  [default: half of the machine's]")
def replay(
    case: str,
    subject: str,
    supports: tuple[str, ...],
    inputs: str,
    time_limit: str | None,
    memory_limit: str | None,
) -> None:
    """Run every witness on one CASE, a text or a file of the corpus, and print every verdict."""
    for option, said in (("supports", supports), ("time-limit", time_limit), ("memory-limit", memory_limit)):
        if said and not subject:
            raise UsageError(f"--{option} is for a subject of yours; expected --subject MODULE:ATTRIBUTE beside it")
    isolation = limits(f"{MOST}s", time_limit, memory_limit)
    terminal, again, witnesses = console(), None, WITNESSES
    if "(" not in case and case.endswith(".json"):
        again, witnesses = _of_file(Path(case), subject, terminal)
    wanted = again or parse_any(case)
    if wanted.family != selection.UNCLAIMED:
        demand_used(("inputs",), f"on a case of {wanted.family}, which holds its arrays", "it on a case of no family")
    if wanted.family == selection.UNCLAIMED:
        heard = list(_on_examples(wanted, subject, supports, inputs, isolation))
    elif subject:
        heard = list(_heard(wanted, Named(subject), supports, witnesses, isolation))
    else:
        heard = list(heard_again(wanted, witnesses))
    terminal.print(replayed(heard), highlight=False)
    for reason in reasons(heard):
        say(reason, terminal)
    verdicts = [verdict for _, each in heard for verdict in each]
    wrong = any(verdict.status == "wrong" for verdict in verdicts)
    compared = sum(verdict.compared for verdict in verdicts)
    terminal.print(f"{'WRONG' if wrong else 'RIGHT' if compared else 'BLIND'}: {count(compared, 'number')} compared")
    sys.exit(WRONG if wrong or not compared else RIGHT)


def _heard(
    case: Case, subject: Named, supports: Sequence[str], witnesses: tuple[Witness, ...], isolation: Isolation
) -> Iterator[tuple[str, list[Verdict]]]:
    """What each witness says of a subject that is opened as ``check MODULE:LAYER`` opens it."""
    valid(case)
    takes = {"axes": _axes(case), **limits_said(supports)}
    with Apart(isolation) as apart:
        examination, _ = opened_apart(apart, subject, case.family, takes, None)
        for said in apart.hear(Trial(examination.subject, examination.family, case), witnesses):
            yield said.witness.law, list(said.verdicts)


def _axes(case: Case) -> int:
    """How many spatial axes a case has.

    Raises UsageError where it has none: layers are opened for some.
    """
    if not (count := len(case.shapes["x"]) - 2):
        raise UsageError(f"x={case.shapes['x']} has no spatial axis; expected (N, C, *size), such as x=(1, 1, 1)")
    return count


def _on_examples(
    case: Case, subject: str, supports: Sequence[str], inputs: str, isolation: Isolation
) -> Iterator[tuple[str, list[Verdict]]]:
    """The same of a subject that is like no family: what its case does not spell out is in its examples.

    Raises UsageError where they are not named.
    """
    if not subject or not inputs:
        raise UsageError(
            "a case of no family is replayed on its own layer and examples; expected --subject MODULE:ATTRIBUTE and "
            "--inputs MODULE:EXAMPLES beside it"
        )
    demand_small(case)
    with Apart(isolation) as apart:
        layer = found(subject)
        examination, _ = opened_apart(apart, layer, "", limits_said(supports), examples_of(inputs))
        asked = answered(examination.family.read(str(case)), examination)
        trial = Trial(examination.subject, examination.family, asked)
        for said in apart.hear(trial, examination.witnesses):
            yield said.witness.law, list(said.verdicts)


def _of_file(path: Path, subject: str, terminal: Console) -> tuple[Case, tuple[Witness, ...]]:
    """The case of a file of the corpus, and the witnesses, who know its digests where it is golden.

    What the file names as its subject is shown, not imported: a file runs no code. Raises UsageError where it cannot
    be read.
    """
    try:
        entry = read_file(path)
        case = demand_small(entry.recorded.case if isinstance(entry, Golden) else entry.case)
    except CorpusError as error:
        raise UsageError(f"{path}: {error}; expected a file of a corpus, or a case as text") from error
    except CaseError as error:
        raise UsageError(f"NOT READ, {path}: {error}") from error
    if isinstance(entry, Golden):
        said = f"golden digests of {entry.subject}, recorded on {entry.found}"
        witnesses = selection.informed(WITNESSES, [entry.recorded])
    else:
        said = f"{entry.law} broke on {entry.subject}, found on {entry.found}"
        said += f", fixed on {entry.fixed}" if entry.fixed else ""
        witnesses = WITNESSES
    here = subject or f"the reference, which says nothing of that layer: expected --subject {entry.subject} to ask it"
    say(f"{said}; now on {here}", terminal)
    return case, witnesses
