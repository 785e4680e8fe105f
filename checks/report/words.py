"""How verdicts are written: one spelling for the table, the findings and the replay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checks.claim import KEY, MEMORY, Verdict
from checks.tally import Tally

EXACT, ABSENT, BLIND = "=", "–", "?"

WITHIN, BROKEN, HAZARD = "~", "X", "!"

#: Why what a law calls a hazard is one: right today, dangerous tomorrow.
DANGERS: Mapping[str, str] = {
    "kinks": "at infinite and subnormal numbers or kinks layers differ; whoever relies on them should look at these",
    "beside kinks": "among subnormal numbers layers differ; whoever relies on them should look at these",
    "convention": "several gradients are valid here and this is one; layers that choose another give other numbers",
    "special values": "a NaN or an infinity is lost, reaches what it does not touch, or comes of ordinary numbers",
    "scaling": "among subnormal numbers, or next to the largest ones, it gives something else than it should",
    "repeatable": "two runs on the same numbers differ",
    "modes": "in its other mode the layer computes something else: whoever trains it should know",
    "saved copies": "the backward reads the caller's arrays, or y, again: right until someone writes to them",
    "arguments unchanged": "what it adds to its caller's dictionary is found there by whoever uses that next",
    "saved state": "it is right as long as each forward is followed by its own backward, once",
    "results kept": "one array's memory is another's: whoever writes to one changes both",
    "layout": "arrays that lie in memory like this are refused",
    "dtype": "results are wider than the arguments: they take more memory, and change the format of what follows",
    "arithmetic": "it rounds more than plain sums do, or keeps them in half precision: a wider bound is its measure",
    "defaults": "a keyword that is left out means something else here than in PyTorch",
    "surroundings": "what it changes in its process changes what runs there next",
}

#: Laws that look for several things.
SEVERAL = frozenset({"special values"})

#: What is counted of a law that speaks of no numbers: sentences, which say everything.
CHANGE = "change"

#: Why elements are blind of which a law says no more.
SAMPLED = "a sample of a large array is tried"

#: What the cells mean, for the lines below the table.
LEGEND = (
    f"{EXACT} every number equal   12% largest error, as a share of what rounding explains   {BLIND} blind   "
    f"{ABSENT} does not apply   * some elements blind   {HAZARD} hazard"
)
SIGNS = f"signs: {WITHIN} within bounds, {BROKEN} WRONG; the rest as above"


def cell(tally: Tally | None) -> str:
    """What one law says of one row."""
    if tally is None:
        return ABSENT
    if tally.wrong:
        return f"WRONG {tally.wrong}"
    if not tally.right:
        return BLIND if tally.blind else HAZARD
    return f"{share(tally.share)}{'*' if tally.blind_elements else ''}{HAZARD if tally.hazard else ''}"


def sign(tally: Tally | None) -> str:
    """The same in one sign."""
    if tally is None:
        return ABSENT
    if tally.wrong or tally.hazard:
        return BROKEN if tally.wrong else HAZARD
    if not tally.right:
        return BLIND
    return WITHIN if tally.share else EXACT


def share(value: float) -> str:
    """A share of a bound in percent."""
    if not value:
        return EXACT
    return "<1%" if value < 0.01 else f"{min(value, 9.99):.0%}"  # noqa: PLR2004 - what rounds to 0%


def place(verdict: Verdict) -> str:
    """Where the worst element of a verdict lies: ``dx[0,3,1]``; ``dx, draw 2`` where a law does not look at entries."""
    if verdict.worst is None:
        return verdict.of
    if verdict.counted == CHANGE:
        return "its process"
    if verdict.counted in {KEY, MEMORY}:
        return verdict.of
    index = ",".join(map(str, verdict.worst.index))
    if verdict.counted:
        return f"{verdict.of}, {verdict.counted} {index}"
    return f"{verdict.of}[{index}]" if index else verdict.of


def number(value: object) -> str:
    """A number in full where it is short, in 17 digits at most."""
    return f"{value:.17g}" if isinstance(value, float) else str(value)


def dangers(laws: Iterable[str], status: str, seen: str = "") -> list[tuple[str, str]]:
    """Lines that say why a hazard is one; none for what is wrong.

    Of laws that look for several things the verdict says which was ``seen``.
    """
    told = {law: seen or danger if law in SEVERAL else danger for law, danger in DANGERS.items()}
    return [("danger", told[law]) for law in laws if status == "HAZARD" and law in told]


def abbreviations(laws: Iterable[str]) -> dict[str, str]:
    """A heading of two letters or a little more for each law: initials of its words, or its first letters."""
    found: dict[str, str] = {}
    for law in laws:
        initials = "".join(word[0] for word in law.split())
        options = [initials] * (len(initials) > 1) + [law[:length] for length in range(3, len(law) + 1)]
        found[law] = next(option for option in options if option not in found.values())
    return found
