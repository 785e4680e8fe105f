"""How many arguments the ``apply`` of an autograd function is handed: its backward answers for each one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from inspect import BoundArguments, signature
from typing import Any, TypeAlias

from checks.adapters.callables import name_of
from checks.adapters.plan import Plan
from checks.adapters.spelling import Name, named, plain
from checks.calling import in_words
from checks.types import Config

#: Said where a function is handed more than was given, and what it raised without it.
FILLED = "{0}.apply is handed the defaults of its last arguments, too: without them it raised {1}"

#: The arguments of a call up to the last that is needed, and all of them.
Both: TypeAlias = tuple[tuple[Any, ...], tuple[Any, ...]]


def up_to_needed(bound: BoundArguments, spare: Collection[str] = ()) -> tuple[Any, ...]:
    """Arguments by position, up to the last that was given and is not ``spare``; those before it at their defaults."""
    names = list(bound.signature.parameters)
    last = max((names.index(name) for name in bound.arguments if name not in spare), default=-1)
    filled = _whole(bound).arguments
    return BoundArguments(bound.signature, {name: filled[name] for name in names[: last + 1]}).args


@dataclass(eq=False)
class Arity:
    """How a class of ``torch.autograd.Function`` is applied: ``apply`` may hold arguments, ``plan`` says the others.

    Defaults behind the last argument that is needed are left out, as its user leaves them out: a backward may count the
    arguments of the call. One that wants all of them (it asks whether the last needs a gradient) gets all, which
    ``remarks`` is told.
    """

    kind: Any
    apply: partial[Any]
    plan: Plan
    remarks: list[str]
    #: Whether all are handed over where so many are needed, as far as that has been tried.
    _all: dict[int, bool] = field(default_factory=dict)

    def call(self, leaves: Mapping[str, Any], config: Config) -> Any:
        """What it gives for tensors and keywords."""
        needed, every = self._both(self.apply, leaves, config)
        if len(needed) < len(every) and len(needed) not in self._all:
            self._try(leaves, config, len(needed))
        return self.kind.apply(*(every if self._all.get(len(needed)) else needed))

    def source(self, names: Mapping[str, str], config: Config) -> str:
        """The arguments of that call as source."""
        held = named({name: plain(value) for name, value in self.apply.keywords.items()})
        apply = partial(self.apply.func, *map(Name, map(plain, self.apply.args)), **held)
        needed, every = self._both(apply, named(names), config)
        return ", ".join(map(repr, every if self._all.get(len(needed)) else needed))

    def _both(self, apply: partial[Any], arrays: Mapping[str, Any], config: Config) -> Both:
        rest = self.plan.bind(arrays, config)
        bound = signature(apply.func).bind(*apply.args, *rest.args, **{**apply.keywords, **rest.kwargs})
        return up_to_needed(bound, [*self._spare(rest)]), up_to_needed(_whole(bound))

    def _spare(self, rest: BoundArguments) -> Iterator[str]:
        """The keywords of a family that stand at the defaults of the function itself."""
        for name in self.plan.words.values():
            default, value = rest.signature.parameters[name].default, rest.arguments.get(name)
            if type(value) is type(default) and value == default:
                yield name

    def _try(self, leaves: Mapping[str, Any], config: Config, needed: int) -> None:
        """Find out, there and back, whether so many arguments are enough; not where neither way can be gone."""
        broken = self._raised(leaves, config, 0)
        if broken is None:
            self._all[needed] = False
        elif self._raised(leaves, config, 1) is None:
            told = FILLED.format(name_of(self.kind), in_words(broken))
            self.remarks.extend([told] * (True not in self._all.values()))
            self._all[needed] = True

    def _raised(self, leaves: Mapping[str, Any], config: Config, way: int) -> Exception | None:
        """What is raised by a call of its own, on copies, that draws no number from anybody's generator."""
        import torch

        own = {name: leaf.detach().clone().requires_grad_() for name, leaf in leaves.items()}
        devices = {leaf.device for leaf in own.values() if leaf.is_cuda}
        try:
            with torch.random.fork_rng([*devices]), torch.enable_grad():
                copies = {name: leaf.clone() for name, leaf in own.items()}
                came = self.kind.apply(*self._both(self.apply, copies, config)[way])
                outputs = [each for each in (came if isinstance(came, tuple) else (came,)) if _derived(each)]
                ones = [torch.ones_like(each) for each in outputs]
                torch.autograd.backward(outputs, ones, inputs=[*own.values()])  # nobody else's tensors get a grad
        except Exception as error:  # noqa: BLE001 - whatever a layer raises; it will be called once more
            return error
        return None


def _whole(bound: BoundArguments) -> BoundArguments:
    """The same with all defaults."""
    bound = BoundArguments(bound.signature, bound.arguments.copy())
    bound.apply_defaults()
    return bound


def _derived(output: Any) -> bool:
    return bool(getattr(output, "requires_grad", False))
