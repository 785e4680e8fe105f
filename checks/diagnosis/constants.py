"""The numbers of a script, each array spelled out once under a name of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import chain, count
from typing import TypeAlias

from checks.diagnosis.arrays import alike, but_few, spell, spelled_number
from checks.types import Array, Shape

#: Source that makes an array, and what is done to it afterwards; two empty words where nobody knows.
Rule: TypeAlias = Callable[[str, Array, Mapping[str, Array]], tuple[str, str]]

#: The name of an array, its shape, its format and its bytes.
Key: TypeAlias = tuple[str, Shape, str, bytes]


@dataclass
class Constants:
    """Lines that make the arrays of a script; ``count`` numbers are written in them.

    ``rule`` says how an array that is handed over is made without listing its numbers, from its name, these numbers,
    and the arrays before it.
    """

    rule: Rule | None = None
    lines: list[str] = field(default_factory=list)
    count: int = 0
    _names: dict[Key, str] = field(default_factory=dict)
    _arrays: dict[Key, Array] = field(default_factory=dict)

    def named(self, name: str, numbers: Array) -> str:
        """The name of these numbers in this place, spelled out once, or made by a rule."""
        key = name, numbers.shape, numbers.dtype.name, numbers.tobytes()
        if key not in self._names:
            made = {self._names[each]: array for each, array in self._arrays.items()}
            self._names[key] = own = free_name(name, set(self._names.values()))
            text, then = self.rule(name, numbers, made) if self.rule and not alike(numbers) else ("", "")
            whole, others = (numbers, []) if text else but_few(numbers)
            self.lines += [f"{own} = {text or spell(whole)}", *([f"{own}{then}"] if then else [])]
            self.lines += [f"{own}{list(place)} = {spelled_number(value)}" for place, value in others]
            self.count += 1 + len(others) if text or alike(whole) else numbers.size
            self._arrays[key] = numbers
        return self._names[key]


def free_name(name: str, taken: Collection[str]) -> str:
    """The name itself, or with the first number, from 2 on, that makes it another than those ``taken``."""
    return next(option for option in chain([name], (f"{name}{number}" for number in count(2))) if option not in taken)
