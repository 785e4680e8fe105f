"""Cases as networks have them most, or past 64 samples: they are met early, between those that are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice, product

from checks.case import Case
from checks.families.covered import CoveredFamily
from checks.strategies.cases import LARGEST_SEED
from checks.strategies.common import convolutions, places, poolings
from checks.strategies.geometry import Geometry
from checks.strategies.large import many_elements, many_samples
from checks.strategies.single import single
from checks.strategies.turns import by_turns
from checks.strategies.usual_windows import convolutions as of_groups
from checks.strategies.usual_windows import pools

#: Modes of which layers have each option, whatever their windows are.
MODES = ("ceil_mode", "count_include_pad")
#: Whole numbers in float32, real ones in float64: there a way through float32 shows.
DTYPES = ("float32", "float64")
#: So many of them come before planes whose winners have places past the range of a narrow format.
FIRST = 2


def common(sheet: CoveredFamily, seed: int, axes: Iterable[int]) -> Iterator[Case]:
    """Common cases of a family, with planes of these numbers of axes; of a family without windows large ones alone."""
    return _in_turns(sheet, _geometries(sheet, axes), seed)


def alone(sheet: CoveredFamily, seed: int, axes: Iterable[int]) -> Iterator[Case]:
    """Convolutions of one sample, channel or window beside several others, with planes of these numbers of axes."""
    layers = _by_turns([single(each) for each in axes]) if "groups" in sheet.space else iter(())
    return _in_turns(sheet, _in_every_mode(sheet, layers), seed)


def usual_windows(sheet: CoveredFamily, seed: int, axes: Iterable[int]) -> Iterator[Case]:
    """Windows as networks have them, with planes of these numbers of axes: in every kind of groups, or mode."""
    if "groups" in sheet.space:
        layers = by_turns(*map(of_groups, axes))
        return _in_turns(sheet, (replace(layer, modes=sheet.usual_modes) for layer in layers), seed)
    found = (pools(each, turn) for turn in range(2) for each in axes) if "kernel" in sheet.space else ()
    return _in_turns(sheet, filter(_counts, _in_every_mode(sheet, by_turns(*found))), seed)


def _counts(geometry: Geometry) -> bool:
    """Whether cells of padding are counted, or left out where there are some: without any both are the same."""
    return geometry.modes.get("count_include_pad", True) or any(axis.before for axis in geometry.axes)


def _in_turns(sheet: CoveredFamily, geometries: Iterable[Geometry], seed: int) -> Iterator[Case]:
    """Their cases, formats and kinds of numbers by turns."""
    for place, geometry in enumerate(geometries, seed % LARGEST_SEED):
        yield sheet.case(geometry, DTYPES[place % len(DTYPES)], sheet.kinds[place % len(DTYPES)], place)


def _geometries(sheet: CoveredFamily, axes: Iterable[int]) -> Iterator[Geometry]:
    """Of several numbers of axes one after another: who takes them all has one path for them, mostly."""
    if "kernel" not in sheet.space:
        return (replace(geometry, modes=sheet.usual_modes) for geometry in (many_samples(), many_elements()))
    if "groups" in sheet.space:
        return _in_every_mode(sheet, _by_turns([convolutions(each) for each in axes]))
    usual = _in_every_mode(sheet, _by_turns([poolings(each) for each in axes]))
    if not sheet.selects:
        return usual
    kept = (replace(geometry, modes=sheet.usual_modes) for geometry in _by_turns([places(each) for each in axes]))
    return chain(islice(usual, FIRST), kept, usual)


def _by_turns(of_axes: Iterable[Iterator[Geometry]]) -> Iterator[Geometry]:
    return (alike[place % len(alike)] for place, alike in enumerate(zip(*of_axes, strict=True)))


def _in_every_mode(sheet: CoveredFamily, geometries: Iterable[Geometry]) -> Iterator[Geometry]:
    return (replace(geometry, modes=modes) for geometry in geometries for modes in _modes(sheet))


def _modes(sheet: CoveredFamily) -> Iterator[dict[str, object]]:
    names = [mode for mode in MODES if mode in sheet.plain_modes]
    options = [next(values for mode, values in sheet.mode_cells.values() if mode == name).values() for name in names]
    return ({**sheet.usual_modes, **dict(zip(names, chosen, strict=True))} for chosen in product(*options))
