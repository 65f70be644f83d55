"""A `NewJob` as text that is kept for later: the job of a schedule's slots, of a group's end.

Lossless, and the only such form. Fields that have their defaults are left out, so that text
which was written before a field existed still means the same job.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, fields
from typing import Any

from queuectl_store import spec
from queuectl_store.errors import InvalidJob
from queuectl_store.job import NewJob, Task
from queuectl_store.relations import (
    Clause,
    Dependency,
    Needs,
    OnDependencyFailure,
    OnDuplicate,
    Unique,
    UniqueScope,
)

# What `spec` writes and reads: bytes that are not UTF-8 and task arguments are its business.
_IN_SPEC = spec.FIELDS


def to_json(new: NewJob) -> str:
    """Return *new* as JSON text in ASCII.

    Raises:
        InvalidJob: Its task's arguments do not fit JSON.
    """
    said = json.loads(spec.encode(new))
    if isinstance(new.work, Task):
        said["task"] = new.work.name
    document: dict[str, Any] = {"spec": said}
    for field in fields(NewJob):
        value = getattr(new, field.name)
        if field.name not in _IN_SPEC and value != _default(field):
            document[field.name] = _plain(value)
    return json.dumps(document, separators=(",", ":"))


def from_json(text: str) -> NewJob:
    """Return the job that `to_json` wrote.

    Raises:
        InvalidJob: Not such a text, or one with fields that only a newer program knows.
    """
    try:
        document = json.loads(text)
        unknown = document.keys() - _NAMES
        if unknown:
            raise InvalidJob(f"the stored job says {_listed(unknown)}, which needs a newer version")
        return NewJob(**_values(document))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidJob(f"the stored job cannot be read: {error!r}") from error


_NAMES = {"spec"} | {field.name for field in fields(NewJob) if field.name not in _IN_SPEC}


def _values(document: Mapping[str, Any]) -> dict[str, Any]:
    said = document["spec"]
    details = spec.decode(json.dumps(said), said.get("task"))
    values = {name: details[name] for name in _IN_SPEC}
    values |= {name: value for name, value in document.items() if name != "spec"}
    if "after" in values:
        values["after"] = tuple(_clause(each) for each in values["after"])
    if "on_dep_failure" in values:
        values["on_dep_failure"] = OnDependencyFailure(values["on_dep_failure"])
    if "unique" in values:
        values["unique"] = _unique(values["unique"])
    return values


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _plain(value: Any) -> Any:
    match value:
        case Unique():
            return asdict(value)
        case Mapping():
            return dict(value)
        case tuple():  # of clauses: no other field has one
            return [[[each.parent, each.needs] for each in clause] for clause in value]
        case _:
            return value


def _clause(rows: list[list[Any]]) -> Clause:
    return tuple(Dependency(parent=parent, needs=Needs(needs)) for parent, needs in rows)


def _unique(values: Mapping[str, Any]) -> Unique:
    return Unique(
        **{
            **values,
            "scope": UniqueScope(values["scope"]),
            "on_duplicate": OnDuplicate(values["on_duplicate"]),
        }
    )


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(map(repr, names)))
