"""What a pass excludes, in words: the smallest error that was visible, the configurations visited and not visited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from checks.case import Case
from checks.counted import count
from checks.exclusion import Exclusion, Resolution
from checks.families import family
from checks.family import Family
from checks.runner import Run
from checks.strategies.coverage import NEVER_DRAWN
from checks.types import Shape

#: Combinations that were not met and are named one by one.
MOST_NAMED = 6


def passes(run: Run) -> Iterator[str]:
    """What all rows of each family of a run exclude together."""
    for name in dict.fromkeys(job.family for job, _ in run.rows):
        yield from (f"{name}: {line}" for line in excluded(run.exclusion(name), family(name)))


def excluded(exclusion: Exclusion, sheet: Family) -> Iterator[str]:
    """Lines on resolution, cells and combinations."""
    yield from _resolutions(exclusion)
    if sheet.all_cells:
        yield _visited(exclusion, sheet)
        yield from _combinations(exclusion, sheet)


def longest(cases: Sequence[Case]) -> Iterator[str]:
    """How long the arguments of examples were at most, axis by axis, where their lengths were varied."""
    lengths = dict[str, list[Shape]]()
    for case in cases:
        for name in case.arguments:
            lengths.setdefault(name, []).append(case.shapes[name])
    if any(len({*shapes}) > 1 for shapes in lengths.values()):
        alike = {name: [each for each in shapes if len(each) == len(shapes[0])] for name, shapes in lengths.items()}
        each = ", ".join(f"{name} {tuple(map(max, zip(*shapes, strict=True)))}" for name, shapes in alike.items())
        yield f"lengths that were tried, at most: {each}"


def _resolutions(exclusion: Exclusion) -> Iterator[str]:
    """A line for each format: the relative error in a single entry that would have been seen."""
    seen = [kind.dtype for kind in sorted(exclusion.resolutions)]
    for dtype in dict.fromkeys([*seen, *sorted(dtype for _, dtype in exclusion.sampled if exclusion.in_part(dtype))]):
        parts = filter(
            None, [*(_on(exclusion, dtype, integers) for integers in (True, False)), _in_part(exclusion, dtype)]
        )
        yield f"a pass excludes, in one entry of {dtype}: {'; '.join(parts)}"


def _on(exclusion: Exclusion, dtype: str, integers: bool) -> str:  # noqa: FBT001 - which half of the cases
    found = {
        kind.of: resolution
        for kind, resolution in exclusion.resolutions.items()
        if (kind.dtype, kind.integers) == (dtype, integers)
    }
    numbers = "integers" if integers else "real numbers"
    if found and not any(resolution.worst for resolution in found.values()):
        return f"any difference on {numbers}"
    ranges = ", ".join(f"{of} {_range(resolution)}" for of, resolution in found.items())
    return f"on {numbers} relative errors from {ranges}" if found else ""


def _in_part(exclusion: Exclusion, dtype: str) -> str:
    """What is not said of whichever entry, for numerical derivatives of all of them would take too long."""
    names = exclusion.in_part(dtype)
    return f"nothing in whichever entry of {', '.join(names)}, of which derivatives of some are tried" if names else ""


def _range(resolution: Resolution) -> str:
    low, high = (f"{value:.0e}" if value else "any" for value in (resolution.best, resolution.worst))
    return low if low == high else f"{low} (every case: {high})"


def _visited(exclusion: Exclusion, sheet: Family) -> str:
    known, left = len(sheet.all_cells), sorted(sheet.all_cells - exclusion.cells)
    rest = f"; not visited: {', '.join(left)}" if left else ""
    return f"visited {known - len(left)} of {known} configuration cells{rest}"


def _combinations(exclusion: Exclusion, sheet: Family) -> Iterator[str]:
    """Combinations not met whose cells were all visited are named; the others are explained by the cell."""
    reasons = Counter(why for _, why in sheet.unmet(set()))
    unmet = [name for name, why in sheet.unmet(exclusion.combinations) if why == NEVER_DRAWN]
    possible = reasons.pop(NEVER_DRAWN, 0)
    met = f"{possible - len(unmet):,} of {possible:,}"
    yield f"met {met} possible pairs and triples of cells{_named(unmet, exclusion)}"
    if reasons:
        why = "; ".join(f"{reason} ({many})" for reason, many in reasons.most_common())
        yield f"impossible: {sum(reasons.values())} more: {why}"


def _named(unmet: list[str], exclusion: Exclusion) -> str:
    met_alone = [name for name in unmet if set(name.split(" + ")) <= exclusion.cells]
    others = len(unmet) - len(met_alone)
    parts = [f"{others} with a cell that was not visited"] if others else []
    parts += met_alone[:MOST_NAMED]
    parts += [f"and {count(len(met_alone) - MOST_NAMED, 'other')}"] if len(met_alone) > MOST_NAMED else []
    return f"; not met: {'; '.join(parts)}" if parts else ""
