"""From the store's rows to its values."""

import json
from collections import namedtuple
from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from queuectl_store import spec
from queuectl_store.job import Attempt, Claim, Job, JobId, Worker, WorkerId
from queuectl_store.relations import OnDependencyFailure
from queuectl_store.sql.names import LAST_PREFIX, Known
from queuectl_store.states import JobState, Verb
from queuectl_store.unread import Unread

if TYPE_CHECKING:
    # Who reads jobs does not wait for it (decision 24).
    from queuectl_store.events import Event

_STATES = {state.value: state for state in JobState}
# A frozen dataclass sets each field by object.__setattr__, which took 14 µs for the 47 of a job.
# On a class of the same slots it takes a few; the job is frozen afterwards. Filling a dictionary
# at once takes longer: it grows, and the collector looks through it.
_NAMES = tuple(field.name for field in fields(Job))
_Draft: Any = type("_Draft", (Unread,), {"__slots__": _NAMES})
# What moving a job from its claim to its end looks at; of most jobs nobody asks for the rest.
_AT_ONCE = frozenset(
    {"id", "queue", "priority", "work", "attempt", "token", "timeout_ms", "started_at"}
    | {"slots", "guarded", "left_to_task"}
)
_LATER = [(name, getattr(Job, name).__set__) for name in _NAMES if name not in _AT_ONCE]


def job(
    row: Any,
    *,
    last: Attempt | None = None,
    group: str | None = None,
    after: tuple[JobId, ...] = (),
) -> Job:
    """Return the job in *row*, which holds every column of the jobs table."""
    details = spec.decode(row.spec, row.task)
    draft = _Draft()
    draft.id = row.id
    draft.key = row.key
    draft.state = _STATES[row.state]
    draft.queue = row.queue
    draft.priority = row.priority
    draft.work = details["work"]
    draft.name = row.name
    draft.tags = details["tags"]
    draft.cwd = details["cwd"]
    draft.env = details["env"]
    draft.environment_id = row.environment_id
    draft.attempt = row.attempt
    draft.attempt_base = row.attempt_base
    draft.token = row.token
    draft.crashes = row.crashes
    draft.max_retries = row.max_retries
    draft.timeout_ms = row.timeout_ms
    draft.backoff = details["backoff"]
    draft.exit_retry = details["exit_retry"]
    draft.exit_dead = details["exit_dead"]
    draft.memory = details["memory"]
    draft.warn = details["warn"]
    draft.split_output = details["split_output"]
    draft.input = details["input"]
    draft.created_at = row.created_at
    draft.run_at = row.run_at
    draft.started_at = row.started_at
    draft.finished_at = row.finished_at
    draft.worker_id = row.worker_id
    draft.cancel_requested = bool(row.cancel_requested)
    draft.note = row.note
    draft.slots = row.slots
    draft.guarded = bool(row.guarded)
    draft.concurrency_key = row.concurrency_key
    draft.resources = json.loads(row.resources) if row.resources else {}
    draft.allotted = json.loads(row.allotted) if row.allotted else {}
    draft.waits_for = row.waits_for
    draft.group_id = row.group_id
    draft.unique_key = row.unique_key
    draft.unmet = row.unmet
    draft.on_dep_failure = _on_dep_failure(row.on_dep_failure)
    draft.cancelled_for = row.cancelled_for
    draft.fingerprint = row.fingerprint
    draft.result = row.result
    draft.progress = row.progress
    draft.last = last
    draft.group = group
    draft.after = after
    draft.trace = details["trace"]
    draft.left_to_task = details["left_to_task"]
    draft.__class__ = Job
    made: Job = draft
    return made


def _on_dep_failure(text: str | None) -> OnDependencyFailure:
    return OnDependencyFailure(text) if text else OnDependencyFailure.CANCEL


def claim(row: Any) -> Claim:
    """Return the claim on the job in *row*."""
    return Claim(job=job(row), token=row.token)


def claims(result: Any, known: Known = ()) -> list[Claim]:
    """Return the claims that a statement made, by the rows of `OF_A_CLAIM` that it gave back.

    Args:
        known: The columns that it did not give back, since they are the same for all.
    """
    return list(map(_claimed, map(_shape(tuple(result.keys()), known), result.fetchall())))


def _claimed(row: Any) -> Claim:
    ready_at: int = row.created_at
    if row.run_at is not None and row.run_at > ready_at:
        ready_at = row.run_at
    if row.pending_at is not None and row.pending_at > ready_at:
        ready_at = row.pending_at
    draft = _Draft()
    draft.id = row.id
    draft.queue = row.queue
    draft.priority = row.priority
    draft.work, draft.left_to_task = spec.work_of(row.spec, row.task)
    draft.attempt = row.attempt
    draft.token = row.token
    draft.timeout_ms = row.timeout_ms
    draft.started_at = row.started_at
    draft.slots = row.slots
    draft.guarded = bool(row.guarded)
    draft._unread = partial(_read_the_rest, row)  # noqa: SLF001 as `job`, it makes one
    draft.__class__ = Job
    return Claim(draft, row.token, ready_at)


def _read_the_rest(row: Any, part: Job) -> None:
    whole = job(row)
    for name, put in _LATER:
        put(part, getattr(whole, name))


@lru_cache
def _shape(columns: tuple[str, ...], known: Known) -> Callable[[Iterable[Any]], Any]:
    """Return what makes rows of *columns*, and of what is *known* of all, quick to read."""
    # The statement names the columns, so mypy cannot.
    plain: Any = namedtuple("Plain", columns)  # type: ignore[misc]  # noqa: PYI024
    make: Callable[[Iterable[Any]], Any] = type(
        "Row", (plain,), {"__slots__": (), **dict(known)}
    )._make  # type: ignore[attr-defined]
    return make


def job_with_last(row: Any, *, after: tuple[JobId, ...] = ()) -> Job:
    """Return the job in *row* with its latest ended attempt, which has prefixed columns."""
    ended = getattr(row, LAST_PREFIX + "finished_at") is not None
    last = attempt(row, prefix=LAST_PREFIX) if ended else None
    return job(row, last=last, group=row.group_name, after=after)


def attempt(row: Any, *, prefix: str = "") -> Attempt:
    """Return the attempt in *row*."""

    def value(name: str) -> Any:
        return getattr(row, prefix + name)

    return Attempt(
        number=value("number"),
        token=value("token"),
        state=value("state"),
        worker_id=value("worker_id"),
        started_at=value("started_at"),
        finished_at=value("finished_at"),
        exit_code=value("exit_code"),
        signal=value("signal"),
        error=value("error"),
        max_rss=value("max_rss"),
        cpu_ms=value("cpu_ms"),
        log_bytes=value("log_bytes"),
        log_lost=value("log_lost"),
    )


def event(row: Any) -> "Event":
    """Return the event in *row*."""
    from queuectl_store.events import Event

    return Event(
        id=row.id,
        at=row.at,
        job_id=JobId(row.job_id),
        verb=Verb(row.verb),
        state=JobState(row.state),
        attempt=row.attempt,
        worker_id=row.worker_id,
        note=row.note,
    )


def _state_of(worker: Any) -> str:
    return "quiet" if (worker.state, worker.stop) == ("stopping", "quiet") else str(worker.state)


def worker(row: Any) -> Worker:
    """Return the worker in *row*; one whose lease ran out unseen is `gone` already."""
    ended = row.state in ("gone", "stopped")
    return Worker(
        id=WorkerId(row.id),
        host=row.host,
        pid=row.pid,
        state=_state_of(row) if row.alive or ended else "gone",
        concurrency=row.concurrency,
        queues=None if row.queues is None else tuple(json.loads(row.queues)),
        version=row.version,
        started_at=row.started_at,
        seen_at=row.seen_at,
        running=row.running,
        alive=bool(row.alive),
    )
