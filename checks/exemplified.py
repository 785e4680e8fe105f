"""What is examined on examples: the layer as it takes them one by one, and the sheet of its cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
from hypothesis.strategies import SearchStrategy

from checks.adapters.carried import carried
from checks.adapters.example_pair import adapt_example
from checks.adapters.given import by_argument, loss_of, named_inputs, parameters_of
from checks.adapters.left_alone import with_what_it_bears
from checks.adapters.options import options_held
from checks.adapters.taken import Taken
from checks.errors import UsageError
from checks.families.drawn import Drawn, first_of
from checks.families.unclaimed import Unclaimed
from checks.subject import Subject
from checks.types import Arrays


def given(subject: Any, inputs: Any, device: str, watched: Callable[[Subject], Subject]) -> Unclaimed:
    """A layer on one example; ``watched`` is put around it before its first call.

    Raises UsageError where the example is not understood.
    """
    remarks = list[str]()
    taken = Taken.of(subject, inputs)
    dtype, flat = carried(taken.layer, taken.inputs(inputs))
    subject, inputs, real = loss_of(taken.layer, flat, remarks)
    whole = by_argument(subject, inputs)
    subject, inputs = options_held(subject, inputs, remarks, device)
    fixed = _lengths(value for name, value in whole.items() if name not in by_argument(subject, inputs))
    subject = with_what_it_bears(subject, inputs, remarks)
    kept = parameters_of(subject, inputs)
    arrays = named_inputs(subject, inputs, kept, remarks)
    adapted = watched(taken.told(adapt_example(subject, tuple(arrays), device, kept, dtype), flat, arrays))
    adapted.remarks.extend(remarks)
    sheet = Unclaimed(adapted, arrays, (*real, *kept.unexamined, *kept.idle))
    sheet.fixed = fixed
    return sheet


def _lengths(options: Iterable[Any]) -> frozenset[int]:
    """Lengths of the arrays that a layer holds, and the whole numbers in its tuples, which may be lengths."""
    found = set[int]()
    for value in options:
        found.update(getattr(value, "shape", ()))
        found.update(each for each in value if isinstance(each, int)) if isinstance(value, (tuple, list)) else ()
        found.update({value} if isinstance(value, int) else ())
    return frozenset(map(int, found))


def drawn(subject: Any, inputs: SearchStrategy[Any], device: str, watched: Callable[[Subject], Subject]) -> Drawn:
    """The same on the examples of a strategy."""
    taken = Taken.of(subject, first_of(inputs))
    subject, (dtype, _) = taken.layer, carried(taken.layer, taken.inputs(first_of(inputs)))
    inputs = inputs.map(partial(_in_arrays, taken))
    remarks = list[str]()
    subject, inputs = _options_drawn(subject, inputs, remarks, device)
    subject = with_what_it_bears(subject, first_of(inputs), remarks)
    kept = parameters_of(subject, first_of(inputs))
    named_inputs(subject, first_of(inputs), kept, remarks)
    examples = inputs.map(partial(named_inputs, subject, kept=kept))
    arguments = tuple(first_of(examples))
    adapted = watched(taken.told(adapt_example(subject, arguments, device, kept, dtype), {}, arguments))
    adapted.remarks.extend(remarks)
    return Drawn(adapted, examples, kept.unexamined)


def _options_drawn(
    subject: Any, inputs: SearchStrategy[Any], remarks: list[str], device: str
) -> tuple[Any, SearchStrategy[Any]]:
    """A layer that has its options, as the first example shows them, and what draws the others."""
    first = first_of(inputs)
    layer, rest = options_held(subject, first, remarks, device)
    if rest is first:
        return layer, inputs
    options = {name: value for name, value in by_argument(subject, first).items() if name not in rest}
    return layer, inputs.map(partial(_without, subject, options))


def _without(subject: Any, options: Mapping[str, Any], inputs: Any) -> dict[str, Any]:
    """An example without its options.

    Raises UsageError where they are others than at first.
    """
    given = dict(by_argument(subject, inputs))
    for name, value in options.items():
        if not np.array_equal(there := given.pop(name), value):
            raise UsageError(
                f"inputs drew {name}={there!r:.80} after {value!r:.80}, of which the backward gives no gradient; "
                "expected the same in all examples: examine once for each"
            )
    return given


def _in_arrays(taken: Taken, inputs: Any) -> Any:
    """An example for the layer, in arrays that carry it."""
    return carried(taken.layer, taken.inputs(inputs))[1]


def named(subject: Any, inputs: SearchStrategy[Any]) -> SearchStrategy[Arrays]:
    """Draws the arrays of a layer by its own names for them."""
    taken = Taken.of(subject, first_of(inputs))
    return inputs.map(partial(_in_arrays, taken)).map(partial(named_inputs, taken.layer))
