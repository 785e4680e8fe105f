"""In which order a backward takes dy, y, x and what was saved, where its parameters have names that say so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from checks.adapters.words import UPSTREAM, names_of

#: Names of upstream gradients where there are several: dh, dc, dh_next, d_out, dattn, grad_h; not of what is saved.
_UPSTREAM = re.compile(r"(?!(data|dict|dims?|dtype|depth|dilation|dropout|done|default)\b)d_?[a-z]\w*|grad\w*")

#: Names of what a backward can do without.
NOTHING = frozenset({"_", "__", "optimizer", "optim"})

#: Names of other things that a backward is told again, and of what it can do without, in lower case.
_TOLD_AGAIN: Mapping[str, frozenset[str]] = {
    "y": frozenset({"y", "out", "output", "outputs"}),
    "x": frozenset({*names_of("x"), "prev", "activation_prev", "prev_activation", "x_prev"}) - {"self"},
    "nothing": NOTHING,
}

#: What a parameter takes, in words.
_WORDS: Mapping[str, str] = {
    "dy": "the upstream gradient",
    "y": "what the forward gave",
    "x": "what the forward was given",
    "nothing": "None",
    "saved": "what was saved",
}


def is_upstream(name: str) -> bool:
    """Whether a parameter of this name, in lower case, takes an upstream gradient."""
    return name in UPSTREAM or bool(_UPSTREAM.fullmatch(name))


def output_among(names: Sequence[str], upstream: str) -> str:
    """Which of these parameters takes y: by such a name, or by that of which the upstream gradient's is made (da, a).

    Empty where none does.
    """
    found = re.fullmatch(r"(?:d|grad)_?(\w+)", upstream.lower())
    wanted = _TOLD_AGAIN["y"] | ({found[1]} if found else set())
    return next((name for name in names if name.lower() in wanted), "")


def order(names: Sequence[str], saved: int) -> tuple[str, ...]:
    """What each parameter of these names takes: ``dy``, ``y``, ``x``, ``nothing``, or ``saved``, of which so many are.

    Empty where that is dy and then what was saved, as usual, or nobody can tell.
    """
    found = [_taken(name) for name in names]
    if "dy" not in found and found and found[0] == "saved":
        found[0] = "dy"
    usual = found[:1] == ["dy"] and len(found) <= 1 + saved
    if usual or found.count("dy") != 1 or found.count("saved") != saved:
        return ()
    return tuple(found)


def _taken(name: str) -> str:
    if is_upstream(name):
        return "dy"
    return next((what for what, names in _TOLD_AGAIN.items() if name in names), "saved")


def about_order(name: str, names: Sequence[str], wanted: Sequence[str]) -> str:
    """A sentence about a backward one of whose parameters takes dy without being called so; empty of any other."""
    if "dy" not in wanted or is_upstream(names[wanted.index("dy")]):
        return ""
    taken = ", ".join(f"{each} is {_WORDS[what]}" for each, what in zip(names, wanted, strict=True))
    return f"called by the names of its parameters: {name}({', '.join(names)}), where {taken}"


def ordered(wanted: Sequence[str], known: Mapping[str, Any], saved: Sequence[Any]) -> tuple[Any, ...]:
    """These things in that order."""
    rest = iter(saved)
    return tuple(next(rest) if what == "saved" else known.get(what) for what in wanted)
