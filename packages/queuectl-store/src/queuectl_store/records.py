"""From the store's rows to its values."""

import json
from types import SimpleNamespace
from typing import Any

from queuectl_store import spec
from queuectl_store.events import Event
from queuectl_store.job import Attempt, Claim, Job, JobId, Worker, WorkerId
from queuectl_store.relations import OnDependencyFailure
from queuectl_store.sql.read import LAST_PREFIX
from queuectl_store.states import JobState, Verb


def job(
    row: Any,
    *,
    last: Attempt | None = None,
    group: str | None = None,
    after: tuple[JobId, ...] = (),
) -> Job:
    """Return the job in *row*, which holds every column of the jobs table."""
    details = spec.decode(row.spec)
    return Job(
        id=JobId(row.id),
        key=row.key,
        state=JobState(row.state),
        queue=row.queue,
        priority=row.priority,
        work=details.work,
        name=row.name,
        tags=details.tags,
        cwd=details.cwd,
        env=details.env,
        environment_id=row.environment_id,
        attempt=row.attempt,
        attempt_base=row.attempt_base,
        token=row.token,
        crashes=row.crashes,
        max_retries=row.max_retries,
        timeout_ms=row.timeout_ms,
        backoff=details.backoff,
        exit_retry=details.exit_retry,
        exit_dead=details.exit_dead,
        created_at=row.created_at,
        run_at=row.run_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        worker_id=row.worker_id,
        cancel_requested=bool(row.cancel_requested),
        note=row.note,
        slots=row.slots,
        guarded=bool(row.guarded),
        concurrency_key=row.concurrency_key,
        resources=json.loads(row.resources) if row.resources else {},
        allotted=json.loads(row.allotted) if row.allotted else {},
        waits_for=row.waits_for,
        group_id=row.group_id,
        unique_key=row.unique_key,
        unmet=row.unmet,
        on_dep_failure=OnDependencyFailure(row.on_dep_failure or OnDependencyFailure.CANCEL),
        cancelled_for=row.cancelled_for,
        fingerprint=row.fingerprint,
        result=row.result,
        progress=row.progress,
        last=last,
        group=group,
        after=after,
    )


def claim(row: Any) -> Claim:
    """Return the claim on the job in *row*."""
    return Claim(job=job(row), token=row.token)


def plain(result: Any) -> list[Any]:
    """Return the rows of *result* as objects whose columns are quick to read."""
    # A row of Core looks for each attribute by its name: 0.5 µs a column, half the cost of a claim.
    names = tuple(result.keys())
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in result.all()]


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
    )


def event(row: Any) -> Event:
    """Return the event in *row*."""
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


def worker(row: Any) -> Worker:
    """Return the worker in *row*; one whose lease ran out unseen is `gone` already."""
    ended = row.state in ("gone", "stopped")
    return Worker(
        id=WorkerId(row.id),
        host=row.host,
        pid=row.pid,
        state=row.state if row.alive or ended else "gone",
        concurrency=row.concurrency,
        queues=None if row.queues is None else tuple(json.loads(row.queues)),
        version=row.version,
        started_at=row.started_at,
        seen_at=row.seen_at,
        running=row.running,
        alive=bool(row.alive),
    )
