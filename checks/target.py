"""What a user names on the command line: families, layers, and a subject as ``module:attribute``."""

from __future__ import annotations

import importlib
import re
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from checks.adapters import adapt
from checks.counted import count
from checks.errors import UsageError
from checks.families import families
from checks.family import Family
from checks.nearest import near
from checks.subject import Subject
from checks.sweep import Job, jobs

T = TypeVar("T")


@dataclass(frozen=True)
class Named:
    """A layer by its name, ``module:attribute``: it is loaded where it is examined, and nowhere else."""

    text: str

    def find(self) -> Any:
        """The layer; see ``found``."""
        return found(self.text)

    def demand(self) -> None:
        """Raise UsageError where it is plain without loading anything that there is no such layer."""
        name, _ = _split(self.text)
        _look_here()
        if find_spec(name.partition(".")[0]) is None:
            raise _no_module(name, self.text, "nothing of this name is found")


def subject_of(text: str, sheet: Family) -> Subject:
    """The subject that ``text`` names, ``module:attribute``, the module here, in ``src`` or installed.

    Whatever ``adapt`` takes; the reference of the family where ``text`` is empty. Raises UsageError where nothing is
    found, or what is found is not understood.
    """
    return adapt(found(text), sheet.arguments) if text else sheet.reference


def found(text: str) -> Any:
    """Whatever stands at ``module:attribute``, the module here, in ``src`` or installed; dots reach inside.

    Raises UsageError that names the nearest modules or attributes, or says where importing raised; of a module, too.
    """
    name, path = _split(text)
    thing: Any = _module(name, text)
    for attribute in path.split("."):
        if not hasattr(thing, attribute):
            raise UsageError(
                f"{text!r}: {attribute!r} does not exist{near(attribute, dir(thing))}; expected an attribute of "
                f"{getattr(thing, '__name__', thing)}"
            )
        thing = getattr(thing, attribute)
    if isinstance(thing, ModuleType):
        raise UsageError(f"{text!r} is the module {thing.__name__}; expected a layer in it, by MODULE:ATTRIBUTE")
    return thing


def _split(text: str) -> tuple[str, str]:
    name, separator, path = text.partition(":")
    if not separator or not name or not path:
        raise UsageError(f"{text!r} is not understood; expected MODULE:ATTRIBUTE, such as my_layers:conv")
    if name == "__main__":
        raise UsageError(
            f"{text!r}: __main__ is gradproof itself here; expected a file's name, such as my_layers:{path}"
        )
    return name, path


def _module(name: str, text: str) -> ModuleType:
    _look_here()
    try:
        return importlib.import_module(name)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        if isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}."):
            raise _no_module(name, text, why) from error
        raise UsageError(
            f"{text!r}: importing {name!r} raised {why}{_raised_at(error)}{_inside(error, text)}"
        ) from error


def _inside(error: Exception, text: str) -> str:
    """What to do where a module stands in a package that is not seen from here: its relative imports reach above."""
    if not (isinstance(error, ImportError) and "attempted relative import" in str(error)):
        return ""
    above, names = Path.cwd(), list[str]()
    while not names or (above / "__init__.py").is_file():
        names.insert(0, above.name)
        above = above.parent
    return f"; the package that it is a part of is seen from the folder above it: in {above}, {'.'.join(names)}.{text}"


def _raised_at(error: Exception) -> str:
    """File and line of somebody's module in which an import was given up; empty where none of its lines had run."""
    ours = {__file__, importlib.__file__}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename not in ours]
    frames = [frame for frame in frames if not frame.filename.startswith("<frozen ")]
    return f", at {frames[-1].filename}, line {frames[-1].lineno}" if frames else ""


def _look_here() -> None:
    """In the current folder, then in its ``src``, where many repositories keep their packages."""
    for folder in (Path.cwd() / "src", Path.cwd()):
        if folder.is_dir() and str(folder) not in sys.path:
            sys.path.insert(0, str(folder))


def _no_module(name: str, text: str, why: str) -> UsageError:
    here, dotted = Path.cwd(), name.removesuffix(".py").replace("/", ".").strip(".")
    return UsageError(
        f"{text!r}: module {name!r} cannot be imported ({why}){_near_module(here, dotted)}; expected a module in "
        f"{here} or its src, or installed, with dots between folders"
    )


def _near_module(here: Path, dotted: str) -> str:
    """The modules that look like this one: in its folder, or the folders that look like the first one it names."""
    *folders, _ = dotted.split(".")
    inside, prefix = here.joinpath(*folders), "".join(f"{folder}." for folder in folders)
    found = [path.stem for path in inside.glob("*.py")] + [path.parent.name for path in inside.glob("*/__init__.py")]
    if found:
        return near(dotted, [prefix + module for module in found])
    return near(dotted.partition(".")[0], [path.name for path in here.iterdir() if path.is_dir()])


def known_families(names: Sequence[str]) -> list[str]:
    """The families of these names; all where there are none.

    Raises UsageError that names the nearest ones.
    """
    for name in names:
        if name not in families():
            listed = ", ".join(families())
            raise UsageError(f"family {name!r} is unknown{near(name, families())}; expected one of {listed}")
    return list(names) or list(families())


def one_family(names: Sequence[str]) -> None:
    """A subject claims to compute one family.

    Raises UsageError where more are named.
    """
    if len(names) != 1:
        raise UsageError(f"--subject with {len(names)} families ({', '.join(names)}); expected exactly one --family")


def selected(seed: int, count: int, names: Sequence[str], text: str) -> tuple[Job, ...]:
    """The rows of these families in whose title ``text`` stands, as ``containing`` says.

    Raises UsageError that names the nearest titles where there is none.
    """
    rows = [job for job in jobs(seed, count) if job.family in names]
    return tuple(containing(text, {job.title: job for job in rows}))


def containing(text: str, titled: Mapping[str, T]) -> list[T]:
    """What stands under the titles of which a word begins with ``text``, capitals aside; else under those that hold it.

    Raises UsageError that names the nearest titles where there is none.
    """
    begins = re.compile(rf"(?<![^\W_]){re.escape(text)}", re.IGNORECASE)
    holds = re.compile(re.escape(text), re.IGNORECASE)
    for way in (begins, holds):
        if found := [thing for title, thing in titled.items() if way.search(title)]:
            break
    else:
        words = [word for title in titled for word in [title, *title.split()]]
        listed = list(titled)
        raise UsageError(
            f"layer {text!r} stands in no title{near(text, words)}; expected a part of one of "
            f"{count(len(titled), 'title')}, such as {listed[0]} or {listed[-1]}"
        )
    return found
