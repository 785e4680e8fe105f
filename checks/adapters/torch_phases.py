"""What PyTorch turns down since no gradient exists: a loss that depends on the phase of complex eigenvectors."""

from __future__ import annotations

#: What the backward of ``eig``, ``eigh`` and ``svd`` says of a dy along the phase, whichever of them it is.
_PHASE = ("_backward: The ", "specified up to multiplication by e^{i phi}")

#: What can be examined instead.
_REMEDY = "lambda a: torch.linalg.eig(a)[1].abs()"


def about_phase(error: RuntimeError) -> str:
    """What is said of a dy of which autograd says that it depends on such a phase; empty where it raised otherwise."""
    if not all(each in str(error) for each in _PHASE):
        return ""
    return (
        "y depends on the phase of complex vectors, which is free, so that it has no gradient for most dy; PyTorch "
        f"says: {error} Expected a function that does not depend on it: examine({_REMEDY}, ...), say"
    )
