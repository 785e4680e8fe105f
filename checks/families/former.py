"""Cases of a layer as it was: of arguments that it has no longer, or that have others beside them since."""

from __future__ import annotations

from checks.case import Case
from checks.subject import Subject
from checks.types import Shapes


def former(case: Case, subject: Subject, shapes: Shapes) -> str:
    """What of a case is not the layer's, whose arguments have these shapes today; empty where all of it is.

    Parameters that the layer keeps itself, as a module its own, are of one shape.
    """
    words = subject.limits.get("words")
    gone = [name for name in case.arguments if name not in shapes]
    gone += [name for name in case.config if words is not None and name not in words]
    new = [name for name in shapes if name not in case.shapes]
    own = {name: case.shapes[name] for name in shapes if name in subject.own and name in case.shapes}
    other = [
        f"{name} in shape {shape} instead of {shapes[name]}" for name, shape in own.items() if shape != shapes[name]
    ]
    told = {
        "holds {}, which the layer does not take": gone,
        "lacks {}, which the layer takes": new,
        "holds {}, in which the layer keeps it": other,
    }
    return " and ".join(sentence.format(", ".join(names)) for sentence, names in told.items() if names)
