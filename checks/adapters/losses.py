"""Losses whose backward takes no dy, or is told their targets again, and whose targets have no gradient."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from checks.adapters.gradients import by_name
from checks.adapters.homes import ByName
from checks.adapters.methods import methods_of
from checks.adapters.partials import holding_arguments
from checks.adapters.told_labels import told_again
from checks.adapters.told_pairs import told_pair
from checks.refusals import RAISED
from checks.types import gradient_of

#: A forward and its backward.
PAIR = 2


def targets(obj: Any, given: dict[str, Any]) -> list[str]:
    """Names of the examples of which the backward of a loss gives no gradient; none of any other layer."""
    methods = methods_of(obj)
    if methods is None or isinstance(obj, type) or not methods.can_do_without(obj):
        return []
    try:
        twin, homes = deepcopy(obj), ByName(tuple(given))
        loss = methods.ahead(twin)(**{name: np.asarray(value) for name, value in given.items()})
        if methods.asks(obj) and np.ndim(loss):
            return []
        found = by_name(methods.back(twin), homes.arguments)
    except RAISED:
        return []
    left = [name for name in given if gradient_of(name) not in found and homes.gradient(twin, name) is None]
    return left if len(left) < len(given) else []


def with_targets(obj: Any, given: dict[str, Any], remarks: list[str]) -> tuple[Any, list[str]]:
    """A loss that has its targets, and their names; any other layer as it is. ``remarks`` is told of its calls."""
    if isinstance(obj, (tuple, list)) and len(obj) == PAIR and all(map(callable, obj)) and given:
        return told_pair(obj, given, remarks)
    methods = methods_of(obj)
    if methods is None or isinstance(obj, type) or not given:
        return obj, []
    if told := told_again(obj, methods, given):
        remarks.append(told.remark(next(iter(given))))
        return told.around(given), list(told.names)
    names = targets(obj, given)
    return (holding_arguments(obj, methods, **{name: given[name] for name in names}) if names else obj), names
