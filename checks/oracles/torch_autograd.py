"""PyTorch: its layer, differentiated by its own autograd, in the wide format."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from checks.claim import Claim, unable
from checks.types import Arrays, gradient_of
from checks.witness import Trial, Witness, against


class TorchAutograd(Witness):
    """Output and gradients against PyTorch."""

    law = "torch"
    needs = "a family and PyTorch"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim for y and each gradient; blind where PyTorch is missing or refuses the case."""
        try:
            want = _autograd(trial)
        except _RefusedError as refusal:
            yield from (unable(self.law, of, got.size, str(refusal)) for of, got in trial.got.named().items())
        else:
            yield from against(trial, self.law, want)


class _RefusedError(Exception):
    """PyTorch cannot speak about this case; the message says why."""


def _autograd(trial: Trial) -> Arrays:
    if find_spec("torch") is None:
        raise _RefusedError("PyTorch is not installed: one witness fewer (pip install torch)")
    if trial.wide == "longdouble":
        raise _RefusedError("PyTorch has no longdouble")
    import torch

    tensors: dict[str, Any] = {
        name: torch.tensor(array, requires_grad=True, device="cpu") for name, array in trial.wide_inputs.items()
    }
    try:
        with torch.enable_grad():  # whatever the layer has set
            y = trial.family.torch_twin(torch, tensors, trial.case.config)
    except RuntimeError as error:
        raise _RefusedError(f"PyTorch refuses this configuration: {error}") from error
    gradients = _along(torch, y, torch.tensor(trial.wide_dy, device="cpu"), list(tensors.values()))
    named = {gradient_of(name): value.numpy() for name, value in zip(tensors, gradients, strict=True)}
    return {"y": y.detach().numpy(), **named}


def _along(torch: Any, y: Any, dy: Any, leaves: list[Any]) -> Any:
    """Gradients of y along dy, of a number: handed a dy, PyTorch loads SymPy first, for a second or more."""
    if y.is_complex():  # where infinity times one is no infinity
        return torch.autograd.grad(y, leaves, dy)
    return torch.autograd.grad((y * dy).sum(), leaves)
