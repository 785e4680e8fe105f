"""Every witness there is, and which of them are asked."""

from __future__ import annotations

from collections.abc import Iterable

from checks.errors import UsageError
from checks.invariants import INVARIANTS
from checks.invariants.surroundings import Surroundings
from checks.nearest import near
from checks.oracles import ORACLES
from checks.oracles.adjoint import Adjoint
from checks.oracles.torch_autograd import TorchAutograd
from checks.witness import Witness

#: Every witness there is, in the order of the report.
WITNESSES: tuple[Witness, ...] = ORACLES + INVARIANTS

#: Those that settle a layer at the size it runs at for the price of a few forwards.
AT_SIZE: tuple[Witness, ...] = (Adjoint(), TorchAutograd())


def denied(laws: Iterable[str]) -> frozenset[str]:
    """Names of laws whose hazards are to be called wrong.

    Raises UsageError where a name is no law.
    """
    known = ["all", *(witness.law for witness in WITNESSES), Surroundings.law]
    found = frozenset([laws] if isinstance(laws, str) else laws)
    if unknown := sorted(found - set(known)):
        raise UsageError(f"deny={unknown[0]!r} is no law{near(unknown[0], known)}; expected one of {', '.join(known)}")
    return found


def chosen(
    witnesses: tuple[Witness, ...], laws: Iterable[str], beside: tuple[Witness, ...] = ()
) -> tuple[Witness, ...]:
    """The witnesses of these laws, all of them where none is named; those ``beside`` them by their names alone.

    Raises UsageError where a name is none of theirs.
    """
    wanted = set([laws] if isinstance(laws, str) else laws)
    known = [witness.law for witness in (*witnesses, *beside)]
    if Surroundings.law in wanted and not beside:
        raise UsageError(
            f"laws has {Surroundings.law!r}, which is looked at in a process of the layer's own alone; expected "
            "isolate=True beside it"
        )
    if unknown := sorted(wanted - set(known)):
        raise UsageError(
            f"laws has {unknown[0]!r}, which cannot be asked here{near(unknown[0], known)}; expected some of "
            f"{', '.join(known)}"
        )
    every = (*witnesses, *beside) if wanted else witnesses
    return tuple(witness for witness in every if not wanted or witness.law in wanted)
