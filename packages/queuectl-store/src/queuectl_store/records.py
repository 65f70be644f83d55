"""From the store's rows to its values."""

import json
from collections import namedtuple
from collections.abc import Callable, Iterable
from dataclasses import fields, make_dataclass
from functools import lru_cache
from typing import Any

from queuectl_store import spec
from queuectl_store.events import Event
from queuectl_store.job import Attempt, Claim, Job, JobId, Worker, WorkerId
from queuectl_store.relations import OnDependencyFailure
from queuectl_store.sql.names import LAST_PREFIX
from queuectl_store.states import JobState, Verb

# A frozen dataclass sets each field by object.__setattr__, which took 14 µs for the 47 of a job.
# On a class of the same slots it takes 4; the job is frozen afterwards.
_Draft: type[Job] = make_dataclass(
    "_Draft", [(field.name, field.type) for field in fields(Job)], slots=True, kw_only=True
)


def job(
    row: Any,
    *,
    last: Attempt | None = None,
    group: str | None = None,
    after: tuple[JobId, ...] = (),
) -> Job:
    """Return the job in *row*, which holds every column of the jobs table."""
    details = spec.decode(row.spec)
    draft = _Draft(
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
        memory=details.memory,
        warn=details.warn,
        split_output=details.split_output,
        input=details.input,
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
        on_dep_failure=_on_dep_failure(row.on_dep_failure),
        cancelled_for=row.cancelled_for,
        fingerprint=row.fingerprint,
        result=row.result,
        progress=row.progress,
        last=last,
        group=group,
        after=after,
        trace=details.trace,
    )
    draft.__class__ = Job
    return draft


def _on_dep_failure(text: str | None) -> OnDependencyFailure:
    return OnDependencyFailure(text) if text else OnDependencyFailure.CANCEL


def claim(row: Any) -> Claim:
    """Return the claim on the job in *row*."""
    return Claim(job=job(row), token=row.token)


def plain(result: Any) -> list[Any]:
    """Return the rows of *result* as objects whose columns are quick to read."""
    # A row of Core looks for each attribute by its name: 0.5 µs a column, half the cost of a claim.
    return list(map(_shape(tuple(result.keys())), result.all()))


@lru_cache
def _shape(columns: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    """Return what makes rows of *columns* into plain tuples with names."""
    # The statement names the columns, so mypy cannot.
    plain: Any = namedtuple("Plain", columns)  # type: ignore[misc]  # noqa: PYI024
    make: Callable[[Iterable[Any]], Any] = plain._make
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
