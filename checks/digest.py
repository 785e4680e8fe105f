"""A fingerprint of exact results: the same on every machine, BLAS, device and framework, in every format.

On integer data with small sums every result is an integer that each order of summing gives exactly. The integers, as
little-endian int64 in C order behind their shape, are hashed (SHA-256); -0.0 is 0. Of a case of fractions it is their
multiples by ``Case.parts`` that are integers. The sums along each axis are kept
beside the hash, so that a difference can be located without the array, and where it lies on one line be undone: from a
wrong array and the sums follows the right one, and the hash proves it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from checks.case import Case
from checks.rounding import DIGITS, exact_limit, is_complex, sum_bound
from checks.types import Array, Shape

#: Largest absolute value up to which every integer is one in float64 too, so that sums are exact however computed.
LARGEST = 2.0**53

#: A quotient is told from the next integer where rounding takes it less far than this.
CLEAR = 0.25


@dataclass(frozen=True)
class Digest:
    """What is kept of one result: its shape, the hash of its integers, and for each axis the sums over all others.

    Complex results have an axis more, of real and imaginary part.
    """

    shape: Shape
    sha256: str
    sums: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Recorded:
    """A case with the digests of everything that was computed on it.

    ``mass`` is the largest sum of absolute values behind any number of the case or its results, in its parts of 1:
    sums are exact in every format that holds the integers up to it. ``inputs`` are the hashes of its arrays: a
    generator that gives other numbers for the same seed is noticed. ``quotients`` are the results that are whole
    quotients, which a layer that multiplies by a reciprocal may miss by rounding: for each its roundings and the
    largest mass behind an entry.
    """

    case: Case
    mass: int
    inputs: Mapping[str, str]
    results: Mapping[str, Digest]
    quotients: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def formats(self) -> tuple[str, ...]:
        """Every format in which each result is one integer and no other."""
        kind = is_complex(self.case.dtype)
        alike = [dtype for dtype in DIGITS if is_complex(dtype) == kind and self.mass <= exact_limit(dtype)]
        return tuple(dtype for dtype in alike if all(self.slack(of, dtype) < CLEAR for of in self.results))

    def slack(self, of: str, dtype: str) -> float:
        """How far rounding may take an entry of a result from its integer: nowhere, unless it is a quotient."""
        roundings, mass = self.quotients.get(of, (0, 0))
        return float(sum_bound(np.asarray(float(mass)), roundings, dtype))


def digest(array: Array, slack: float = 0.0) -> Digest | None:
    """The digest of a result; None where it holds something else than integers up to 2**53, within ``slack``."""
    numbers = integers(snapped(array, slack))
    if numbers is None:
        return None
    totals = tuple(tuple(map(int, total)) for total in along_axes(numbers))
    return Digest(array.shape, fingerprint(numbers), totals)


def snapped(array: Array, slack: float) -> Array:
    """The array with integers where it is within ``slack`` of them."""
    if not slack:
        return array
    with np.errstate(all="ignore"):
        nearest = np.rint(array)
        return np.where(np.abs(array - nearest) <= slack, nearest, array)


def integers(array: Array) -> Array | None:
    """The numbers as int64, real and imaginary parts along a last axis of their own; None where one is not whole."""
    parts = np.stack([array.real, array.imag], axis=-1) if np.iscomplexobj(array) else array
    with np.errstate(all="ignore"):
        whole = bool(np.all(parts == np.rint(parts))) and bool(np.all(np.abs(parts) <= LARGEST))
    return parts.astype(np.int64) if whole else None


def fingerprint(numbers: Array) -> str:
    """SHA-256 of the shape and the integers, as hexadecimal digits."""
    return hashlib.sha256(repr(tuple(numbers.shape)).encode() + numbers.astype("<i8").tobytes("C")).hexdigest()


def along_axes(numbers: Array) -> list[Array]:
    """For each axis the sums over all others."""
    axes = range(numbers.ndim)
    return [numbers.sum(tuple(other for other in axes if other != axis)) for axis in axes]


def hashes(case: Case) -> dict[str, str]:
    """The hash of each array of a case; empty text where one holds something else than integers."""
    found = {name: integers(case.array(name) * case.parts) for name in (*case.arguments, "dy")}
    return {name: "" if numbers is None else fingerprint(numbers) for name, numbers in found.items()}


def undone(got: Array, want: Digest) -> Array | None:
    """The right array, where all that is wrong in ``got`` lies on one line along an axis; None where it does not.

    Then the sums along that axis say by how much each entry of the line is off. The hash proves the answer.
    """
    if np.iscomplexobj(got) or not got.ndim:
        return None
    numbers = np.where(np.isfinite(got), got, 0).astype(np.float64)
    off = [np.asarray(total, np.float64) - own for total, own in zip(want.sums, along_axes(numbers), strict=True)]
    if any(not np.any(each) for each in off):
        return None
    longest = max(range(got.ndim), key=lambda axis: int(np.count_nonzero(off[axis])))
    line = tuple(slice(None) if axis == longest else int(np.argmax(off[axis] != 0)) for axis in range(got.ndim))
    numbers[line] += off[longest]
    right = np.rint(numbers)
    found = integers(right)
    return right if found is not None and fingerprint(found) == want.sha256 else None
