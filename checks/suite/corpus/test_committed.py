"""The committed corpus: every counterexample holds on the reference layers, every digest in every format and framework.

First in the suite, because the folder's name comes first.
"""

from __future__ import annotations

from typing import Any

import pytest

from checks.case import Case
from checks.corpus import selection
from checks.corpus.entry import Golden
from checks.corpus.store import FOLDER, Corpus, Stored
from checks.errors import RefusedError
from checks.families import families, family
from checks.judge import verdicts
from checks.oracles.golden import GoldenDigests
from checks.selftest.house import ROOT
from checks.subject import Subject
from checks.suite.verdicts import assert_right, demand, examine
from checks.types import Array, Arrays, Config
from checks.witness import Trial

CONTENTS = Corpus(ROOT / FOLDER).contents()
KNOWN = [pytest.param(stored, id=stored.name) for stored in CONTENTS.golden]
FOUND = [pytest.param(stored.entry.case, id=stored.name) for stored in CONTENTS.counterexamples]


def torch_layer(name: str) -> Subject:
    """PyTorch's layer of a family, differentiated by autograd, in the format of its arrays."""
    import torch

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        tensors: dict[str, Any] = {of: torch.tensor(array, requires_grad=True) for of, array in arrays.items()}
        y = family(name).torch_twin(torch, tensors, config)
        return y.detach().numpy(), (tensors, y)

    def backward(dy: Array, saved: Any) -> Arrays:
        tensors, y = saved
        found = torch.autograd.grad(y, list(tensors.values()), torch.tensor(dy))
        return {f"d{of}": gradient.numpy() for of, gradient in zip(tensors, found, strict=True)}

    return Subject(f"torch {name}", forward, backward)


def agrees(subject: Subject, stored: Stored[Golden], case: Case) -> int:
    """Elements of a subject's results that have the recorded digests.

    Raises GradientError where one has another.
    """
    trial = Trial(subject, family(case.family), case)
    return assert_right(case, verdicts(GoldenDigests([stored.entry.recorded]), trial))


def test_nothing_is_skipped_and_every_family_has_digests() -> None:
    """A file that cannot be read would be a hole."""
    assert list(selection.skipped(CONTENTS)) == []
    assert {stored.entry.family for stored in CONTENTS.golden} == set(families())


@pytest.mark.parametrize("case", FOUND)
def test_what_broke_once_holds_on_the_reference(case: Case) -> None:
    """Every witness of the numbers."""
    demand(examine(case, family(case.family)), str(case))


@pytest.mark.parametrize("stored", KNOWN)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_source_gives_the_recorded_digests(stored: Stored[Golden], dtype: str) -> None:
    """The reference and the textbook, in single and double precision: one digest."""
    case = stored.entry.recorded.case.but(dtype=dtype)
    sheet = family(case.family)
    for subject in (sheet.reference, sheet.definition):
        demand(agrees(subject, stored, case), f"{subject.name}, {stored.name}")


@pytest.mark.parametrize("stored", KNOWN)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_pytorch_gives_the_recorded_digests(stored: Stored[Golden], dtype: str) -> None:
    """Its own layer and its own autograd: the same digest again."""
    pytest.importorskip("torch")
    case = stored.entry.recorded.case.but(dtype=dtype)
    subject = torch_layer(case.family)
    try:
        subject.vjp(case)
    except RefusedError as error:
        pytest.skip(f"PyTorch has no such layer: {error}")
    demand(agrees(subject, stored, case), stored.name)


@pytest.mark.parametrize("stored", KNOWN)
def test_a_wrong_entry_of_any_result_is_found_by_the_digests_alone(stored: Stored[Golden]) -> None:
    """The last entry, off by one: its place, what it is and what it must be."""
    case, reference = stored.entry.recorded.case, family(stored.entry.family).reference
    for of in reference.vjp(case).gradients:

        def backward(dy: Array, saved: Any, of: str = of) -> Arrays:
            found = {name: array.copy() for name, array in reference.backward(dy, saved).items()}
            found[of].reshape(-1)[-1] += 1
            return found

        subject = Subject("off by one", reference.forward, backward)
        heard = verdicts(GoldenDigests([stored.entry.recorded]), Trial(subject, family(case.family), case))
        (wrong,) = [verdict for verdict in heard if verdict.status == "wrong"]
        assert wrong.worst is not None
        assert (wrong.of, wrong.wrong, wrong.worst.got - wrong.worst.want) == (of, 1, 1)
        assert wrong.worst.index == tuple(size - 1 for size in case.shapes[of.removeprefix("d")])
