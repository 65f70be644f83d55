"""Arguments and results as JSON: checked against the function's signature, on the way in and out.

Annotations say what JSON cannot: a parameter annotated with a dataclass, an enumeration, a
`datetime`, `date`, `timedelta`, `Decimal`, `UUID`, `Path`, `bytes`, set or tuple gets that back.
Nothing is ever unpickled, and no name that was stored is imported.
"""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

import msgspec

from queuectl_store import MAX_RESULT, ResultTooLarge
from queuectl_worker.annotations import hints_of, signature_of
from queuectl_worker.context import Context
from queuectl_worker.errors import InvalidArguments, InvalidTask

Values = tuple[tuple[Any, ...], dict[str, Any]]
_OF_THE_RUN: tuple[Any, ...] = (Context, Context | None)
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Signature:
    """What a task's callers may give. A parameter annotated with `Context` is not theirs.

    One annotated with `Context | None` is not either: it may be left out of calls of the function
    itself, as type checkers see it.

    Args:
        name: The task's name, for messages.

    Raises:
        InvalidTask: A parameter's type can never come back from JSON.
    """

    def __init__(self, function: Callable[..., Any], name: str) -> None:
        self._name = name
        whole = signature_of(function)
        hints = hints_of(function)
        self._kinds = {key: hints.get(key, Any) for key in whole.parameters}
        own = [key for key, kind in self._kinds.items() if kind in _OF_THE_RUN]
        given = [each for key, each in whole.parameters.items() if key not in own]
        self._context_name = own[0] if own else None
        self._context_at = _place(whole.parameters, own)
        self._parameters = whole.replace(parameters=given)
        self._variadic = {each.name for each in given if each.kind in _VARIADIC}
        self._names = frozenset(each.name for each in given)
        # Those that a call by names alone has to give; None where there is no such call.
        self._needed = _needed(given)
        for each in given:
            self._check_type(each.name)

    def pack(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Values:
        """Return the arguments as JSON values.

        Raises:
            InvalidArguments: They do not fit the signature, or JSON cannot carry them.
        """
        if self._fits(args, kwargs):
            for key, value in kwargs.items():
                self._packed(key, value)
            return (), {key: to_json_value(value) for key, value in kwargs.items()}
        bound = self._bound(args, kwargs)
        for key, value in bound.arguments.items():
            self._each(key, value, self._packed)
        return tuple(map(to_json_value, args)), {k: to_json_value(v) for k, v in kwargs.items()}

    def unpack(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Values:
        """Return the arguments as the function wants them.

        Raises:
            InvalidArguments: They do not fit the signature of this release.
        """
        if self._fits(args, kwargs):
            return (), {key: self._unpacked(key, value) for key, value in kwargs.items()}
        bound = self._bound(args, kwargs)
        for key, value in bound.arguments.items():
            bound.arguments[key] = self._each(key, value, self._unpacked)
        return bound.args, bound.kwargs

    def with_context(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], context: Context
    ) -> Values:
        """Return what `unpack` gave with the run in its place, if the function takes one."""
        if self._context_name is None:
            return args, kwargs
        at = self._context_at
        if at is not None and at <= len(args):
            return (*args[:at], context, *args[at:]), kwargs
        return args, {**kwargs, self._context_name: context}

    def _fits(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
        """Tell whether a call by names fits; binding it takes as long as a short task."""
        return (
            not args and self._needed is not None and self._needed <= kwargs.keys() <= self._names
        )

    def _bound(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> inspect.BoundArguments:
        try:
            return self._parameters.bind(*args, **kwargs)
        except TypeError as error:
            raise InvalidArguments(f"{self._name}: {error}") from error

    def _each(self, key: str, value: Any, change: Callable[[str, Any], Any]) -> Any:
        if key not in self._variadic:
            return change(key, value)
        if isinstance(value, dict):
            return {name: change(key, each) for name, each in value.items()}
        return tuple(change(key, each) for each in value)

    def _packed(self, key: str, value: Any) -> Any:
        try:
            return self._unpacked(key, to_json_value(value))
        except InvalidArguments:
            raise
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidArguments(f"{self._name}: the argument {key!r}: {error}") from error

    def _unpacked(self, key: str, value: Any) -> Any:
        kind = self._kinds[key]
        if kind is Any:
            return value
        try:
            return msgspec.convert(value, kind, str_keys=True, dec_hook=_from_text)
        except msgspec.ValidationError as error:
            raise InvalidArguments(f"{self._name}: the argument {key!r}: {error}") from error

    def _check_type(self, key: str) -> None:
        kind = self._kinds[key]
        try:
            found = msgspec.inspect.type_info(kind) if kind is not Any else None
        except TypeError as error:
            raise InvalidTask(f"the task {self._name}: parameter {key!r}: {error}") from error
        custom = getattr(found, "cls", None)
        if isinstance(found, msgspec.inspect.CustomType) and not _is_path(custom):
            raise InvalidTask(
                f"the task {self._name}: parameter {key!r} is a {kind!r}, which JSON cannot carry;"
                " pass an id, a dataclass or plain values"
            )


def _place(parameters: Mapping[str, inspect.Parameter], own: Sequence[str]) -> int | None:
    """Return where a call by place gives the first of *own*; None where it is given by name."""
    if not own or parameters[own[0]].kind is inspect.Parameter.KEYWORD_ONLY:
        return None
    return list(parameters).index(own[0])


def _needed(parameters: Sequence[inspect.Parameter]) -> frozenset[str] | None:
    if any(each.kind in (*_VARIADIC, inspect.Parameter.POSITIONAL_ONLY) for each in parameters):
        return None
    without = inspect.Parameter.empty
    return frozenset(each.name for each in parameters if each.default is without)


def to_json_value(value: Any) -> Any:
    """Return *value* in the types of JSON.

    Raises:
        TypeError: JSON cannot carry it; the message names its type.
        ValueError: It is not a finite number, or a key is no text.
    """
    plain = msgspec.to_builtins(value, str_keys=True, enc_hook=_to_text)
    json.dumps(plain, allow_nan=False)  # NaN, infinities, depth
    return plain


def result_text(value: Any) -> str | None:
    """Return a task's result as JSON text; None for None.

    Raises:
        TypeError, ValueError: As `to_json_value`.
        ResultTooLarge: The store does not take so much.
    """
    if value is None:
        return None
    text = json.dumps(to_json_value(value), separators=(",", ":"), allow_nan=False)
    if len(text) > MAX_RESULT:
        raise ResultTooLarge(len(text), MAX_RESULT)
    return text


def _to_text(value: Any) -> Any:
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"JSON cannot carry a {type(value).__name__}; pass an id or plain values")


def _from_text(kind: type, value: Any) -> Any:
    if _is_path(kind) and isinstance(value, str):
        return kind(value)
    raise TypeError(f"cannot make a {kind.__name__} from JSON")


def _is_path(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, PurePath)
