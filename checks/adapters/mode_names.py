"""What flags and attributes are called that say in which mode a layer is, and what they hold in each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from types import CodeType
from typing import Any

#: What truth values are called that are on where a layer trains, as ``plain`` spells them.
_TRAINING = frozenset(
    {"training", "train", "istraining", "istrain", "intraining", "trainmode", "trainingmode"}
    | {"trainflag", "trainflg", "trainingflag", "trainphase", "trainingphase", "phasetrain", "traintime"}
    | {"learning", "islearning", "learningphase"}
)

#: The same of those that are off there.
_EVALUATING = frozenset(
    {"testing", "test", "istesting", "istest", "testmode", "testingmode", "testflag", "testflg", "testtime"}
    | {"eval", "evaluating", "evaluation", "evaluate", "iseval", "isevaluating", "evalmode", "evaluationmode"}
    | {"inference", "isinference", "inferencemode", "infer", "isinfer", "infermode", "inferring", "atinference"}
    | {"testphase", "inferencephase", "evalflag", "deterministic", "isdeterministic", "predict", "predicting"}
    | {"validation", "isvalidation", "validating", "predictmode", "ispredicting"}
)

#: What is called so holds a mode by its name.
_WORDED = frozenset({"mode", "phase"})

#: Names of modes: of that of a layer that trains, and of others, the likeliest first; a convolution may be ``valid``.
TRAINS = ("train", "training")
EVALUATES = ("eval", "test", "inference", "infer", "predict", "evaluation", "testing")
_VALIDATES = ("valid", "val")


def plain(name: str) -> str:
    """A name as it is compared with those that are known: of ``_is_training`` and ``isTraining`` the same."""
    return name.lower().replace("_", "")


def on_in_training(name: str) -> bool | None:
    """Whether a truth value of this name is on where a layer trains; None where it says nothing of a mode."""
    return True if plain(name) in _TRAINING else False if plain(name) in _EVALUATING else None


def is_worded(name: str) -> bool:
    """Whether what has this name holds a mode by its name."""
    return plain(name) in _WORDED


def other_mode(name: str, value: Any, known: Collection[Any], untrained: str) -> Any:
    """What a flag or an attribute of a mode that holds this holds in the other one; None where it is none.

    A word is one of those that are ``known`` to the code that reads it, or else ``untrained``, or ``train``.
    """
    if isinstance(value, bool):
        return not value if is_worded(name) or on_in_training(name) is not None else None
    if not is_worded(name) or not isinstance(value, str):
        return None
    if value in TRAINS:
        return next((each for each in (*EVALUATES, *_VALIDATES) if each in known), untrained)
    back = next((each for each in TRAINS if each in known), None)
    return back or TRAINS[0] if value in EVALUATES else back if value in _VALIDATES else None


def trains(name: str, value: Any) -> bool:
    """Whether a flag or an attribute of a mode of this name that holds this says that a layer trains."""
    return value is (on_in_training(name) is not False) if isinstance(value, bool) else value in TRAINS


def words_in(code: CodeType) -> Iterator[Any]:
    """Constants of a code, also those that it looks for in a tuple or a set."""
    for each in code.co_consts:
        yield from each if isinstance(each, (tuple, frozenset)) else [each]
