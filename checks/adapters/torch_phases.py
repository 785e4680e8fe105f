"""What PyTorch turns down since no gradient exists: a loss that depends on the phase of complex eigenvectors."""

from __future__ import annotations

from checks.errors import UsageError

#: What the backward of ``eig``, ``eigh`` and ``svd`` says of a dy along the phase, whichever of them it is.
_PHASE = ("_backward: The ", "specified up to multiplication by e^{i phi}")

#: What can be examined instead.
_REMEDY = "lambda a: torch.linalg.eig(a)[1].abs()"


def demand_phaseless(error: RuntimeError, *, known: bool) -> None:
    """Go on where autograd raised for any other reason.

    Raises UsageError where it says that what is derived depends on the phase of eigenvectors or singular vectors;
    NotImplementedError where it is ``known`` to be derived: PyTorch's own check allows roundings of an ordinary dy.
    """
    if not all(each in str(error) for each in _PHASE):
        return
    if known:
        raise NotImplementedError(f"PyTorch takes roundings for a phase: {error}") from error
    raise UsageError(
        "y depends on the phase of complex vectors, which is free, so that it has no gradient for most dy; PyTorch "
        f"says: {error} Expected a function that does not depend on it: examine({_REMEDY}, ...), say"
    ) from error
