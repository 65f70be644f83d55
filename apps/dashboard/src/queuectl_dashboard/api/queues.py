"""Queues and their limits, which hold across all workers from the next claim on."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from queuectl_dashboard.api.dead import read_rate
from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.api.kinds import Asked, Count, Shape, Words
from queuectl_dashboard.api.routes import Topic
from queuectl_store import (
    KEEP,
    QUEUE_SETTINGS,
    JobState,
    Keep,
    Queue,
    QueueState,
    Rate,
    queue_document,
    setting,
)

topic = Topic("queues")

Burst = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class QueueDocument(Shape):
    """A queue as it is now.

    `parked`: pending jobs that wait for a limit of their own; `oldest_pending` in seconds.
    `settings`: those that it has in place of the store's.
    """

    name: str
    state: QueueState
    concurrency: Count | None
    rate: str | None
    burst: Count | None
    key_concurrency: Count | None
    key_rate: str | None
    key_burst: Count | None
    counts: dict[JobState, Count]
    running: Count
    parked: Count
    oldest_pending: float | None
    settings: dict[str, str]


class Queues(Shape):
    """The queues that have jobs or limits, by name."""

    queues: list[QueueDocument]


class QueueChange(Asked):
    """What to change; what is not named stays, and null takes a limit or a setting away.

    Rates are written `10/m`, `5/s`, `100/1h`; a burst, which belongs to a rate, is how many may
    start at once. Settings are written as for `queuectl config set`.
    """

    concurrency: Count | UnsetType | None = UNSET
    rate: Words | UnsetType | None = UNSET
    burst: Burst | UnsetType = UNSET
    key_concurrency: Count | UnsetType | None = UNSET
    key_rate: Words | UnsetType | None = UNSET
    key_burst: Burst | UnsetType = UNSET
    settings: dict[str, Words | None] = msgspec.field(default_factory=dict)


_ONE: dict[str, Any] = {"answer": QueueDocument, "problems": (422,)}


@topic.get("/queues", answer=Queues)
def list_queues(desk: Desk) -> dict[str, Any]:
    """List the queues that have jobs or limits."""
    own = desk.store.settings.queues()
    queues = desk.store.reader.queues()
    return {"queues": [_own_document(each, own.get(each.name, {})) for each in queues]}


@topic.act("/queues/<name:name>/pause", **_ONE)
def pause_queue(desk: Desk, name: str) -> dict[str, Any]:
    """Start nothing more of a queue; what runs goes on."""
    desk.store.admin.pause(name)
    return _queue(desk, name)


@topic.act("/queues/<name:name>/resume", **_ONE)
def resume_queue(desk: Desk, name: str) -> dict[str, Any]:
    """Let a queue that was paused or drained take and start jobs again."""
    desk.store.admin.resume(name)
    return _queue(desk, name)


@topic.act("/queues/<name:name>/drain", **_ONE)
def drain_queue(desk: Desk, name: str) -> dict[str, Any]:
    """Refuse new jobs for a queue, and let those that it has come to their end."""
    desk.store.admin.drain(name)
    return _queue(desk, name)


@topic.rule("PATCH", "/queues/<name:name>", body=QueueChange, **_ONE)
def change_queue(desk: Desk, name: str, body: QueueChange) -> dict[str, Any]:
    """Set limits, retry rules and retention of a queue."""
    limits = {
        "concurrency": _kept(body.concurrency),
        "key_concurrency": _kept(body.key_concurrency),
        "rate": _rate(body.rate, body.burst),
        "key_rate": _rate(body.key_rate, body.key_burst),
    }
    _check_settings(body.settings)
    desk.store.admin.set_queue(name, **limits)  # type: ignore[arg-type]
    for each, text in body.settings.items():
        desk.store.settings.set_for_queue(name, each, text)
    return _queue(desk, name)


def _check_settings(wanted: dict[str, str | None]) -> None:
    """Refuse all of a change one of whose settings is wrong."""
    for name, text in wanted.items():
        if name not in QUEUE_SETTINGS:
            raise BadInput(f"a queue has no setting {name[:40]!r}; {', '.join(QUEUE_SETTINGS)}")
        if text is not None:
            setting(name).parse(text)


def _kept(count: int | UnsetType | None) -> int | Keep | None:
    return KEEP if isinstance(count, UnsetType) else count


def _rate(text: str | UnsetType | None, burst: int | UnsetType) -> Rate | Keep | None:
    if isinstance(text, str):
        return read_rate(text, burst=1 if isinstance(burst, UnsetType) else burst)
    if not isinstance(burst, UnsetType):
        raise BadInput("a burst belongs to a rate; give both")
    return KEEP if isinstance(text, UnsetType) else None


def _queue(desk: Desk, name: str) -> dict[str, Any]:
    own = desk.store.settings.queues().get(name, {})
    for queue in desk.store.reader.queues():
        if queue.name == name:
            return _own_document(queue, own)
    return _own_document(Queue(name=name), own)


def _own_document(queue: Queue, settings: dict[str, str]) -> dict[str, Any]:
    return {**queue_document(queue), "settings": settings}
