"""Which limit a pending job waits for, in the words of waits.py; read inside a transaction."""

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from queuectl_store.job import Job, JobId
from queuectl_store.limits import waits
from queuectl_store.sql.plain import limits as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import JobState

if TYPE_CHECKING:
    # Imported where a limit is looked at: most pending jobs have none (decision 24).
    from queuectl_store.limits.rates import Rate
    from queuectl_store.limits.usage import Usage


def limit_reasons(connection: Connection, jobs: Sequence[Job], *, now_ms: int) -> dict[JobId, str]:
    """Say of those of *jobs* that are pending which limit holds them back, where one does."""
    pending = [job for job in jobs if job.state is JobState.PENDING]
    if not pending:
        return {}
    look = _Look(connection, pending, now_ms * 1_000)
    told = ((job.id, look.reason(job)) for job in pending)
    return {job_id: text for job_id, text in told if text is not None}


class _Look:
    """What of the limits some pending jobs may be told."""

    def __init__(self, connection: Connection, jobs: Sequence[Job], now_us: int) -> None:
        self._now_us = now_us
        self._connection = connection
        self._states = {row.name: row.state for row in sql.QUEUES.run(connection)}
        self._groups = _groups(connection, jobs)
        self._buckets = _buckets(connection, jobs)

    @cached_property
    def _usage(self) -> "Usage":
        from queuectl_store.limits.usage import Usage

        return Usage(self._connection)

    def reason(self, job: Job) -> str | None:
        """Say what holds *job* back; the queue's pause comes before everything else."""
        if self._states.get(job.queue) == "paused":
            return waits.QUEUE_PAUSED
        if job.waits_for is not None:
            return self._own(job, job.waits_for)
        if job.queue not in self._states:
            return None
        limits = self._usage.limits(job.queue)
        if limits.concurrency is not None and self._usage.starts(job.queue) == 0:
            return waits.limit_reached(limits.concurrency, f"queue {job.queue}")
        return self._rate(waits.rate_name(job.queue), limits.rate, is_certain=False)

    def _own(self, job: Job, limit: str) -> str | None:
        kind, subject, key = waits.split_name(limit)
        match kind:
            case "key":
                return waits.limit_reached(self._usage.limits(subject).of_a_key, f"key {key}")
            case "group":
                return self._group(int(subject))
            case "resource" | "missing":
                return self._resource(subject, job.resources.get(subject, 1))
            case "rate":
                return self._rate(limit, self._usage.limits(subject).key_rate, is_certain=True)
            case _:
                return None

    def _group(self, group_id: int) -> str | None:
        group = self._groups.get(group_id)
        if group is None:
            return None
        if group.halted:
            return waits.GROUP_HALTED
        return waits.limit_reached(group.concurrency or 0, f"group {group.name}")

    def _resource(self, name: str, wanted: int) -> str:
        resource = self._usage.resources().get(name)
        if resource is None or wanted > resource.capacity:
            capacity = None if resource is None else resource.capacity
            return waits.resource_missing(name, wanted=wanted, capacity=capacity)
        return waits.resource_taken(name, free=resource.free, capacity=resource.capacity)

    def _rate(self, name: str, rate: "Rate | None", *, is_certain: bool) -> str | None:
        if rate is None:
            return None
        from queuectl_store.limits.rates import Bucket

        bucket = Bucket(rate=rate, full_at_us=self._buckets.get(name, 0))
        if not is_certain and bucket.tokens(self._now_us) > 0:
            return None
        next_ms = bucket.ready_at_ms(self._now_us) - self._now_us // 1_000
        return waits.rate_reached(rate, next_ms=next_ms)


def _groups(connection: Connection, jobs: Iterable[Job]) -> dict[int, Any]:
    ids = {job.group_id for job in jobs if (job.waits_for or "").startswith("group:")}
    if not ids:
        return {}
    wanted = json.dumps([{"id": each} for each in ids])
    return {row.id: row for row in sql.GROUPS.run(connection, {"ids": wanted})}


def _buckets(connection: Connection, jobs: Iterable[Job]) -> dict[str, int]:
    names = {waits.rate_name(job.queue) for job in jobs}
    names |= {job.waits_for for job in jobs if job.waits_for is not None}
    wanted = json.dumps([{"name": name} for name in sorted(names)])
    rows = sql.BUCKETS_NAMED.run(connection, {"names": wanted})
    return {row.name: row.full_at_us for row in rows}
