"""How a script gets at what stands inside of a class: it imports the outermost one, and goes on from there.

What a function made nobody can import: beside it stands what is to be done first. The methods of an object are taken
from one that the reader builds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from checks.adapters.callables import INSIDE

#: Said of what a function made.
MADE = "made inside of"

#: What follows the name of a class where an object of it is built.
BUILT = "("

#: A line that imports from the reader's module, and what is said beside it.
_LINE = re.compile(r"^from your_module import ([\w ,]+?)(  #.*)?$", re.MULTILINE)


def by_owners(text: str, owners: Mapping[str, str]) -> str:
    """A text whose imports of these names go by way of their owners, ``Outer.Inner``."""
    return _LINE.sub(lambda found: _line(found[1].split(", "), found[2] or "", owners), text) if owners else text


def _line(items: list[str], beside: str, owners: Mapping[str, str]) -> str:
    ways = {item: owners[item.partition(" as ")[0]] for item in items if item.partition(" as ")[0] in owners}
    if methods := {item: way for item, way in ways.items() if BUILT in way}:
        kinds = (way.partition(BUILT)[0] for way in methods.values())
        others = [*dict.fromkeys([*(item for item in items if item not in methods), *kinds])]
        return "\n".join([_line(others, beside, owners), "", *_built(methods)])
    made = {item: ways.pop(item) for item in items if INSIDE in ways.get(item, "")}
    beside += f"{'; ' if beside else '  # '}{_made(made)}" if made else ""
    if not ways:
        return f"from your_module import {', '.join(items)}{beside}"
    plain = dict.fromkeys(ways[item].partition(".")[0] if item in ways else item for item in items)
    own = [f"{item.rpartition(' as ')[2]} = {way}" for item, way in ways.items()]
    return "\n".join([f"from your_module import {', '.join(plain)}{beside}", "", *own])


def _built(methods: Mapping[str, str]) -> Iterator[str]:
    """Lines that build objects and take their methods."""
    for built in dict.fromkeys(way.rpartition(".")[0] for way in methods.values()):
        yield f"layer = {built}  # as you build it"
        for item, way in methods.items():
            if way.startswith(f"{built}."):
                yield f"{item.rpartition(' as ')[2]} = layer{way.removeprefix(built)}"


def _made(paths: Mapping[str, str]) -> str:
    """What is to be done first about what functions made."""
    names = " and ".join(item.partition(" as ")[0] for item in paths)
    maker = next(iter(paths.values())).rpartition(INSIDE)[0].replace(INSIDE, ".")
    verb, hold = ("are", "them") if len(paths) > 1 else ("is", "it")
    return f"{names} {verb} {MADE} {maker}(): let your_module hold {hold} first"
