"""Texts of cases whose arguments are called as nothing is in Python: ``0.weight``, ``layers[0].W``, ``state['h']``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks.case import Case, parse
from checks.errors import CaseError

#: A name among the shapes of a text.
_NAME = re.compile(r"(?:^|, )([^,]+?)=\(")


def parse_called(text: str, arguments: Sequence[str]) -> Case:
    """A case from its text, whose arguments are called like this.

    Raises CaseError where it cannot be read.
    """
    plain = {name: f"x{place or ''}" for place, name in enumerate(arguments)}
    names = "|".join(map(re.escape, arguments))
    case = parse(re.sub(rf"(?<=[(\s])({names})=", lambda found: f"{plain[found[1]]}=", text))
    ours = {there: name for name, there in plain.items()}
    return case.but(
        shapes={ours.get(name, name): shape for name, shape in case.shapes.items()},
        values={ours.get(name, name): value for name, value in case.values.items()},
    )


def parse_any(text: str) -> Case:
    """A case from its text, whatever that calls its arguments.

    Raises CaseError where it cannot be read.
    """
    names = [name for name in _NAME.findall(text.partition("(")[2].partition(";")[0]) if name != "dy"]
    usual = not names or ("x" in names and all(map(str.isidentifier, names)))
    return parse(text) if usual else parse_called(text, names)


def parse_known(text: str, arguments: Sequence[str]) -> Case:
    """A case from its text, also where no text tells that it calls its arguments like this.

    Raises CaseError where it cannot be read.
    """
    try:
        return parse_any(text)
    except CaseError:
        return parse_called(text, arguments)
