"""The keywords of a layer: which of them it takes, and what leaving one out means."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar

from checks.case import Case
from checks.families.covered import CoveredFamily
from checks.strategies.cells import Space, confined
from checks.strategies.geometry import Geometry
from checks.types import Config


class KeywordFamily(CoveredFamily):
    """A family whose layers take keywords, one for each of some cells."""

    #: Options that only a variant has, to which a cell can be confined.
    narrower: ClassVar[Space] = {}
    #: Keywords that a layer need not take, each with its cell and the options that the shapes or a default imply.
    implied: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]] = {}
    #: What leaving a keyword out means, in PyTorch and in the reference.
    defaults: ClassVar[Config] = {}

    @classmethod
    def confined(cls, **cells: str) -> Space:
        """The family's space with one option left for each cell named, and what can stand with it, for a variant.

        Raises UsageError where the family has no such cell or cell no such option.
        """
        return confined(cls.space, cls.narrower, cells)

    @abstractmethod
    def keywords(self, geometry: Geometry) -> Config:
        """The keywords of the most general layer of the family."""

    def config(self, geometry: Geometry) -> Config:
        """The layer's keywords: without those of cells that are confined to what is implied."""
        taken = self.keywords(geometry)
        return {word: value for word, value in taken.items() if not self._is_implied(word)}

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the layer's keywords."""
        return tuple(self.config(Geometry(modes=self.plain_modes)))

    def _is_implied(self, word: str) -> bool:
        return word in self._all_implied

    @cached_property
    def _all_implied(self) -> frozenset[str]:
        """Keywords whose cell has one option left, which the shapes or a default imply."""
        confined = {word: self.space.get(cell, ()) for word, (cell, _) in self.implied.items()}
        return frozenset(word for word, left in confined.items() if len(left) == 1 and left[0] in self.implied[word][1])

    def left_out(self, case: Case) -> Config:
        """The keywords of a case without those that hold what leaving them out means."""
        return {word: value for word, value in case.config.items() if not self.at_default(word, case.config)}

    def at_default(self, word: str, config: Config) -> bool:
        """Whether a keyword holds what leaving it out means; False for one that has no default."""
        return word in self.defaults and bool(config[word] == self.defaults[word])
