"""Which jobs a request means: a filter of the same words as the command line's, or ids."""

from typing import Annotated

import msgspec

from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.api.kinds import Asked, Id, Text
from queuectl_dashboard.api.times import read_since
from queuectl_store import JobFilter, JobId, JobState, Store

_PAGE = 1_000
MOST_IDS = 10_000

Several = Annotated[list[Text], msgspec.Meta(max_length=50)]
States = Annotated[list[JobState], msgspec.Meta(max_length=len(JobState))]


class Filter(Asked):
    """Which jobs; every field narrows, and those of a list are alternatives but for tags.

    `tag` is KEY=VALUE. `since` is how long ago (`10m`, `2d`) or a time with its zone. `search` is
    text that the command, task, arguments, name or reason contains. `fingerprint` is what the
    errors of dead jobs have in common.
    """

    state: States = msgspec.field(default_factory=list)
    queue: Several = msgspec.field(default_factory=list)
    group: Text | None = None
    name: Text | None = None
    tag: Several = msgspec.field(default_factory=list)
    task: Text | None = None
    search: Text | None = None
    since: Text | None = None
    fingerprint: Text | None = None


class Choice(Asked):
    """Jobs to act on: exactly one of `ids`, `filter` and `all` says which.

    With `dry_run` it is done and undone before anybody sees it, to tell what would become of whom.
    """

    ids: Annotated[list[Id], msgspec.Meta(max_length=MOST_IDS)] | None = None
    filter: Filter | None = None
    all: bool = False
    dry_run: bool = False


def filter_of(asked: Filter, *, now_ms: int) -> JobFilter:
    """Return *asked* in the store's words.

    Raises:
        BadInput: A tag or a time cannot be read.
    """
    return JobFilter(
        states=tuple(asked.state),
        queues=tuple(asked.queue),
        group=asked.group,
        name=asked.name,
        tags=dict(map(_tag, asked.tag)),
        task=asked.task,
        search=asked.search,
        since_ms=None if asked.since is None else read_since(asked.since, now_ms=now_ms),
        fingerprint=asked.fingerprint,
    )


def chosen_ids(store: Store, choice: Choice, *, states: frozenset[JobState]) -> list[JobId]:
    """Return the ids that *choice* means, lowest first where it is a filter.

    Args:
        states: Those that a filter means where it names none.

    Raises:
        BadInput: It says none of the three ways, or several.
        UnknownGroup: The filter names a group that there is not.
    """
    if [choice.ids is not None, choice.filter is not None, choice.all].count(True) != 1:
        raise BadInput("say which jobs: exactly one of ids, filter and all")
    if choice.ids is not None:
        return [JobId(each) for each in dict.fromkeys(choice.ids)]
    asked = choice.filter or Filter()
    if choice.filter == Filter():
        raise BadInput("the filter is empty; all is true where every job is meant")
    if asked.group is not None:
        store.reader.group(asked.group)
    asked = msgspec.structs.replace(asked, state=asked.state or sorted(states))
    return sorted(_matching(store, filter_of(asked, now_ms=store.reader.now_ms())))


def _matching(store: Store, wanted: JobFilter) -> list[JobId]:
    found: list[JobId] = []
    while page := store.reader.page(wanted, limit=_PAGE, before=found[-1] if found else None):
        found += [job.id for job in page]
    return found


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise BadInput(f"a tag is written KEY=VALUE, not {text[:40]!r}")
    return key, value
