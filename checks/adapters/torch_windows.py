"""How the constructor of a module takes a window with sides alike: a number for each axis, or one, as calls show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from checks.adapters.words import forms
from checks.types import Config


@dataclass
class Windows:
    """What calls have shown: ``one`` says whether it is one number, None while the class has answered to neither."""

    one: bool | None = None

    def forms(self, numbers: Config) -> list[Config]:
        """Sizes and keywords as the constructor may want them, the likeliest first."""
        *alone, each = forms(numbers)
        if not alone or self.one is False:
            return [each]
        return alone if self.one else [each, *alone]

    def answered(self, numbers: Config, build: Callable[[Config], Any], run: Callable[[Any], Any]) -> Any:
        """What a module gives that is built with the first of these forms with which one answers.

        Raises what was raised with the form that got farthest.
        """
        tried, errors = self.forms(numbers), list[tuple[bool, Exception]]()
        for form in tried:
            built = False
            try:
                module = build(form)
                built = True
                found = run(module)
            except Exception as error:  # noqa: BLE001 - a constructor says by any that it wants the other form
                errors.append((built, error))
            else:
                self.one = form is not tried[0] if len(tried) > 1 else self.one
                return found
        raise max(errors, key=_reach)[1]


def _reach(failed: tuple[bool, Exception]) -> tuple[bool, bool]:
    """How far a form has got: a module was built, or its constructor had read it before it said no."""
    built, error = failed
    return built, not isinstance(error, TypeError)
