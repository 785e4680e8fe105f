"""What may be said of a layer that breaks on a case which it was never meant to take; of one that takes it, nothing."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Collection, Iterator

from checks.calling import AGAIN
from checks.families.unclaimed import Unclaimed
from checks.judge import RUNS, SHAPE
from checks.tally import Finding

#: What may be said of a layer that does not take all cases, and the keyword without which it says nothing of a family.
_LIMITS = (
    ("'stride': 1", "stride"),
    ("'padding': (0, 1)", "padding"),
    ("'dilation': 1", "dilation"),
    ("'groups': 1", "groups"),
    ("'square': True", "stride"),
    ("'remainder': 0", "stride"),
    ("'dtype': ['float32']", ""),
    ("'axes': 2", ""),
    ("'layout': 'NHWC'", ""),
)

#: What kernels say of a tensor that lies on the CPU.
_NO_GPU = re.compile(
    r"\(cpu tensor\?\)|must be (a |on |on a )?(cuda|gpu)|(expected|not) a (cuda|gpu) tensor", re.IGNORECASE
)

#: What Python says of a number that is taken for several.
_NO_TUPLE = re.compile(r"non-iterable int|'int' object is not (iterable|subscriptable)|object of type 'int' has no len")

#: What Python says of a keyword that a function does not take: nobody hands one over to a signature without it.
_UNKNOWN_KEYWORD = re.compile(r"got an unexpected keyword argument")

#: What Python says of a name that is not there: no case has it.
_NO_NAME = re.compile(r"\b(NameError|UnboundLocalError|ImportError|ModuleNotFoundError)\b")

#: The shape of a y that came, and the right one.
_OF_Y = re.compile(r"\by has shape (\([\d, ]+\)); expected exactly (\([\d, ]+\))")

#: What JAX says of a backward of ``custom_vjp`` that gives too few gradients, or too many, or no tuple.
_NO_STRUCTURE = re.compile(r"bwd rule must produce an output with the same (container|type)")


def hints(found: Finding, laws: Collection[str]) -> Iterator[str]:
    """What the owner of a layer may want to say of it, in words of the case's family.

    Nothing where it gave results; where it does as a first call, what it may have kept of an earlier one.
    """
    case = found.shrunk
    if RUNS in laws and _NO_STRUCTURE.search(found.shrunk_verdict.why):
        yield (
            "the backward of a custom_vjp gives a tuple: for each argument in its order, but those of nondiff_argnums, "
            "a gradient of its shape and format; None stands for zeros"
        )
        return
    if found.alone and SHAPE in laws and (channels := _kept_channels(found)):
        yield f"one that keeps the number of channels of its first forward says so: supports={{'channels': {channels}}}"
    named = case.family != Unclaimed.name and not found.alone
    if not named or not {RUNS, SHAPE}.intersection(laws) or AGAIN in found.verdict.why:
        return
    if RUNS in laws and _NO_NAME.search(found.shrunk_verdict.why):
        return
    limits = ", ".join(limit for limit, word in _LIMITS if not word or word in case.config)
    yield f"a layer that does not take such cases says so: supports={{{limits}, ...}}"
    if "stride" in case.config and len(set(case.shapes["x"][2:])) > 1:
        yield "one that takes squares alone says so: supports={'square_input': True}"
    if "bias" in case.shapes:  # without one it does not break
        yield "one whose bias is of shape (F, 1) says so: supports={'layout': {'bias': 'O1'}}; '1O11' is (1, F, 1, 1)"
    if _NO_GPU.search(found.shrunk_verdict.why):
        yield "one that computes on a GPU alone says so: supports={'device': 'cuda'}"
    if _NO_TUPLE.search(found.shrunk_verdict.why):
        yield "one that wants a keyword as a number for each axis has as many in its default: stride=(1, 1)"
    if _UNKNOWN_KEYWORD.search(found.shrunk_verdict.why):
        yield "one that hands on whatever keywords it is given says what it takes: by functools.wraps, or a signature"


def _kept_channels(found: Finding) -> int:
    """How many channels y came with where all else of its shape is right, and no weight has them; 0 where it is not."""
    said = _OF_Y.search(found.shrunk_verdict.why)
    if not said or "weight" in found.shrunk.shapes or found.shrunk.family == Unclaimed.name:
        return 0
    came, right = map(literal_eval, said.groups())
    alike = came[:1] == right[:1] and came[2:] == right[2:]
    return int(came[1]) if alike and came[1] != right[1] else 0
