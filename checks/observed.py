"""How a subject that declares no arithmetic is seen to round, where it is no plain sum and right as another."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

import numpy as np

from checks.arithmetic import EXACT_TRANSFORM, FLUSHING, OBSERVED, PLAIN, RUNNING, SCALED, TF32, TF32_FORMAT, TRANSFORM
from checks.errors import RefusedError, SubjectError, UsageError
from checks.types import Arrays
from checks.within import allowed, on_integers, plain, right, rounding_shows, twin, within
from checks.witness import Trial

#: Integer cases on which a forward is watched before it is called a plain sum.
WATCHED = 8

#: Numbers of a case in which a transform is sure to be off in several entries.
ENOUGH = 4_000

#: Real numbers, among the kinds of a family.
REAL = "normal"

#: The format in which one entry that is off may be a transform's rounding.
COARSE = "float16"

#: Formats in which a transform is looked for, up to the first other one that the subject takes: half precision is too
#: coarse to tell one from a mistake, and what is computed in float64 and rounded to float32 shows at zeros alone there.
LOOKED_IN = {"float16": ("float64", "float32", "float16"), "float32": ("float32", "float64")}

#: What is said of each that was seen.
SENTENCES = {
    TRANSFORM: "right on integers within a transform's bound, not exact: if this is FFT or Winograd, declare "
    "arithmetic",
    EXACT_TRANSFORM: "exact on integers, within a transform's bound elsewhere: if this is Winograd, declare "
    "arithmetic='exact transform'",
    RUNNING: "exact on integers, within the bound of running sums elsewhere: if this is an integral image, declare "
    "arithmetic",
    SCALED: "off on integers by two roundings of each sum at most: if sums are divided and multiplied again, as a mean "
    "times a count is, declare arithmetic='scaled sums'",
    FLUSHING: "values are selected and lose digits among the subnormals alone: if that is meant, declare "
    "arithmetic='flushed subnormals'",
    TF32: "operands are cut to 11 binary digits, as tensor cores do with float32: if that is meant, declare "
    "arithmetic='tf32'; if not, turn it off (torch.backends.cudnn.allow_tf32 = False, jax_default_matmul_precision)",
}


def observed(trial: Trial) -> str:
    """The arithmetic by which a subject is seen to round on this trial; empty where none explains what came out."""
    return next((name for name, sees in SEEN if sees(trial)), "")


def transforms(trial: Trial) -> bool:
    """Whether a subject that declares no arithmetic is seen to round integers, as FFT and Winograd do.

    A plain sum of integers is exact in every order. What is seen must be right within a transform's bound and not
    exact: anywhere in the forward, or in a large part of a gradient (a single entry that is off is a mistake).
    """
    if trial.subject.arithmetic != OBSERVED or not trial.family.transforms:
        return False
    for dtype in LOOKED_IN.get(trial.case.dtype, (trial.case.dtype,)):
        with suppress(SubjectError, UsageError):  # it breaks on these data, or the family lacks a reference
            watched = (on_integers(trial, seed, TRANSFORM, dtype) for seed in range(WATCHED))
            if _seen_to_round(watched):
                return _shrinks(trial)
            if dtype != trial.case.dtype:
                return False
    return False


def _seen_to_round(trials: Iterable[Trial]) -> bool:
    """Whether rounding shows on one of these; not where one of them is off by more before that: a mistake."""
    for trial in trials:
        if rounding_shows(trial):
            return True
        if not right(trial):
            return False
    return False


def _shrinks(trial: Trial) -> bool:
    """Whether what is off is within a transform's bound in float64 too, if that is taken: a mistake does not shrink."""
    try:
        return all(right(on_integers(trial, seed, TRANSFORM, "float64")) for seed in range(WATCHED))
    except (SubjectError, UsageError):
        return True


def transforms_exactly(trial: Trial) -> bool:
    """Whether a subject is seen to transform without rounding integers, as Winograd's smallest tiles do.

    It is looked at where numbers are real, and off there or on others: what is off on integers is a mistake. It must be
    right within a transform's bound there and in float64 or float32: rounding shrinks with the format, a mistake does
    not. One that is right on integers may be wrong on larger ones that a law makes of them: then it is asked about real
    numbers in their place.
    """
    if trial.subject.arithmetic != OBSERVED or not trial.family.transforms:
        return False
    if trial.case.data != REAL:
        return _whole(trial) and transforms_exactly(twin(trial, trial.case.seed, OBSERVED, trial.case.dtype, REAL))
    with suppress(SubjectError, UsageError):  # it breaks on these data, or the family lacks a reference
        own = replace(trial, subject=replace(trial.subject, arithmetic=EXACT_TRANSFORM))
        if not right(own) or not _several(own):
            return False
        formats = (trial.case.dtype, "float32" if trial.case.dtype == "float64" else "float64")
        return all(_right_in(trial, dtype) for dtype in formats)
    return False


def _whole(trial: Trial) -> bool:
    """Whether a subject is right on integers of a family that has real numbers, too."""
    with suppress(SubjectError, UsageError):  # as above
        return trial.case.lattice and REAL in trial.family.kinds and right(trial)
    return False


def _several(trial: Trial) -> bool:
    """Whether more is off than one entry of a gradient, which would be a mistake; half precision is too coarse to say.

    So what a pass excludes in one entry is excluded. In a small case a transform is off in one at the most: then more
    samples are asked about.
    """
    if trial.case.dtype == COARSE:
        return not plain(trial)
    if _more_than_one(_off(trial)):
        return True
    more = _of_many_samples(trial)
    return trial.family.samplewise and trial.family.takes(more.case) and _more_than_one(_off(more))


def _more_than_one(off: Arrays) -> bool:
    return bool(np.any(off["y"])) or sum(map(np.count_nonzero, off.values())) > 1


def _of_many_samples(trial: Trial) -> Trial:
    """The subject on other numbers, of so many samples that there are ``ENOUGH``."""
    case = trial.case
    times = max(ENOUGH // max(case.sizes(), 1), 1)
    shapes = {name: case.shapes[name] for name in case.arguments}
    shapes["x"] = (len(case.held["x"]) * times, *shapes["x"][1:])
    return replace(trial, case=trial.family.case_of(shapes, case.config, case.dtype, case.data, case.seed))


def _off(trial: Trial) -> Arrays:
    """Which entries of each result are off by more than a plain sum may be."""
    summed = replace(trial, subject=replace(trial.subject, arithmetic=PLAIN))
    return {of: np.abs(got - trial.reference[of]) > allowed(summed, of) for of, got in trial.got.named().items()}


def _right_in(trial: Trial, dtype: str) -> bool:
    """Whether it is right within an exact transform's bound on real numbers of a format, or does not take that one."""
    try:
        return all(right(twin(trial, seed, EXACT_TRANSFORM, dtype, "normal")) for seed in range(WATCHED))
    except RefusedError:
        return dtype != trial.case.dtype


def runs_up(trial: Trial) -> bool:
    """Whether a subject that declares no arithmetic is seen to add up running sums, as an integral image does.

    It must be exact on integers, and right within the bound of running sums on the case itself.
    """
    if trial.subject.arithmetic != OBSERVED:
        return False
    try:
        if trial.family.running_mass(trial.wide_inputs, trial.case.config, trial.wide_dy) is None:
            return False
        own = replace(trial, subject=replace(trial.subject, arithmetic=RUNNING))
        whole = (on_integers(trial, seed, RUNNING, trial.case.dtype) for seed in range(WATCHED))
        return right(own) and all(map(right, whole))
    except (SubjectError, UsageError):  # it breaks on these data, or the family lacks a reference
        return False


def cuts(trial: Trial) -> bool:
    """Whether a subject on an accelerator is seen to cut float32 operands short, as tensor cores do by default.

    It must be right within that bound on real numbers, outside of a plain sum's on some, and exact on integers.
    """
    elsewhere = trial.subject.device != "cpu" and "normal" in trial.family.kinds
    if trial.subject.arithmetic != OBSERVED or not elsewhere or trial.case.dtype != TF32_FORMAT:
        return False
    with suppress(SubjectError, UsageError):  # it breaks on these data, or the family lacks a reference
        normal = [twin(trial, seed, TF32, TF32_FORMAT, "normal") for seed in range(WATCHED)]
        whole = (on_integers(trial, seed, TF32, TF32_FORMAT) for seed in range(WATCHED))
        return all(map(right, normal)) and not all(map(plain, normal)) and all(map(right, whole))
    return False


def flushes(trial: Trial) -> bool:
    """Whether a subject that selects is off on the case itself, and among subnormal numbers alone."""
    if trial.subject.arithmetic != OBSERVED or not trial.family.selects:
        return False
    with suppress(SubjectError, UsageError):  # it breaks on these data, or the family lacks a reference
        return _explains(FLUSHING, trial)
    return False


def scales(trial: Trial) -> bool:
    """Whether a subject that declares no arithmetic is seen to divide its sums and to multiply them again.

    What is off on the case must be that by the roundings of its result, and so must what is off on integers in this
    format and in another, one of them float64: there a mistake of one number is far larger than those. And on many real
    numbers: a few that are off may be so by chance.
    """
    if trial.subject.arithmetic != OBSERVED or trial.family.selects:
        return False
    with suppress(SubjectError, UsageError):  # it breaks on these data, or the family lacks a reference
        if not _explains(SCALED, trial):
            return False
        formats = (trial.case.dtype, "float32" if trial.case.dtype == "float64" else "float64")
        whole = (on_integers(trial, seed, SCALED, dtype) for dtype in formats for seed in range(WATCHED))
        return all(map(right, whole)) and _right_on_many(trial)
    return False


def _right_on_many(trial: Trial) -> bool:
    """Whether a subject that scales its sums is right on ``ENOUGH`` real numbers, if its family has some."""
    if REAL not in trial.family.kinds:
        return True
    many = _of_many_samples(twin(trial, trial.case.seed, SCALED, trial.case.dtype, REAL))
    return not trial.family.takes(many.case) or right(many)


#: How each arithmetic is seen that a layer need not declare.
SEEN = (
    (SCALED, scales),
    (TRANSFORM, transforms),
    (RUNNING, runs_up),
    (TF32, cuts),
    (EXACT_TRANSFORM, transforms_exactly),
    (FLUSHING, flushes),
)


def _explains(arithmetic: str, trial: Trial) -> bool:
    """Whether what came on the case itself, which is not asked for again, is off for a plain sum and right for this."""
    got = trial.got.named()
    own = replace(trial, subject=replace(trial.subject, arithmetic=arithmetic))
    return within(own, got) and not within(trial, got)
