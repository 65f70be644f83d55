"""With what a task is called, as JSON: written, and refused where it could not be given back."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from queuectl_store.errors import InvalidJob
from queuectl_store.quoting import shown

_DEEPEST = 64
# json.dumps would make an encoder for each call.
_write = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def checked(args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Return how the spec of a job that calls a task with these begins; some are given.

    Raises:
        InvalidJob: The store could not give them back exactly.
    """
    text = dump(given(args, kwargs))
    check([list(args), kwargs], 0)
    return text[:-1]


def check(value: Any, depth: int) -> None:
    """Refuse a value that is nested too deep, *depth* levels being around it, or has other keys.

    Raises:
        InvalidJob: It is, or has.
    """
    # Read back on a deeper stack than this, it must not overflow that one.
    if depth > _DEEPEST:
        raise InvalidJob(f"the arguments are nested more than {_DEEPEST} deep; pass them flat")
    if value is None or isinstance(value, str | int | float):
        return
    match value:
        case Mapping():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise InvalidJob(f"the key {shown(key)} of an argument is not text")
                check(item, depth + 1)
        case list() | tuple():
            for item in value:
                check(item, depth + 1)


def given(args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a spec for them: those that are not empty."""
    pairs = (("args", list(args)), ("kwargs", dict(kwargs)))
    return {kind: values for kind, values in pairs if values}


def dump(fields: Mapping[str, Any]) -> str:
    """Return *fields* as text in ASCII.

    Raises:
        InvalidJob: JSON does not carry them.
    """
    try:
        return _write(fields)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidJob(f"the job's arguments do not fit JSON: {str(error)[:200]}") from error
