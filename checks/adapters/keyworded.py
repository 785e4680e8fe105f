"""A layer of which each case holds options of its own: one subject in front of one for each of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from checks.case import Case
from checks.layer import Resting
from checks.subject import Subject
from checks.types import Array, Arrays, Config

#: Layers that are kept with their options; each case asks for one again and again.
MOST_KEPT = 64


@dataclass
class Layers:
    """The layers that hold what the keywords of cases say, made when they are first asked for; ``first`` for none."""

    first: Subject
    make: Callable[[Config], Subject]
    made: dict[str, Subject] = field(default_factory=dict)

    def __call__(self, config: Config) -> Subject:
        """The layer of these keywords."""
        if not config:
            return self.first
        key = repr(dict(config))
        if key not in self.made:
            if len(self.made) >= MOST_KEPT:
                self.made.pop(next(iter(self.made)))
            self.made[key] = self.make(config)
        return self.made[key]


def keyworded(first: Subject, words: Collection[str], make: Callable[[Config], Subject]) -> Subject:
    """A subject that hands what it is asked to the layer of its keywords, to ``first`` where there are none."""
    limits = {**first.limits, "words": frozenset({*words, *(first.limits.get("words") or ())})}
    return replace(_over(first, Layers(first, make)), limits=limits)


def _over(first: Subject, layer_of: Callable[[Config], Subject]) -> Subject:
    modes = {name: _over(mode, partial(_in_mode, layer_of, name)) for name, mode in first.modes.items()}
    over = _Over(layer_of)
    return replace(
        first,
        forward=over.forward,
        backward=over.backward,
        some=first.some and over.some,
        of_outputs=first.of_outputs and over.of_outputs,
        crash=first.crash and over.crash,
        inference=first.inference and over.inference,
        modes=modes,
        sized=None,
        untouched=None,
        sibling=None,
        spelled=first.spelled and over.spelled,
        preamble=first.preamble and over.preamble,
        preamble_of_some=None,
        forget=None,
        resting=first.resting and _Rests(layer_of),
    )


def _in_mode(layer_of: Callable[[Config], Subject], name: str, config: Config) -> Subject:
    return layer_of(config).modes[name]


@dataclass(frozen=True)
class _Over:
    """Each function of a subject, for whichever layer the keywords name; a layer itself is asked without keywords."""

    layer_of: Callable[[Config], Any]

    def forward(self, arrays: Arrays, config: Config) -> tuple[Array, Any]:
        layer = self.layer_of(config)
        y, saved = layer.forward(arrays, {})
        return y, (layer, saved)

    def backward(self, dy: Array, kept: Any) -> Any:
        layer, saved = kept
        return layer.backward(dy, saved)

    def some(self, arrays: Arrays, config: Config, dy: Array, wanted: frozenset[str]) -> Any:
        return self.layer_of(config).some(arrays, {}, dy, wanted)

    def of_outputs(self, arrays: Arrays, config: Config, dy: Array, first: int) -> Any:
        return self.layer_of(config).of_outputs(arrays, {}, dy, first)

    def crash(self, arrays: Arrays, config: Config) -> Any:
        return self.layer_of(config).crash(arrays, {})

    def inference(self, arrays: Arrays, config: Config) -> Any:
        return self.layer_of(config).inference(arrays, {})

    def spelled(self, names: Mapping[str, str], config: Config) -> Any:
        return self.layer_of(config).spelled(names, {})

    def preamble(self, arrays: Arrays, config: Config) -> Any:
        return self.layer_of(config).preamble(arrays, {})


@dataclass
class _Rests(Resting):
    """Where the state of each of the layers comes to rest; ``begun`` is the one whose call began at rest last."""

    layer_of: Callable[[Config], Any]
    begun: Any = None

    def find(self, case: Case) -> Any:
        """See ``Resting``."""
        layer = self.layer_of(case.config)
        return layer, layer.resting.find(case.but(config={}))

    def begin(self, rest: Any) -> None:
        """See ``Resting``; without a rest, as in a call of no case, that one begins as its user left it, too."""
        self.begun, state = rest or (self.begun, None)
        if self.begun is not None:
            self.begun.resting.begin(state)
