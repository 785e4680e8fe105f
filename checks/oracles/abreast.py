"""Several forwards as one: samples of one batch, or kernels of one weight, where these know nothing of each other."""

from __future__ import annotations

from checks.errors import SubjectError
from checks.types import Array, Arrays, Shape
from checks.witness import Trial


def abreast(trial: Trial, argument: str, several: Array) -> Array | None:
    """Outputs (several, *y) for each of several values of an argument, from one call of the forward.

    None where the layer is not made for such sizes, or gives other ones. Nobody sees here whether samples, or kernels,
    are independent: where they are not, outputs change that may not.
    """
    if len(several) < 2 or not trial.case.held_dy.size:  # noqa: PLR2004 - several
        return None
    if argument == "x" and trial.family.samplewise and not trial.family.bounded & {"batch"}:
        shape = (len(several), *trial.case.shapes["dy"])
        samples = {**trial.case.held, "x": several.reshape(-1, *several.shape[2:])}
        return _outputs(trial, samples, (shape[0] * shape[1], *shape[2:]), shape)
    if argument == "weight" and trial.family.kernelwise and not trial.family.bounded & {"channels", "out_channels"}:
        return _of_kernels(trial, several)
    return None


def _outputs(trial: Trial, arrays: Arrays, shape: Shape, apart: Shape) -> Array | None:
    try:
        y = trial.subject.apply(arrays, trial.case.config)
    except SubjectError:
        return None
    return y.reshape(apart) if y.shape == shape else None


def _of_kernels(trial: Trial, several: Array) -> Array | None:
    """Kernels of a group stay in it, those of one forward after those of another."""
    inputs, (samples, channels, *space) = trial.case.held, trial.case.shapes["dy"]
    groups, many = inputs["x"].shape[1] // several.shape[2], len(several)

    def in_groups(values: Array) -> Array:
        return values.reshape(many, groups, -1, *values.shape[2:]).swapaxes(0, 1).reshape(-1, *values.shape[2:])

    held = {"bias": in_groups(inputs["bias"][None].repeat(many, axis=0))} if "bias" in inputs else {}
    shape, apart = (samples, many * channels, *space), (samples, groups, many, channels // groups, *space)
    y = _outputs(trial, {**inputs, "weight": in_groups(several), **held}, shape, apart)
    return None if y is None else y.transpose(2, 0, 1, *range(3, y.ndim)).reshape(many, samples, channels, *space)
