"""A mistake is told in full by one pytest item of a layer: the others say what their law saw, and which one that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from checks.anew import ANSWERING, answers
from checks.diagnosis.explain import explain
from checks.diagnosis.reasons import at_fault, reason
from checks.errors import SubjectError
from checks.examination import Examination
from checks.hearing import Here
from checks.judge import HANGS, RUNS
from checks.report.again import InPython
from checks.report.corpus import unseen
from checks.report.findings import describe
from checks.report.headline import headline
from checks.report.story import story
from checks.report.together import together
from checks.tally import Finding
from checks.witness import Trial


@dataclass
class ToldOnce:
    """What the items of one layer have told so far, in this process.

    ``stories`` names the item that told what was said of laws that are no item's own; ``findings`` are those told in
    full, each with the item's law; ``unread`` is the law whose item told of files that cannot be read, if there are
    some; ``ended`` is the examination in which the layer ended its process, or did not come back, by the plain calls of
    a case: it does so to whoever asks.
    """

    stories: dict[str, str] = field(default_factory=dict)
    findings: list[tuple[str, Finding]] = field(default_factory=list)
    unread: str = ""
    ended: Examination | None = None

    def unasked(self) -> Examination | None:
        """An examination for a law that need not be asked any more, with what was found; None where it must be."""
        if self.ended is None:
            return None
        return Examination(self.ended.subject, self.ended.family, (), findings=dict(self.ended.findings))

    def told(self, law: str, examination: Examination) -> str:
        """What the item of a law says of what is wrong: the whole story, or where it was told; empty: nothing is."""
        self.unread = self.unread or law
        if not examination.wrong:
            return unseen(examination.replayed) if self.unread == law else ""
        said = _not_of_a_law(examination)
        if said and (teller := self.stories.setdefault(said, law)) != law:
            asked = "" if examination.cases else "; this law was not asked, for it would not come back either"
            return f"{examination.subject.name}: {said}, as the item of {teller} tells{asked}"
        if said and self.ended is None and _ends(examination):
            self.ended = examination
        return "\n".join([self._told(law, explain(examination)), *_parts(law, examination)])

    def _told(self, law: str, examination: Examination) -> str:
        """The whole story, or what this law saw of mistakes that were told in full."""
        found = list(examination.findings.values())
        told = [(teller, other) for teller, other in self.findings if teller != law]
        tellers = [next((teller for teller, other in told if _alike(other, each)), "") for each in found]
        if not all(tellers):
            self.findings += [(law, each) for each in found]
            return story(examination)
        seen = [_in_brief(each, teller) for each, teller in zip(found, tellers, strict=True)]
        return "\n\n".join([headline(examination, InPython(examination.said)), *seen])


def _parts(law: str, examination: Examination) -> Iterator[str]:
    """What is said where a law has another name than the item that asks for it."""
    others = (found.law for found in examination.findings.values() if found.by == law)
    for other in sorted({*others} - {law, *ANSWERING}):
        yield f"{other}: the item of {law} looks at it too"


def _alike(told: Finding, found: Finding) -> bool:
    """Whether two findings would share a paragraph of one story."""
    return len(together([told, found], "WRONG")) == 1


def _in_brief(found: Finding, teller: str) -> str:
    lines = [("case", str(found.shrunk)), *describe(found.shrunk_verdict)]
    told = [("more", f"the item of {teller} tells in full what this looks like, and how to see it again")]
    heading = f"WRONG  {at_fault(found.shrunk_verdict)} of {found.shrunk.family}"
    return "\n".join([heading, *(f"  {name:8} {value}" for name, value in lines + told)])


def _not_of_a_law(examination: Examination) -> str:
    """What is said of the laws that any witness finds broken on its way; empty where another one is broken too."""
    if not examination.findings.keys() <= ANSWERING:
        return ""
    return "; ".join(f"{law}: {reason(found.shrunk_verdict)}" for law, found in examination.findings.items())


def _ends(examination: Examination) -> bool:
    """Whether the plain calls of the case on which it was found end the layer's process, or do not come back."""
    found = next((examination.findings[law] for law in (RUNS, HANGS) if law in examination.findings), None)
    if found is None or isinstance(examination.hearing, Here):
        return False
    try:
        examination.hearing.ask(Trial(examination.subject, examination.family, found.shrunk), answers)
    except SubjectError:
        return True
    return False
