"""The catalogue itself: named once, explained, and pointing at derivations that are there."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest

from checks.families import families, family
from checks.mistakes import CATALOGUE, known
from checks.mistakes.mistake import Mistake


def test_the_catalogue_is_as_large_as_promised() -> None:
    """At least 60 known mistakes in all and 20 for each family."""
    assert len(CATALOGUE) >= 60
    assert min(len(known(sheet)) for sheet in families().values()) >= 20


def test_every_mistake_has_a_name_of_its_own() -> None:
    """Names are what reports and the table tell mistakes apart by."""
    names = [mistake.name for mistake in CATALOGUE]
    assert len(set(names)) == len(names)


def test_every_mistake_names_a_family_that_exists() -> None:
    """A mistake of no family would never be planted; one that names none can be made by all with its gradients."""
    assert {name for mistake in CATALOGUE for name in mistake.families} <= set(families())
    assert all(any(mistake.concerns(sheet) for sheet in families().values()) for mistake in CATALOGUE)


POINTERS = {mistake.where_for(sheet) for sheet in families().values() for mistake in known(sheet)}


@pytest.mark.parametrize("where", sorted(POINTERS))
def test_a_pointer_leads_to_words_that_stand_in_the_derivation(where: str) -> None:
    """File, function, and a phrase of its docstring."""
    path, function, phrase = where.split(", ", 2)
    module = import_module(path.removesuffix(".py").replace("/", "."))
    derivation = inspect.getdoc(getattr(module, function)) or ""
    assert phrase in " ".join(derivation.split())


@pytest.mark.parametrize("name", sorted(families()))
def test_a_mistake_of_any_layer_points_to_the_page_of_the_family_at_hand(name: str) -> None:
    """Nobody with a convolution reads of pooling."""
    pages = {mistake.where_for(family(name)).rpartition(", ")[0] for mistake in known(family(name))}
    assert all(any(f", {own}_backward" in page for own in family(name).lineage) for page in pages)


@pytest.mark.parametrize("mistake", CATALOGUE, ids=lambda mistake: mistake.name)
def test_a_mistake_names_at_least_two_witnesses(mistake: Mistake) -> None:
    """One of them knows the right gradient from elsewhere; among several valid ones only the laws of kinks can tell."""
    at_kinks = {"kinks", "convention (hazard)"}.intersection(mistake.caught_by)
    assert at_kinks or len(mistake.caught_by) >= 2
    assert at_kinks or "reference" in mistake.caught_by
