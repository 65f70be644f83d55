"""The annotations of a task's function, those included that name what only type checkers import."""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, get_type_hints

_LENIENT: dict[str, Any] = {}
_LENIENT_SIGNATURE: dict[str, Any] = {}
if sys.version_info >= (3, 14):
    # There annotations are evaluated when they are first asked for (PEP 649), and a name that is
    # not there would be an error then.
    from annotationlib import Format

    _LENIENT["format"] = _LENIENT_SIGNATURE["annotation_format"] = Format.FORWARDREF


def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """Return the signature of *function*, whatever its annotations are."""
    return inspect.signature(function, **_LENIENT_SIGNATURE)


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the types of its parameters by name; without those that cannot be resolved."""
    try:
        return get_type_hints(function)
    except Exception:  # noqa: BLE001  # one that cannot be resolved says nothing; the others do
        return dict(_resolved(function))


def _resolved(function: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    for name, annotation in inspect.get_annotations(function, **_LENIENT).items():
        alone = SimpleNamespace(__annotations__={name: annotation})
        with suppress(Exception):
            yield from get_type_hints(alone, function.__globals__).items()
