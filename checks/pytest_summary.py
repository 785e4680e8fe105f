"""What pytest's summary says of each layer that was examined. Loading it imports nothing heavy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from checks.counted import count

#: What the summary says of a test beside its counts, by the key of ``figures``.
SAID = {"hazards": "hazard", "not_examined": "NOT EXAMINED", "promises": "but", "notes": "note"}

#: So many tests of one name that examine one layer are named.
FEW = 5

#: Name under which an item keeps what it found, for the summary and for JUnit XML.
PROPERTY = "gradproof"


def found_by(reporter: pytest.TerminalReporter) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each item that examined a layer, and its figures."""
    for reports in reporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                yield from (
                    (report.nodeid, json.loads(value)) for name, value in report.user_properties if name == PROPERTY
                )


def lines(found: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """A line for each layer of each test, of all its items together, and lines for what else is to be said of it."""
    layers: dict[tuple[str, ...], list[tuple[str, dict[str, Any]]]] = {}
    for item, figures in found:
        layers.setdefault((_parted(figures["test"])[0], figures["subject"], figures["family"]), []).append(
            (item, figures)
        )
    for items in layers.values():
        test = _named([figures["test"] for _, figures in items])
        compared, blind = (sum(figures[key] for _, figures in items) for key in ("compared", "blind"))
        figures, wrong = items[0][1], sum(bool(figures["wrong"]) for _, figures in items)
        yield (
            f"{test}: {figures['subject']} as {figures['family']}, {wrong or 'none'} of {len(items)} wrong; "
            f"{count(compared, 'number')} compared, {blind:,} blind{_why(items)}{_closest(items) if compared else ''}"
        )
        if unread := dict.fromkeys(name for _, figures in items for name in figures["unread"]):
            yield f"  NOT READ, and so not replayed, of {figures['corpus']}: {', '.join(unread)}"
        for key, heading in SAID.items():
            yield from dict.fromkeys(f"  {heading}: {text}" for _, figures in items for text in figures[key])
        if replayed := sum(figures["replayed"] for _, figures in items):
            yield f"  replayed first: {count(replayed, 'judgement')} of what {figures['corpus']} holds"
        yield from dict.fromkeys(f"  {sentence}" for _, figures in items for sentence in figures["sentences"])


def _parted(test: str) -> tuple[str, str]:
    """The name of a test, and in what it differs from others of that name."""
    place, colons, name = test.rpartition("::")
    name, _, own = name.partition("[")
    return f"{place}{colons}{name}", own.removesuffix("]")


def _named(tests: list[str]) -> str:
    """What tests of one name are called together."""
    own = [each for each in dict.fromkeys(_parted(test)[1] for test in tests) if each]
    others = [f"{len(own) - FEW} others"] * (len(own) > FEW)
    return _parted(tests[0])[0] + (f"[{', '.join([*own[:FEW], *others])}]" if own else "")


def stayed(found: list[tuple[str, dict[str, Any]]], device: str) -> Iterator[str]:
    """Which layers another device was asked for, and none but PyTorch's can be moved."""
    if device != "cpu":
        stayed = dict.fromkeys(figures["subject"] for _, figures in found if figures["device"] == "cpu")
        yield from (f"{name} stayed on the cpu: --gradproof-device {device} moves PyTorch's layers" for name in stayed)


def _why(items: list[tuple[str, dict[str, Any]]]) -> str:
    """Why most of the blind elements are: one reason stands for all."""
    reasons = [(many, reason) for _, figures in items for reason, many in figures["reasons"].items()]
    return f" (mostly: {max(reasons)[1]})" if reasons else ""


def _closest(items: list[tuple[str, dict[str, Any]]]) -> str:
    _, figures = max(items, key=lambda each: each[1]["share"])
    return f"; closest to its bound: {figures['closest']}, {_share(figures['share'])}"


def _share(share: float) -> str:
    """A share of a bound: up to all of it is right."""
    return "beyond what rounding may do" if share > 1 else f"{share:.1%} of what rounding may do"
