"""A NumPy pair with ways of its own as source: a forward and a backward in ours around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from inspect import unwrap
from typing import Any

from checks.adapters.callables import called_by, without_held
from checks.adapters.closing import back as gone_back
from checks.adapters.divided import Division
from checks.adapters.from_inputs import Again
from checks.adapters.gradients import Own, field_of
from checks.adapters.outputs import Parted
from checks.adapters.partials import OfOne, Retold
from checks.adapters.saved_apart import TakenApart
from checks.adapters.signature import Plan
from checks.adapters.sources import variable
from checks.adapters.spelling import Name, call_text, held, named
from checks.errors import UnscriptedError
from checks.types import Arrays, Config, gradient_of

#: Said of a pair in our ways.
YOURS = "  # your layer: (y, saved), then gradients"


@dataclass
class PairSource:
    """Source of a pair, as its calls have shown it: what else than y its forward gave last, and what its backward gave.

    ``saved_first`` says that its backward takes what was saved before dy. ``count`` is how many things were saved: none
    where the backward is told the inputs again. ``parted`` is the last answer of a forward of several outputs, and
    ``one_by_one`` says that the backward takes an argument for each of them, ``spread`` that the forward gives each of
    them beside what was saved. ``one_after_another`` says that the backward gives an iterator of its gradients.
    """

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    plan: Plan
    arguments: tuple[str, ...]
    saved_first: bool
    count: int = 1
    parted: Parted | None = None
    one_by_one: bool = False
    spread: bool = False
    gradients: Any = None
    #: How the backward takes several things that were saved, where it takes them one by one.
    apart: TakenApart | None = None
    #: The same by how many things a forward gave, whether the first holds several, and what the second holds.
    aparts: dict[tuple[Any, ...], TakenApart | None] = field(default_factory=dict)
    one_after_another: bool = False
    #: Whether the forward gives what was saved before y, once that is known.
    turned: bool | None = None
    #: Of which of the things that the forward gives its backward is told, and of how many that is known.
    division: Division | None = None
    given: int = 0

    def __call__(self, arrays: Arrays, config: Config) -> str:
        """Lines that import the pair, and those around it unless it is called in our ways, or was not called yet."""
        if source := getattr(self.forward, "source", None):
            return str(source(arrays))
        names = {name: variable(name) for name in arrays}
        ahead, back = called_by(self.forward, "forward"), called_by(self.backward, "backward")
        if self._closes and None in self._fields(names).values():  # nobody knows how it gives its gradients
            return f"from your_module import {ahead} as forward\n\n\ndef backward(dy, saved):\n    return saved(dy)\n\n"
        if not self._around(names):
            renamed = ((ahead, "forward"), (back, "backward"))
            pair = ", ".join(own if own == ours else f"{own} as {ours}" for own, ours in renamed)
            return f"from your_module import {pair}{YOURS}"
        theirs = f"{ahead} as ahead" if self._at_once or self._closes else f"{ahead} as ahead, {back} as back"
        lines = [f"from your_module import {theirs}\n\n", *self._ahead(names, config)]
        given = "dy * given" if self._at_once or self._of_one else "given"
        pairs = ", ".join(f'"{gradient_of(name)}": {given}{text}' for name, text in self._fields(names).items())
        return "\n".join([*lines, *self._back(names, config), f"    return {{{pairs}}}\n\n"])

    def spelled(self, names: Mapping[str, str], config: Config) -> str:
        """See ``Subject.spelled``: what stands around the pair takes the arrays alone, unless it is a context.

        Raises UnscriptedError where a dictionary is asked for that nobody sees from without.
        """
        arrays = {name: text for name, text in names.items() if name != self.plan.bundle}
        around = self._around(arrays) and not hasattr(self.forward, "source")
        if around and self.plan.bundle in names:
            raise UnscriptedError(f"{self.plan.bundle} is made and left within what stands around the layer")
        return ", ".join(names.values()) if around else self._given(names, config)

    @cached_property
    def own(self) -> Own:
        """What the forward calls its arguments."""
        return tuple(self.plan.slots.items())

    @property
    def _at_once(self) -> str:
        """The names of what the forward gives, where that is a number and its gradients; empty of all others."""
        return getattr(without_held(self.forward), "loss_and_gradients", "")

    @property
    def _each(self) -> str:
        """The outputs that count, as source."""
        return f"({self.parted.counted.rstrip()})" if self.parted and self._nested else "y"

    @property
    def _closes(self) -> bool:
        """Whether the backward is what the forward gives beside y."""
        return unwrap(self.backward) is gone_back

    @property
    def _of_one(self) -> bool:
        """Whether the backward takes no dy."""
        return isinstance(unwrap(self.backward), OfOne)

    def _given(self, names: Mapping[str, str], config: Config) -> str:
        return held(self.forward, call_text(self.plan, names, config))

    def _fields(self, names: Iterable[str]) -> dict[str, str | None]:
        return {name: field_of(self.gradients, self.arguments, name, self.own) for name in names}

    def _around(self, names: Mapping[str, str]) -> bool:
        """Whether something must stand around the pair for these arrays, and anybody knows what."""
        fields, ours = self._fields(names), {name: f'["{gradient_of(name)}"]' for name in names}
        if not isinstance(self.gradients, Mapping):
            ours = {name: f"[{place}]" if len(names) > 1 else "" for place, name in enumerate(names)}
        usual = (
            (self.count == 1 and not self.saved_first and not self._at_once and fields == ours and self.parted is None)
            and not (
                self.turned or self.division or self.apart or self.one_after_another or self._closes or self._of_one
            )
            and self._call_back("dy, saved") == "back(dy, saved)"
        )
        return not (usual or self.gradients is None or None in fields.values())

    @property
    def _nested(self) -> bool:
        """Whether its outputs are more than arrays one beside the other."""
        return self.parted is not None and not self.parted.plain

    @property
    def _joined(self) -> str:
        """One y of the outputs that count, as source."""
        if self.parted and len(self.parted.places) == 1:
            return f"np.asarray({self._each}[0])"
        return f"np.concatenate([np.ravel(each) for each in {self._each}])"

    def _handed_back(self) -> str:
        """What the backward is handed, as source."""
        if self.one_by_one:
            return "*dy, saved"
        if self._of_one:
            return "saved"
        dy = "tuple(dy)" if self.parted and isinstance(self.parted.y, tuple) else "dy"
        dy = self.parted.upstream_source if self.parted and self._nested else dy
        return f"saved, {dy}" if self.saved_first else f"{dy}, saved"

    def _call_back(self, handed: str) -> str:
        """A call of the backward with what it is handed by place, and with the options that it is told again."""
        if self._closes:
            return f"saved({handed.removesuffix(', saved')})"
        backward, count = unwrap(self.backward), len(self.parted.leaves) + 1 if self.parted and self.one_by_one else 2
        beside = backward.beside(count) if isinstance(backward, Retold) else backward
        return f"back({held(beside, handed)})"

    def _ahead(self, names: Mapping[str, str], config: Config) -> Iterator[str]:
        every, call = ", ".join(names.values()), f"ahead({self._given(names, config)}){'[::-1]' if self.turned else ''}"
        yield f"def forward({every}):"
        if self._at_once:
            yield f"    {self._at_once} = {call}"
            yield "    return np.asarray(y), saved[0] if len(saved) == 1 else tuple(saved)\n\n"
        elif self.apart:
            yield f"    given = [each.copy() for each in ({every},)]"
            yield from self._apart_ahead(self.apart, call)
        elif not self.count:
            yield f"    given = [each.copy() for each in ({every},)]"
            yield f"    gave = {call}"
            yield "    return gave, (given, np.copy(gave))\n\n"
        elif self.parted or self.count > 1 or self.division:
            way = self.division
            yield (
                way.source(call)
                if way
                else f"    {'*' if self.spread else ''}y, {'*' if self.count > 1 else ''}saved = {call}"
            )
            kept = "tuple(saved)" if self.count > 1 else "saved"
            yield f"    return {f'{self._joined}, (y, {kept})' if self.parted else f'y, {kept}'}\n\n"
        else:
            yield f"    return {call}\n\n"

    def _apart_ahead(self, way: TakenApart, call: str) -> Iterator[str]:
        """Lines of a forward whose backward takes what it gives by names."""
        if not self.parted:
            yield f"    y, *saved = {call}"
            yield f"    return y, (given, {way.inside or 'saved'})\n\n"
            return
        yield f"    gave = {call}"
        yield f"    y, saved = ({', '.join(f'gave[{place}]' for place in way.places)},), gave[{len(way.places)}:]"
        yield f"    return {self._joined}, (y, (given, saved))\n\n"

    def _beside(self, way: TakenApart, names: Mapping[str, str], config: Config) -> str:
        """What its backward is handed, by names, or all that was saved under none."""
        if way.starred:
            return "dy, *saved"
        saved = tuple(Name(f"saved[{place}]") for place in range(len(way.saved)))
        told = way.told(self.plan, saved, named(names), config)
        parts = [f"dy[{part}]" for part in range(len(way.upstream))] if self.parted else ["dy"]
        dy = [f"{name}={part}" for name, part in zip(way.upstream, parts, strict=True)] if way.upstream else parts
        outputs = {name: Name(f"y[{way.places.index(place)}]") for name, place in way.outputs}
        return ", ".join([*dy, *(f"{name}={each!r}" for name, each in {**told, **outputs}.items())])

    def _back(self, names: Mapping[str, str], config: Config) -> Iterator[str]:
        yield "def backward(dy, saved):"
        if self._at_once:
            yield "    given = saved"
            return
        if self.parted:
            yield "    y, saved = saved"
            yield f"    cuts = np.cumsum([np.size(each) for each in {self._each}])[:-1]"
            yield f"    dy = [part.reshape(np.shape(each)) for part, each in zip(np.split(dy, cuts), {self._each})]"
        if self.apart:
            yield f"    ({', '.join(names.values())}{',' * (len(names) == 1)}), saved = saved"
            yield f"    given = back({held(unwrap(self.backward), self._beside(self.apart, names, config))})"
            return
        if self.count:
            call = self._call_back(self._handed_back())
            yield f"    given = {f'list({call})' if self.one_after_another else call}"
            return
        told = Again.of(self.backward, self.arguments).told(named(names), config, "dy", "gave")
        yield f"    ({', '.join(names.values())}{',' * (len(names) == 1)}), gave = saved"
        told_again = ", ".join(f"{name}={each}" for name, each in told.items() if not self._of_one or name != "dy")
        yield f"    given = back({held(unwrap(self.backward), told_again)})"
