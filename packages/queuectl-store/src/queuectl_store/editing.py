"""Changing a stored job, inside a transaction: what may change when, and what was before."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from queuectl_store import records, spec
from queuectl_store.clock import Times
from queuectl_store.document import job_document
from queuectl_store.errors import KeyTaken, RefusedInState, StoreError, UnknownJob
from queuectl_store.job import Backoff, Job, JobId, NewJob, Task, Work
from queuectl_store.ledger import moved as move
from queuectl_store.moving import Moved
from queuectl_store.recording import write_moves
from queuectl_store.relations import Unique
from queuectl_store.replays import PREFIX
from queuectl_store.sql.names import EDITED
from queuectl_store.sql.plain import admin as sql
from queuectl_store.sql.plain import unique
from queuectl_store.sql.statement import Connection
from queuectl_store.states import TRANSITIONS, JobState, Verb
from queuectl_store.values import dataclass

_WORK_KEYS = ("argv", "shell", "task", "args", "kwargs")
# What an event tells of, by the names of the JSON job.
_TOLD = (
    *("command", "argv", "shell", "task", "args", "kwargs", "cwd", "queue", "priority", "name"),
    *("tags", "max_retries", "timeout", "run_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What to change; None leaves it as it is.

    Attributes:
        run_at: UTC milliseconds; 0 is at once. Not of a dead job, which a retry runs at once.
        timeout_ms, memory: 0 is none.
        name: Empty is none.
        tags: In place of all that there were.
    """

    work: Work | None = None
    queue: str | None = None
    priority: int | None = None
    name: str | None = None
    tags: Mapping[str, str] | None = None
    cwd: str | None = None
    run_at: int | None = None
    max_retries: int | None = None
    timeout_ms: int | None = None
    memory: int | None = None
    backoff: Backoff | None = None


def edit(
    connection: Connection,
    times: Times,
    ids: Sequence[JobId],
    change: Edit,
    *,
    only: frozenset[JobState] = TRANSITIONS[Verb.EDIT].sources,
) -> Moved:
    """Make *change* to those of *ids* that are in *only*, each with an event of what was before.

    Raises:
        InvalidJob: A job could not be stored as it would be then.
    """
    done: list[JobId] = []
    refused: list[StoreError] = []
    for job_id in sorted(set(ids)):
        try:
            _edit_one(connection, times, job_id, change, only)
        except (UnknownJob, RefusedInState, KeyTaken) as error:
            refused.append(error)
        else:
            done.append(job_id)
    return Moved(done=tuple(done), refused=tuple(refused))


def _edit_one(
    connection: Connection,
    times: Times,
    job_id: JobId,
    change: Edit,
    only: frozenset[JobState],
) -> None:
    row = sql.OPEN.run(connection, {"job": job_id}).first()
    if row is None:
        raise UnknownJob(job_id)
    before = records.job(row)
    _check_state(before, change, only)
    wanted = _wanted(before, change)
    text = _spec(row.spec, wanted, change)
    spec.check(wanted, text)
    values = {**_columns(row, wanted), "to_spec": text, **_slot(connection, row, wanted)}
    moved = sql.EDIT.run(connection, {"job": job_id, **values, **times}).one()
    after = records.job(sql.OPEN.run(connection, {"job": job_id}).one())
    changes = _changes(before, after)
    # One that was due and not staged yet has become pending, though nothing else is new.
    if not changes and after.state is before.state:
        return
    note = json.dumps(changes)
    left = before.queue if before.queue != moved.queue else None
    event = move(moved, Verb.EDIT, note=note)._replace(source=before.state, left_queue=left)
    write_moves(connection, times, [event])


def _check_state(job: Job, change: Edit, only: frozenset[JobState]) -> None:
    if job.state not in only:
        raise RefusedInState(job.id, "edit", job.state, sorted(only))
    if change.run_at is not None and job.state is JobState.DEAD:
        waiting = TRANSITIONS[Verb.EDIT].sources - {JobState.DEAD}
        raise RefusedInState(job.id, "edit the time of", job.state, sorted(waiting))


def _wanted(job: Job, change: Edit) -> NewJob:
    """Return the job as it would be asked for, with the change made."""
    return NewJob(
        work=change.work or job.work,
        queue=job.queue if change.queue is None else change.queue,
        priority=job.priority if change.priority is None else change.priority,
        name=job.name if change.name is None else change.name or None,
        tags=job.tags if change.tags is None else change.tags,
        cwd=job.cwd if change.cwd is None else change.cwd,
        env=job.env,
        run_at=job.run_at if change.run_at is None else change.run_at,
        max_retries=job.max_retries if change.max_retries is None else change.max_retries,
        timeout_ms=(job.timeout_ms if change.timeout_ms is None else change.timeout_ms) or None,
        backoff=change.backoff or job.backoff,
        exit_retry=job.exit_retry,
        exit_dead=job.exit_dead,
        memory=(job.memory if change.memory is None else change.memory) or None,
        warn=job.warn,
        split_output=job.split_output,
        input=job.input,
    )


def _spec(old: str, wanted: NewJob, change: Edit) -> str:
    """Return the spec with what *change* names in it replaced, and all else as it was."""
    plain = ("tags", "cwd", "backoff", "memory")
    touched = [name for name in plain if getattr(change, name) is not None]
    touched += _WORK_KEYS if change.work is not None else ()
    fields, new = json.loads(old), json.loads(spec.encode(wanted))
    for name in touched:
        fields.pop(name, None)
    fields.update((name, new[name]) for name in touched if name in new)
    left = [name for name in fields.pop("left_to_task", ()) if getattr(change, name) is None]
    if left and isinstance(wanted.work, Task):
        fields["left_to_task"] = left
    return json.dumps(fields, separators=(",", ":"))


def _columns(row: Any, wanted: NewJob) -> dict[str, Any]:
    values = {f"to_{name}": getattr(wanted, name) for name in EDITED if hasattr(wanted, name)}
    # What held it back was a limit of its old queue; and one that waits for its time must not be
    # given room that others wait for. A paced retry goes on.
    is_as_before = (wanted.queue, wanted.run_at) == (row.queue, row.run_at)
    stays = is_as_before or (row.waits_for or "").startswith(PREFIX)
    task = wanted.work.name if isinstance(wanted.work, Task) else None
    return {**values, "to_task": task, "to_waits_for": row.waits_for if stays else None}


def _slot(connection: Connection, row: Any, wanted: NewJob) -> dict[str, Any]:
    """Return the unique slot that the job has in the queue that it goes to.

    Raises:
        KeyTaken: Another job has it.
    """
    if row.unique_slot is None or not row.unique_slot.startswith("queue:"):
        return {"to_slot": row.unique_slot}
    slot = Unique(key=row.unique_key).slot(wanted.queue)
    if row.unique_live:
        values = {"taken_slots": json.dumps([{"slot": slot}])}
        for holder in unique.HOLDERS.run(connection, values):
            if holder.id != row.id:
                raise KeyTaken(row.id, Verb.EDIT, row.unique_key, holder.id)
    return {"to_slot": slot}


def _changes(before: Job, after: Job) -> dict[str, Any]:
    """Return what *before* had where *after* has something else."""
    old, new = job_document(before), job_document(after)
    changes = {name: old[name] for name in _TOLD if old[name] != new[name]}
    if before.memory != after.memory:
        changes["memory"] = before.memory
    if before.backoff != after.backoff:
        backoff = before.backoff
        changes["backoff"] = backoff and [backoff.base, backoff.max_s, backoff.jitter]
    return changes
