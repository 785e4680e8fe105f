"""Scripts of a layer whose place is known by its name on the command line: they import it from there."""

from __future__ import annotations

import re
from dataclasses import replace

from checks.adapters.pair_preamble import YOURS
from checks.commands.pairs_named import is_pair
from checks.diagnosis.by_owners import MADE
from checks.outcome import Outcome

#: What may be said last beside an import; the module of the target holds it, whatever made it.
_MADE = rf"(?:(?:;|  #) .*{MADE}.*)?"

#: The line that imports the two functions of a pair, under the names by which the script calls them.
_PAIR = re.compile(
    rf"^from your_module import (?:\w+ as )?(forward|ahead), (?:\w+ as )?(backward|back)"
    rf"(?:{re.escape(YOURS)})?{_MADE}$",
    re.MULTILINE,
)


def locate(examination: Outcome, target: str) -> None:
    """Let the scripts of an examination import its layer from the place that ``target``, MODULE:ATTRIBUTE, names."""
    for findings in (examination.findings, examination.hazards):
        for law, finding in list(findings.items()):
            findings[law] = replace(finding, script=located(finding.script, target))


def located(script: str, target: str) -> str:
    """A script that imports the layer from its module, a nested one by way of its owner; what else it imports stays."""
    module, _, path = target.partition(":")
    owner, nested, name = path.partition(".")[0], "." in path, path.rpartition(".")[2]
    if is_pair(module, path):
        return _PAIR.sub(lambda match: f"from {module} import {name}\n\n{match[1]}, {match[2]} = {name}", script)

    def line(match: re.Match[str]) -> str:
        own = match[1] or ""
        if not nested:
            return f"from {module} import {name}{own}"
        return f"from {module} import {owner}\n\n{own.removeprefix(' as ') or name} = {path}"

    if nested:
        by_owner = rf"^from your_module import {re.escape(owner)}(?=  #|$)"
        script = re.sub(by_owner, f"from {module} import {owner}", script, flags=re.MULTILINE)
    return re.sub(rf"^from your_module import {re.escape(name)}( as \w+)?{_MADE}$", line, script, flags=re.MULTILINE)
