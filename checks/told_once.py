"""What breaks every law of a layer alike is told by one of its pytest items: the others fail too, and say which."""

from __future__ import annotations

from dataclasses import dataclass, field

from checks.anew import ANSWERING, answers
from checks.diagnosis.explain import explain
from checks.diagnosis.reasons import reason
from checks.errors import SubjectError
from checks.examination import Examination
from checks.hearing import Here
from checks.judge import HANGS, RUNS
from checks.report.story import story
from checks.witness import Trial


@dataclass
class ToldOnce:
    """What the items of one layer have told so far.

    ``stories`` names the item that told what was said of laws that are no item's own; ``ended`` is the examination in
    which the layer ended its process, or did not come back, by the plain calls of a case: it does so to whoever asks.
    """

    stories: dict[str, str] = field(default_factory=dict)
    ended: Examination | None = None

    def unasked(self) -> Examination | None:
        """An examination for a law that need not be asked any more, with what was found; None where it must be."""
        if self.ended is None:
            return None
        return Examination(self.ended.subject, self.ended.family, (), findings=dict(self.ended.findings))

    def told(self, law: str, examination: Examination) -> str:
        """What the item of a law says of what is wrong: the whole story, or where it was told."""
        said = _not_of_a_law(examination)
        if said and (teller := self.stories.setdefault(said, law)) != law:
            asked = "" if examination.cases else "; this law was not asked, for it would not come back either"
            return f"{examination.subject.name}: {said}, as the item of {teller} tells{asked}"
        if said and self.ended is None and _ends(examination):
            self.ended = examination
        return story(explain(examination))


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
