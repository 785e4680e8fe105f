"""What a subject takes beyond its signature, found by trying: conventions on which right layers differ.

Whether a setting may differ between axes, whether padding may differ before and after or be a word, one to three
spatial axes, the format, an empty batch, no bias: a forward that raises on the plainest case of such a kind is taken to
say "not me". So is a backward, where a forward takes what it hands on without a look: a pair for a number, a word, no
samples. Where that forward is right, though, a backward that stumbles over its own arrays has not understood the case
and says nothing: that is a finding, as is everything else that a layer raises on. So is what it raises where one axis
has the larger number, if it answers where another has. What is left out is said, with what the layer raised there; so
is what a slow layer was not asked, for it may say "not me" there, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from itertools import chain
from typing import Any

import numpy as np

from checks.adapters.words import Fixed
from checks.case import Case
from checks.errors import SubjectError, UsageError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.patience import Patience
from checks.scope.allowed import NO_SQUARE
from checks.scope.built_sizes import held
from checks.scope.learned import Learned
from checks.scope.limits import Limits
from checks.scope.objection import behind_forward, objection, objection_back, stumbled
from checks.scope.plain import OTHER_SIZES, Feature, Plain
from checks.scope.starts import AXES, FORMATS, objections_of, starts
from checks.subject import Pull, Subject

#: Said of what a slow layer was not asked about.
_UNASKED = (
    "for want of time this slow layer was not asked whether it takes {}: it is not examined there; supports= can say "
    "what it takes"
)

#: Limits without which a layer is tried that takes no plain case inside of them: its owner may be mistaken.
PROMISES = ("stride", "padding", "dilation", "groups", "kernel_size", "dtype", "batch", "in_channels", "out_channels")

#: Finds limits that a subject shows by raising, beside those that are given.
Probe = Callable[[Subject, Family, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Remembering(Subject):
    """A subject whose answers are kept: nobody else sees the first calls that a layer gets."""

    answers: list[tuple[Case, Pull]] = field(default_factory=list)

    @classmethod
    def of(cls, subject: Subject) -> Remembering:
        """The same subject."""
        return cls(**{each.name: getattr(subject, each.name) for each in fields(Subject)})

    def vjp(self, case: Case) -> Pull:
        """Forward and backward of one case, kept."""
        found = super().vjp(case)
        self.answers.append((case, found))
        return found


def probed(subject: Subject, family: Family, given: Mapping[str, Any]) -> dict[str, Any]:
    """Limits that a subject shows by raising on plain cases, beside those that are ``given``.

    Where it takes no plain case, one in another format or with 8 channels is tried, or both, then one outside of what
    its owner says that it takes, then others of other sizes; nothing where it takes none of them: then its errors are
    findings.
    """
    if not isinstance(family, GeometricFamily):
        return {}
    usual = (_learned(subject, Plain(family), known) for known in (given, *_without_one(family, given)))
    others = (_learned(subject, Plain(family, sizes), given) for sizes in OTHER_SIZES)
    tried = chain(usual, others)
    learned = next((found for found in tried if found is not None), Learned())
    known = ("", *subject.remarks)  # it may be asked twice
    subject.remarks.extend(said for said in learned.remarks if said not in known)
    return {name: limit for name, limit in learned.limits.items() if name not in given} | _more_square(learned, given)


def _more_square(learned: Learned, given: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords that are one number for all axes, where the signature says so of some and calls of others."""
    found = frozenset(learned.limits.get("square", ()))
    return {"square": given["square"] | found} if found and _by_signature(given) else {}


def _by_signature(given: Mapping[str, Any]) -> bool:
    """Whether its signature says which keywords are one number, which says nothing of the others."""
    return isinstance(given.get("square"), frozenset)


def unprobed(subject: Subject, family: Family, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - as above
    """No limits: nothing is tried."""
    return {}


def _without_one(family: Family, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The limits without one that somebody gave in words: an owner may be mistaken, what a layer holds is not.

    A keyword that must be there, and that the layer has no parameter for, stays as its owner says.
    """
    for promise in PROMISES:
        rest = {name: limit for name, limit in given.items() if name != promise}
        with suppress(UsageError):
            if promise in given and not isinstance(given[promise], Fixed) and Limits(family, rest).allowed:
                yield rest


def _learned(subject: Subject, plain: Plain, given: Mapping[str, Any]) -> Learned | None:
    """What is found within the limits that are given; None where no plain case is taken."""
    first, patience, family = "", Patience(again=str), plain.family  # as long as no call is known
    for left_out, start in starts(subject, plain, given, patience):
        objections = objections_of(subject, plain, patience, Limits(family, {**start, **given}))
        first = first or next(filter(None, objections.values()), "")
        if taken := [axes for axes, why in objections.items() if why is None]:
            _first_backward(subject, Limits(family, {**start, **given}).inside(plain.case(taken[0])))
            count = {"axes": tuple(sorted(taken))} if len(taken) < len(AXES) and "axes" not in given else {}
            raised = {_in_words(axes): why for axes, why in objections.items() if why and count}
            patience.unasked += [_in_words(axes) for axes in AXES if axes not in objections and count]
            raised |= {left_out: first} if left_out else {}
            bound = held(subject, Limits(family, {**start, **count, **given}), taken[0])
            raised |= bound.raised
            known = {**start, **count, **bound.limits}
            rest = _refused(subject, Limits(family, {**known, **given}), plain, taken[0], patience)
            return Learned({**known, **rest.limits}, {**raised, **rest.raised}, rest.behind, patience.remark(_UNASKED))
    return None


def _in_words(axes: int) -> str:
    return f"{axes} {'axis' if axes == 1 else 'axes'}"


def _first_backward(subject: Subject, case: Case) -> None:
    """Let a layer that is another at its first call be so on a case that shows it."""
    with suppress(SubjectError), np.errstate(all="ignore"):
        subject.vjp(case)


def _objected(subject: Subject, limits: Limits, feature: Feature) -> list[str] | None:
    """What is raised on the cases of a feature; None where one of them is taken."""
    objects = objection if "bias" in feature.limit else objection_back
    whys: list[str] = []
    for case in feature.cases:
        if (why := objects(subject, limits, case)) is None:
            return None
        whys += [why] if why else []
    return whys


def _in_headline(subject: Subject, limits: Limits, feature: Feature) -> bool:
    """Whether a pass has to name it: the forward answers there, or nobody could mean to turn it down by that error.

    Rows and columns may be mixed up where x that is no square makes a layer stumble.
    """
    case = feature.cases[0]
    mixed = feature.name == NO_SQUARE and stumbled(subject, limits, case)
    return mixed or behind_forward(subject, limits, case)


def _known(feature: Feature, given: Mapping[str, Any]) -> bool:
    """Whether something is given that says whether a layer has a feature."""
    words = feature.limit.get("square")
    return bool(words <= given["square"]) if words and _by_signature(given) else bool(set(feature.limit) & set(given))


def _refused(subject: Subject, limits: Limits, plain: Plain, axes: int, patience: Patience) -> Learned:
    """Limits that leave out what is not taken; none where no format is any more: such a layer has broken since.

    What there was no time for is left out, too.
    """
    raised: dict[str, str] = {}
    found: dict[str, Any] = {}
    square: set[str] = set()
    behind: list[str] = []
    for feature in plain.features(axes):
        if _known(feature, limits.given):
            continue
        whys = [] if patience.spares(feature.name) else _objected(subject, limits, feature)
        if whys is not None:
            square |= set(feature.limit.get("square", ()))
            found |= feature.limit
            raised |= {feature.name: whys[0]} if whys else {}
            behind += [feature.name] if whys and _in_headline(subject, limits, feature) else []
    known = {limits.inside(plain.case(axes)).dtype, *(FORMATS if "dtype" in limits.given else ())}
    asked = [dtype for dtype in FORMATS if dtype in known or not patience.spares(dtype)]
    formats = {dtype: objection(subject, limits, plain.case(axes, dtype)) for dtype in asked}
    carried = [dtype for dtype in subject.carried if not patience.spares(dtype)]
    formats |= {dtype: objection_back(subject, limits, plain.case(axes, dtype)) for dtype in carried}
    dtypes = tuple(dtype for dtype, why in formats.items() if why is None)
    if not dtypes:
        return Learned()
    if len(dtypes) < len(FORMATS) + len(subject.carried) and "dtype" not in limits.given:
        found["dtype"] = dtypes
        raised |= {dtype: why for dtype, why in formats.items() if why}
    return Learned(found | ({"square": frozenset(square)} if square else {}), raised, tuple(behind))
