"""Second sources for the output and the gradients, and derivatives of the subject's own forward."""

from __future__ import annotations

from checks.oracles.adjoint import Adjoint
from checks.oracles.finite_difference import FiniteDifference
from checks.oracles.golden import GoldenDigests
from checks.oracles.modes import Modes
from checks.oracles.reference import Reference
from checks.oracles.textbook import Textbook
from checks.oracles.torch_autograd import TorchAutograd
from checks.witness import Witness

ORACLES: tuple[Witness, ...] = (
    Reference(),
    Textbook(),
    TorchAutograd(),
    FiniteDifference(),
    Adjoint(),
    Modes(),
    GoldenDigests(),
)
