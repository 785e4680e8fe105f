"""What a callable is called, and what it says of its parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache, partial
from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType
from typing import Any, TypeVar

from checks.adapters.documented import documented
from checks.adapters.inherited import constructed
from checks.adapters.schemas import of_schema, schema_of
from checks.adapters.templates import template
from checks.errors import UsageError

T = TypeVar("T")

#: Kinds of parameters that take whatever is not named.
VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)

#: What stands in the path of a thing between the function that made it and its own name.
INSIDE = ".<locals>."


def by_function(question: Callable[[Callable[..., Any]], T]) -> Callable[[Callable[..., Any]], T]:
    """A question about a callable; of methods it is asked once for each function, as one is before each call."""

    @lru_cache(256)
    def of_function(function: Callable[..., Any]) -> T:
        return question(MethodType(function, function))  # whose method it is does not matter

    return lambda call: of_function(call.__func__) if type(call) is MethodType else question(call)


def name_of(obj: object) -> str:
    """What to call an object in messages."""
    obj = without_held(obj)
    return str(getattr(obj, "__name__", None) or type(obj).__name__)


def without_held(obj: Any) -> Any:
    """What ``partial`` holds arguments for, once or several times; anything else as it is."""
    while isinstance(obj, partial):
        obj = obj.func
    return obj


def held_by_name(obj: Any) -> dict[str, Any]:
    """The arguments that ``partial`` holds by name, once or several times."""
    return {**held_by_name(obj.func), **obj.keywords} if isinstance(obj, partial) else {}


def given_by_name(obj: Any) -> dict[str, Any]:
    """Those of them that its user has given: none that it has as ``unasked``."""
    if not isinstance(obj, partial):
        return {}
    return given_by_name(obj.func) | ({} if getattr(obj, "unasked", False) else obj.keywords)


def bound_method(obj: Any) -> MethodType | None:
    """The method of an object that a callable is, whatever is put around it; None where it is none."""
    obj = without_held(obj)
    while type(obj) is not MethodType and hasattr(obj, "__wrapped__"):
        obj = without_held(obj.__wrapped__)
    return obj if type(obj) is MethodType and not isinstance(obj.__self__, (type, ModuleType)) else None


def called_by(obj: Any, otherwise: str) -> str:
    """The name of a half of a pair: that of a method, or under which a module holds it; ``otherwise`` if nobody knows.

    A script says of a method whose it is (see ``checks.adapters.owners``).
    """
    method = bound_method(obj)
    return method.__name__ if method else importable(obj) or otherwise


def importable(obj: Any) -> str:
    """The name under which a module holds a function or a class, as far as it says; empty where nobody knows.

    Of one that ``partial`` holds arguments for, or that is wrapped, its own.
    """
    obj = without_held(inspect.unwrap(without_held(obj)))
    owner, name = getattr(obj, "__self__", None), str(getattr(obj, "__name__", ""))
    return name if name.isidentifier() and (owner is None or isinstance(owner, ModuleType)) else ""


def signature_of(call: Callable[..., Any], kind: str, arguments: tuple[str, ...]) -> inspect.Signature:
    """Signature of a callable; of a built-in one, from the first line of its documentation.

    Raises UsageError where neither is there.
    """
    if isinstance(call, partial) and not hasattr(call, "__signature__"):
        return _rest(call, signature_of(call.func, kind, arguments))
    try:
        told = inspect.signature(call)
    except (TypeError, ValueError) as error:
        inner = inspect.unwrap(call)
        if schema := schema_of(inner):
            return of_schema(schema)
        if (found := documented(inner)) is not None:
            return found
        if isinstance(inner, BuiltinFunctionType):
            return inspect.signature(_arrays_only)
        raise UsageError(
            f"{name_of(call)} has no signature that can be read; expected arrays first, then PyTorch's keywords; "
            f"write a function with the names and pass it instead:\n{template(kind, name_of(call), arguments)}"
        ) from error
    if isinstance(call, type):
        return constructed(call, told)
    decorated = _decorated(call, told)
    return signature_of(decorated, kind, arguments) if decorated else told


def _decorated(call: Callable[..., Any], signature: inspect.Signature) -> Callable[..., Any] | None:
    """The one function that a function of ``*args, **kwargs`` holds: it decorates it, without saying so."""
    if [each.kind for each in signature.parameters.values()] != [*VARIADIC]:
        return None
    cells = [cell for cell in getattr(call, "__closure__", None) or () if cell != CellType()]
    held = [cell.cell_contents for cell in cells if isinstance(cell.cell_contents, FunctionType)]
    own = getattr(call, "__func__", call)
    return held[0] if len(held) == 1 and held[0] is not own else None


def _rest(call: partial[Any], whole: inspect.Signature) -> inspect.Signature:
    """What is left of a signature once ``partial`` has given some of it.

    Raises UsageError where it gives a name that the signature has not.
    """

    def stands_in() -> None:
        """A function of that signature: inspect asks built-in ones, which have none, themselves."""

    stands_in.__signature__ = whole  # type: ignore[attr-defined]
    try:
        return inspect.signature(partial(stands_in, *call.args, **call.keywords))
    except ValueError as error:
        raise UsageError(
            f"{name_of(call)} has no parameter of its own for {', '.join(call.keywords)}, which is held at its "
            "value; expected a function that names what it takes:\n"
            f"    def forward(x, labels): return {name_of(call)}(x, labels)"
        ) from error


def _arrays_only(*arrays: Any) -> None:
    """What a built-in function is taken to be that says nothing of itself."""
