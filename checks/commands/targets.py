"""gradproof check MODULE:LAYER: anyone's layer, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from hypothesis.strategies import SearchStrategy

from checks.api import examine
from checks.commands.located import locate
from checks.commands.said import limits_said
from checks.corpus.store import Corpus
from checks.errors import UsageError, ZeroComparisonsError
from checks.examination import Examination
from checks.families import families, family
from checks.isolation import Apart, Isolation
from checks.isolation.allowance import memory as size
from checks.refusals import RAISED
from checks.scope.likeness import resolve
from checks.scope.spend import seconds
from checks.strategies.examples import one_strategy
from checks.subject import Subject
from checks.target import Named, found, subject_of

#: How a layer is asked about that is like no family.
BY_EXAMPLES = "; or give examples of its arguments, --inputs MODULE:EXAMPLES"


def examined(
    targets: Sequence[str],
    like: str = "",
    *,
    supports: Sequence[str] = (),
    inputs: str = "",
    corpus: Corpus | None = None,
    isolation: Isolation | None = None,
    **asked: Any,
) -> Iterator[Examination | ZeroComparisonsError]:
    """Examine each target, as soon as all of them are found: each in a process of its own, unless there is none.

    A corpus is replayed first and knows each target by its name; ``asked`` is for ``examine``. Gives the error of a
    target of which not one number could be compared. Raises UsageError where a target, a family or a limit is not
    understood, before any work.
    """
    takes = limits_said(supports)
    names = [Named(target) for target in targets]
    if isolation:
        find([*names, *([Named(inputs)] if inputs else [])], isolation)
    examples = examples_of(inputs) if inputs else None
    layers = loaded(targets, examples) if isolation else [(target, found(target)) for target in targets]
    likes = [like if inputs else like or guessed(target) for target in targets]
    asked["inputs"] = examples
    for (target, layer), claim in zip(layers, likes, strict=True):
        held = corpus and replace(corpus, owner=target)
        shown = _shown(layer, like=claim, supports=takes, corpus=held, isolate=isolation or False, **asked)
        if isinstance(shown, Examination):
            locate(shown, target)
        yield shown


def loaded(targets: Sequence[str], examples: Any) -> list[tuple[str, Any]]:
    """Each target with its name, to be loaded where it is examined; loaded here where examples are a strategy.

    That draws in this process, where it must know the layer's arguments.
    """
    here = isinstance(examples, SearchStrategy)
    return [(target, found(target) if here else Named(target)) for target in targets]


def _shown(layer: Any, **asked: Any) -> Examination | ZeroComparisonsError:
    try:
        return examine(layer, **asked)
    except ZeroComparisonsError as error:
        return error


def examples_of(text: str) -> Any:
    """The examples that stand at a name: a tuple or a dictionary of arrays, a strategy, or what a function there gives.

    Raises UsageError where there is nothing of the kind.
    """
    examples = found(text)
    if callable(examples) and not isinstance(examples, SearchStrategy):
        try:
            return one_strategy(examples())
        except RAISED as error:
            raise UsageError(
                f"--inputs {text} raised {type(error).__name__}: {error}; expected examples, or a function without "
                "arguments that gives them"
            ) from error
    return one_strategy(examples)


def find(names: Sequence[Named], isolation: Isolation) -> None:
    """Look for layers, in a process apart: loading one may do anything.

    Raises UsageError that names the nearest attributes, or says what loading it did.
    """
    for name in names:
        name.demand()
    with Apart(isolation) as apart:
        for name in names:
            apart.enter(name.text, partial(_there, name))


def _there(name: Named, watched: Callable[[Subject], Subject]) -> tuple[None, None, None]:
    _ = watched, name.find()
    return None, None, None


def understood(text: str, name: str, isolation: Isolation) -> None:
    """Find out, in a process apart, whether what ``text`` names can be examined as this family.

    Raises UsageError where it cannot.
    """
    Named(text).demand()
    with Apart(isolation) as apart:
        apart.enter(text, partial(_adapted, text, name))


def _adapted(text: str, name: str, watched: Callable[[Subject], Subject]) -> tuple[None, None, None]:
    _ = watched, subject_of(text, family(name))
    return None, None, None


def limits(budget: str, call: str | None, memory: str | None, option: str = "--budget") -> Isolation:
    """What a target's process may use, from the words of the command line; ``option`` is where the budget was said.

    Raises UsageError where one is not understood.
    """
    usual = Isolation.within(seconds(budget, f"{option} "))
    return Isolation(seconds(call, "--time-limit ") if call else usual.seconds, size(memory) if memory else 0)


def guessed(target: str, otherwise: str = BY_EXAMPLES) -> str:
    """The family that a layer's own name names: ``nets:Conv2d`` is like ``conv2d``.

    Raises UsageError where it names none, and says how it is asked about ``otherwise``.
    """
    name = target.rpartition(":")[2].rpartition(".")[2]
    try:
        resolve(name)
    except UsageError as error:
        raise UsageError(
            f"{target}: its name does not say what it is like; say it with --like: one of {', '.join(families())}, "
            f"with 1d, 2d or 3d after it to fix the axes (--like conv2d){otherwise}"
        ) from error
    return name
