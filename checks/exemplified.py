"""What is examined on examples: the layer as it takes them one by one, and the sheet of its cases."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from hypothesis.strategies import SearchStrategy

from checks.adapters.carried import carried
from checks.adapters.example_pair import adapt_example
from checks.adapters.given import by_argument, loss_of, named_inputs, parameters_of
from checks.adapters.kept import Kept
from checks.adapters.keyworded import keyworded
from checks.adapters.left_alone import with_what_it_bears
from checks.adapters.options import holding, options_held
from checks.adapters.options_drawn import Optioned
from checks.adapters.taken import Taken
from checks.families.drawn import FEWEST, Drawn, draws
from checks.families.unclaimed import Unclaimed
from checks.subject import Subject
from checks.types import Arrays, Config


def given(subject: Any, inputs: Any, device: str, watched: Callable[[Subject], Subject]) -> Unclaimed:
    """A layer on one example; ``watched`` is put around it before its first call.

    Raises UsageError where the example is not understood.
    """
    remarks = list[str]()
    taken = Taken.of(subject, inputs)
    dtype, flat = carried(taken.layer, taken.inputs(inputs))
    subject, inputs, real = loss_of(taken.layer, flat, remarks)
    subject, inputs = options_held(subject, inputs, remarks, device)
    subject = with_what_it_bears(subject, inputs, remarks)
    kept = parameters_of(subject, inputs)
    arrays = named_inputs(subject, inputs, kept, remarks)
    adapted = watched(taken.told(adapt_example(subject, tuple(arrays), device, kept, dtype), flat, arrays))
    adapted.remarks.extend(remarks)
    return Unclaimed(adapted, arrays, (*real, *kept.unexamined, *kept.idle))


def drawn(subject: Any, inputs: SearchStrategy[Any], device: str, watched: Callable[[Subject], Subject]) -> Drawn:
    """The same on the examples of a strategy; options that vary are keywords of each case."""
    some = draws(inputs, 0, FEWEST)
    taken = Taken.of(subject, some[0])
    dtype, _ = carried(taken.layer, taken.inputs(some[0]))
    remarks = list[str]()
    optioned = Optioned.of(taken.layer, [_in_arrays(taken, each) for each in some], remarks, device)
    layer = with_what_it_bears(optioned.layer, optioned.rest, remarks)
    kept = parameters_of(layer, optioned.rest)
    arguments = tuple(named_inputs(layer, optioned.rest, kept, remarks))

    def adapted(layer: Any) -> Subject:
        return taken.told(adapt_example(layer, arguments, device, kept, dtype), {}, arguments)

    def of_case(config: Config) -> Subject:
        return adapted(with_what_it_bears(optioned.holding(config), optioned.rest, []))

    found = adapted(layer)
    found = watched(keyworded(found, optioned.first, of_case) if optioned.vary else found)
    found.remarks.extend(remarks)
    examples = inputs.map(partial(_apart, taken, optioned, kept))
    return Drawn(found, examples, kept.unexamined, tuple(optioned.first) if optioned.vary else ())


def _apart(taken: Taken, optioned: Optioned, kept: Kept | None, inputs: Any) -> tuple[Arrays, Config]:
    """The arrays of an example by name, and its options as the keywords of its case."""
    rest, config = optioned.apart(_in_arrays(taken, inputs))
    return named_inputs(optioned.layer, rest, kept), config


def _in_arrays(taken: Taken, inputs: Any) -> Any:
    """An example for the layer, in arrays that carry it."""
    return carried(taken.layer, taken.inputs(inputs))[1]


def named(subject: Any, inputs: SearchStrategy[Any], family: Drawn) -> SearchStrategy[tuple[Arrays, Config]]:
    """Draws what a family of a layer that is elsewhere is asked about; the layer itself is not called here."""
    some = draws(inputs, 0, 1)
    taken = Taken.of(subject, some[0])
    first = by_argument(taken.layer, _in_arrays(taken, some[0]))
    options = {name: value for name, value in first.items() if name not in family.arguments}
    layer = holding(taken.layer, options) if options else taken.layer
    optioned = Optioned(taken.layer, "cpu", layer, {}, options, vary=bool(family.keywords))
    return inputs.map(partial(_apart, taken, optioned, None))
