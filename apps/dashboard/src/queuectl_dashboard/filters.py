"""Which jobs a page or the API shows: read from the query string, written back as links."""

from collections.abc import Mapping
from dataclasses import replace

from werkzeug.datastructures import MultiDict

from queuectl_store import (
    JobFilter,
    JobId,
    JobState,
    parse_duration_ms,
)
from queuectl_store.values import dataclass

PAGE = 50
PAGE_MAX = 200
NAMES = (
    *("state", "queue", "search", "task", "name", "tag", "group", "fingerprint", "since"),
    *("limit", "before"),
)

_ID_MAX = 2**63 - 1


class BadQuery(ValueError):
    """The query string asks for something that there is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a query string asks for. *since* is kept as written; *before* is the cursor."""

    states: tuple[JobState, ...] = ()
    queues: tuple[str, ...] = ()
    search: str | None = None
    task: str | None = None
    name: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    group: str | None = None
    fingerprint: str | None = None
    since: str | None = None
    limit: int = PAGE
    before: JobId | None = None

    @property
    def narrows(self) -> bool:
        """Whether it leaves any job out."""
        return self.first() != Query(limit=self.limit)

    def first(self) -> "Query":
        """Go back to the newest jobs."""
        return replace(self, before=None)

    def filter(self, *, now: int) -> JobFilter:
        """Say it in the store's words."""
        since_ms = None if self.since is None else max(0, now - parse_duration_ms(self.since))
        return JobFilter(
            states=self.states,
            queues=self.queues,
            search=self.search,
            task=self.task,
            name=self.name,
            tags=dict(self.tags),
            group=self.group,
            fingerprint=self.fingerprint,
            since_ms=since_ms,
        )

    def arguments(self) -> Mapping[str, list[str]]:
        """Write it as a query string's arguments; what is at its default is left out."""
        written = {
            "state": [state.value for state in self.states],
            "queue": list(self.queues),
            "search": [self.search or ""],
            "task": [self.task or ""],
            "name": [self.name or ""],
            "tag": [f"{key}={value}" for key, value in self.tags],
            "group": [self.group or ""],
            "fingerprint": [self.fingerprint or ""],
            "since": [self.since or ""],
            "limit": ["" if self.limit == PAGE else str(self.limit)],
            "before": ["" if self.before is None else str(self.before)],
        }
        kept = {name: [value for value in values if value] for name, values in written.items()}
        return {name: values for name, values in kept.items() if values}


def read_query(arguments: "MultiDict[str, str]") -> Query:
    """Read a query string.

    Raises:
        BadQuery: A name or a value that means nothing, with what would.
    """
    for argument in arguments:
        if argument not in NAMES:
            raise BadQuery(f"there is no filter {argument!r}; there are {', '.join(NAMES)}")
        if "\0" in "".join(arguments.getlist(argument)):
            raise BadQuery(f"{argument} holds a NUL character, which no job can hold")
    before = arguments.get("before", "")
    return Query(
        states=tuple(dict.fromkeys(map(_state, _given(arguments, "state")))),
        queues=tuple(dict.fromkeys(_given(arguments, "queue"))),
        search=arguments.get("search", "").strip() or None,
        task=arguments.get("task") or None,
        name=arguments.get("name") or None,
        tags=tuple(map(_tag, _given(arguments, "tag"))),
        group=arguments.get("group") or None,
        fingerprint=arguments.get("fingerprint") or None,
        since=_since(arguments.get("since", "").strip()),
        limit=_number("limit", arguments.get("limit") or str(PAGE), most=PAGE_MAX),
        before=JobId(_number("before", before, most=_ID_MAX)) if before else None,
    )


def read_before(arguments: "MultiDict[str, str]") -> int | None:
    """Read the cursor of a list that takes nothing else.

    Raises:
        BadQuery: It is none.
    """
    before = arguments.get("before", "")
    return _number("before", before, most=_ID_MAX) if before else None


def _given(arguments: "MultiDict[str, str]", name: str) -> list[str]:
    # Empty fields of the search form mean nothing.
    return [value for value in arguments.getlist(name) if value]


def _state(text: str) -> JobState:
    try:
        return JobState(text)
    except ValueError:
        raise BadQuery(f"there is no state {text!r}; there are {', '.join(JobState)}") from None


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise BadQuery(f"a tag is written KEY=VALUE, not {text!r}")
    return key, value


def _since(text: str) -> str | None:
    if not text:
        return None
    try:
        parse_duration_ms(text)
    except (ValueError, OverflowError) as error:
        raise BadQuery(f"since is a duration like 30s, 10m or 2d, not {text[:40]!r}") from error
    return text


def _number(name: str, text: str, *, most: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    if not 1 <= number <= most:
        raise BadQuery(f"{name} is a number from 1 to {most}, not {text[:40]!r}")
    return number
