"""gradproof check MODULE:LAYER: anyone's layer, by its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from checks.api import examine
from checks.corpus.store import Corpus
from checks.errors import UsageError
from checks.examination import Examination
from checks.families import families
from checks.scope.likeness import resolve
from checks.target import found


def examined(
    targets: Sequence[str],
    like: str,
    budget: str,
    seed: int,
    supports: Sequence[str],
    deny: Sequence[str],
    corpus: Corpus | None = None,
) -> Iterator[Examination]:
    """Examine each target, as soon as all of them are found; a corpus is replayed first and knows it by this name.

    Raises UsageError where a target, a family or a limit is not understood, before any work.
    """
    limits = dict(map(limit, supports))
    layers = [(found(target), like or guessed(target)) for target in targets]
    for target, (layer, family) in zip(targets, layers, strict=True):
        held = corpus and replace(corpus, owner=target)
        yield examine(layer, like=family, budget=budget, seed=seed, supports=limits, deny=deny, corpus=held)


def guessed(target: str) -> str:
    """The family that a layer's own name names: ``nets:Conv2d`` is like ``conv2d``.

    Raises UsageError where it names none.
    """
    name = target.rpartition(":")[2].rpartition(".")[2]
    try:
        resolve(name)
    except UsageError as error:
        raise UsageError(
            f"{target}: its name does not say what it is like; say it with --like: one of {', '.join(families())}, "
            "with 1d, 2d or 3d after it to fix the axes (--like conv2d)"
        ) from error
    return name


def limit(text: str) -> tuple[str, Any]:
    """A limit such as ``stride=1``, ``padding=(0,1)`` or ``dtype=float32``; a word is itself.

    Raises UsageError where there is no ``=``.
    """
    name, separator, value = text.partition("=")
    if not separator or not name or not value:
        raise UsageError(f"--supports {text!r} is not understood; expected NAME=VALUE, such as 'padding=(0,1)'")
    try:
        return name, ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return name, value
