"""What a request brings, checked against a shape before anything is done with it."""

import json
import types
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from flask import Request
from werkzeug.datastructures import MultiDict

S = TypeVar("S", bound=msgspec.Struct)


class BadInput(ValueError):
    """The request cannot be understood, or says what makes no sense.

    Attributes:
        status: 400 where it cannot be read, 415 where it is of another kind, else 422.
    """

    def __init__(self, detail: str, *, status: int = 422) -> None:
        super().__init__(detail)
        self.status = status


def read_query(shape: type[S] | None, arguments: "MultiDict[str, str]") -> S | None:
    """Return the query string as *shape*; None is a shape without any argument.

    Raises:
        BadInput: A name or a value does not fit.
    """
    if shape is None:
        if arguments:
            raise BadInput("this address takes no query", status=400)
        return None
    hints = get_type_hints(shape)
    lists = {name for name, hint in hints.items() if _has(hint, list)}
    said: dict[str, Any] = {}
    for name in arguments:
        values = arguments.getlist(name)
        if any("\0" in value for value in values):
            raise BadInput(f"{name[:40]} holds a NUL character, which nothing can hold", status=400)
        if name not in lists and len(values) > 1:
            raise BadInput(f"{name[:40]} may be given once", status=400)
        if values[0].lower() == "null" and name in hints and not _has(hints[name], str):
            raise BadInput(f"{name} has no value {values[0]!r}", status=400)
        said[name] = values if name in lists else values[0]
    return _converted(said, shape, status=400, strict=False)


def read_body(shape: type[S], request: Request, *, is_optional: bool) -> S:
    """Return the body as *shape*; one that may be left out is then an empty one.

    Raises:
        BadInput: It is no JSON, or does not fit.
    """
    data = request.get_data()
    if not data and is_optional:
        return _converted({}, shape, status=422)
    if request.mimetype != "application/json":
        raise BadInput("send JSON, as Content-Type: application/json", status=415)
    return _converted(parse_json(data), shape, status=422)


def parse_json(data: bytes) -> Any:
    """Return what *data* says.

    Raises:
        BadInput: It is no JSON, or such as two readers would read differently.
    """
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_pairs, parse_constant=_constant)
        # A half of a surrogate pair is no text; no database would take it.
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BadInput(f"the body is no JSON: {reason[:200]}", status=400) from error
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is given twice in one object")
    return found


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _converted(said: Any, shape: type[S], *, status: int, strict: bool = True) -> S:
    try:
        return msgspec.convert(said, shape, strict=strict)
    except msgspec.ValidationError as error:
        raise BadInput(str(error)[:500], status=status) from error
    except (OverflowError, RecursionError) as error:
        raise BadInput("a number or a nesting is beyond all bounds", status=status) from error


def _has(hint: Any, kind: type) -> bool:
    """Tell whether a value of *hint* may be of *kind*."""
    if get_origin(hint) is types.UnionType or get_origin(hint) is Union:
        return any(_has(each, kind) for each in get_args(hint))
    return (get_origin(hint) or hint) is kind or (isinstance(hint, type) and issubclass(hint, kind))
