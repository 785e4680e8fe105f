"""Of several witnesses that disagree, the one that stands alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checks.claim import Verdict

#: Laws that bring an independent y and independent gradients.
SOURCES = ("reference", "textbook", "torch")
#: Laws that derive the gradient from the subject's own forward.
OWN_FORWARD = ("finite differences", "adjoint")


#: Said where the forward alone is wrong: its backward goes with it.
FORWARD = "your forward is the odd one out: your backward is its derivative, and every other source has another y"


def alone(verdicts: Iterable[Verdict]) -> str:
    """A sentence that names the odd one out; empty where nobody disagrees or too few can speak."""
    said = {(verdict.law, verdict.of == "y"): verdict.status for verdict in _worst_last(verdicts)}
    forward = [said.get((law, True), "blind") for law in SOURCES]
    backward = [said.get((law, False), "blind") for law in SOURCES]
    own = [said.get((law, False), "blind") for law in OWN_FORWARD]
    if "wrong" in forward and "right" in forward:
        return _source(forward)
    if "wrong" in forward:
        return _forward(own)
    if "wrong" in backward and "right" in backward:
        return _source(backward)
    if "wrong" in backward:
        return _backward(own, forward)
    return ""


def _worst_last(verdicts: Iterable[Verdict]) -> list[Verdict]:
    return sorted(verdicts, key=lambda verdict: verdict.status == "wrong")


def _forward(own: Sequence[str]) -> str:
    if "wrong" not in own and "right" in own:
        return FORWARD
    if "wrong" in own:
        return "your forward is the odd one out, and your backward is not its derivative either"
    return "your forward is the odd one out"


def _backward(own: Sequence[str], forward: Sequence[str]) -> str:
    if "wrong" in own or ("right" in forward and "right" not in own):
        return "your backward is the odd one out: your own forward agrees with every other source"
    return "your backward disagrees with every other source"


def _source(statuses: Sequence[str]) -> str:
    """One of the sources disagrees with another: the subject stands with some of them."""
    against = [law for law, status in zip(SOURCES, statuses, strict=True) if status == "wrong"]
    with_it = [law for law, status in zip(SOURCES, statuses, strict=True) if status == "right"]
    if len(against) == 1:
        return f"{against[0]} is the odd one out: your layer agrees with {' and '.join(with_it)}"
    return f"the sources disagree: your layer agrees with {' and '.join(with_it)}, not with {' and '.join(against)}"
