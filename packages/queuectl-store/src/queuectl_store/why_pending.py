"""Why a pending job is not running: a limit, its queue, no worker, or others that come first."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from queuectl_store.explanation import MOST, Found
from queuectl_store.job import Job, JobId, Worker
from queuectl_store.limits.waits import GROUP_HALTED
from queuectl_store.sql.plain import why as sql
from queuectl_store.sql.statement import Connection


def pending(
    connection: Connection, job: Job, workers: Sequence[Worker], reason: str | None
) -> Found:
    """Say what a pending job waits for; *reason* is what a list says of it."""
    if stopped := _queue_stops(connection, job, reason or ""):
        return stopped
    if job.waits_for:
        return _waits_for_limit(connection, job, job.waits_for, reason)
    return _no_worker(job, workers) or _in_line(connection, job, workers)


def _waits_for_limit(connection: Connection, job: Job, limit: str, reason: str | None) -> Found:
    kind, _, name = limit.partition(":")
    match kind:
        case "key":
            return _taken(
                _holders(connection, job, lambda row: row.concurrency_key == job.concurrency_key),
                f"as many jobs of the key {job.concurrency_key!r} run in {job.queue} as may",
                f"`queuectl queue set {job.queue} --key-concurrency N` allows more",
            )
        case "group" if reason == GROUP_HALTED:
            return Found(
                detail="its group was halted, and starts nothing any more",
                remedy=f"it will be cancelled; `queuectl retry {job.id}` lifts the halt",
            )
        case "group":
            same_group = _holders(connection, job, lambda row: row.group_id == job.group_id)
            return _taken(same_group, "as many jobs of its group run as may", None)
        case "resource" | "missing":
            return _resource(connection, job, name)
        case _:
            return _rate(connection, limit)


def _resource(connection: Connection, job: Job, name: str) -> Found:
    wanted = job.resources.get(name, 1)
    capacity = sql.RESOURCE.run(connection, {"of_resource": name}).scalar()
    remedy = f"`queuectl resource set {name} N` says how much there is"
    if capacity is None:
        return Found(detail=f"nobody said how much {name} there is", remedy=remedy)
    if wanted > capacity:
        detail = f"it needs {wanted} of {name}, and there is {capacity} in all"
        return Found(detail=detail, remedy=remedy)
    holders = _holders(connection, job, lambda row: name in json.loads(row.resources or "{}"))
    detail = f"it needs {wanted} of {name}; there is {capacity}, and others have it"
    return Found(detail=detail, remedy=remedy, blockers=holders)


def _rate(connection: Connection, limit: str) -> Found:
    bucket = sql.BUCKET.run(connection, {"of_bucket": limit}).first()
    pace = f"{bucket.rate} each {bucket.rate_ms / 1000:g} s" if bucket else "its rate"
    what = "the retry of dead letters" if limit.startswith("replay:") else "its rate limit"
    return Found(detail=f"{what} lets out {pace}", remedy="it starts by itself at its turn")


def _queue_stops(connection: Connection, job: Job, reason: str) -> Found | None:
    queue = sql.QUEUE.run(connection, {"of_queue": job.queue}).first()
    if queue is None:
        return None
    if queue.state == "paused":
        return Found(
            detail=f"the queue {job.queue} is paused",
            remedy=f"`queuectl queue resume {job.queue}`",
        )
    if job.waits_for:
        return None
    if reason.startswith("rate "):
        return Found(
            detail=f"the queue {job.queue} has a {reason}",
            remedy=f"it starts at its turn; `queuectl queue set {job.queue} --rate R` changes it",
        )
    if queue.concurrency is not None:
        holders = _holders(connection, job, lambda _: True)
        if len(holders) >= queue.concurrency:
            return _taken(
                holders,
                f"{len(holders)} jobs of {job.queue} run, as many as may",
                f"`queuectl queue set {job.queue} --concurrency N` allows more",
            )
    return None


def _no_worker(job: Job, workers: Sequence[Worker]) -> Found | None:
    serving = [each for each in workers if each.queues is None or job.queue in each.queues]
    able = [each for each in serving if each.state == "running"]
    if not serving:
        return Found(
            detail=f"no worker serves the queue {job.queue}",
            remedy=f"`queuectl worker start --queue {job.queue}`",
        )
    if not able:
        return Found(
            detail=f"every worker that serves {job.queue} is quiet or stopping",
            remedy=f"`queuectl worker start --queue {job.queue}`",
        )
    if job.slots > max(each.concurrency for each in able):
        return Found(
            detail=f"it takes {job.slots} slots, and no worker has so many",
            remedy=f"`queuectl worker start --concurrency {job.slots}`",
        )
    return None


def _in_line(connection: Connection, job: Job, workers: Sequence[Worker]) -> Found:
    place = {"job": job.id, "of_queue": job.queue, "of_priority": job.priority, "at_most": MOST}
    ahead = sql.AHEAD.run(connection, place).scalar_one()
    serving = [each for each in workers if each.queues is None or job.queue in each.queues]
    slots, busy = sum(each.concurrency for each in serving), sum(each.running for each in serving)
    count = f"{ahead} or more" if ahead == MOST else str(ahead)
    line = f"{count} jobs come first; workers hold {busy} jobs in {slots} slots"
    if job.note and job.last and job.last.state == "released":
        line = f"a worker gave it back: {job.note}; {line}"
        if not ahead and busy < slots:
            # One whose host cannot start jobs waits for up to half a minute before it claims again.
            return Found(
                detail=line, remedy="it is tried again by itself; `queuectl doctor` may help"
            )
    return Found(
        detail=line,
        remedy="more workers or a higher priority make it start sooner",
    )


def _taken(holders: tuple[JobId, ...], detail: str, more: str | None) -> Found:
    remedy = "it starts when one of them ends"
    return Found(detail=detail, remedy=f"{remedy}; {more}" if more else remedy, blockers=holders)


def _holders(connection: Connection, job: Job, is_one: Callable[[Any], bool]) -> tuple[JobId, ...]:
    everywhere = bool(job.waits_for and job.waits_for.startswith(("resource:", "group:")))
    statement = sql.RUNNING if everywhere else sql.RUNNING_IN_QUEUE
    values = {"at_most": MOST} if everywhere else {"at_most": MOST, "of_queue": job.queue}
    return tuple(JobId(row.id) for row in statement.run(connection, values) if is_one(row))
