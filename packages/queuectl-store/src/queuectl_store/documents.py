"""What lies beside jobs as the JSON documents of docs/json.md, for the command line and the API."""

from typing import TYPE_CHECKING, Any

from queuectl_store.document import instant

if TYPE_CHECKING:
    # Each is told by who has one already.
    from queuectl_store.dead_reader import DeadGroup
    from queuectl_store.events import Event
    from queuectl_store.job import Worker
    from queuectl_store.limits.queues import Queue, QueueLimits, ResourceUse


def queue_document(queue: "Queue") -> dict[str, Any]:
    """Return a queue with its limits, its jobs by state and the age of the oldest, in seconds."""
    oldest = queue.oldest_pending_ms
    return {
        "name": queue.name,
        "state": queue.state.value,
        **limits_document(queue.limits),
        "counts": {state.value: n for state, n in sorted(queue.counts.items())},
        "running": queue.running,
        "parked": queue.parked,
        "oldest_pending": None if oldest is None else max(0, oldest) / 1_000,
    }


def limits_document(limits: "QueueLimits") -> dict[str, Any]:
    """Return what limits a queue; null where nothing does."""
    rate, key_rate = limits.rate, limits.key_rate
    return {
        "concurrency": limits.concurrency,
        "rate": None if rate is None else str(rate),
        "burst": None if rate is None else rate.burst,
        "key_concurrency": limits.key_concurrency,
        "key_rate": None if key_rate is None else str(key_rate),
        "key_burst": None if key_rate is None else key_rate.burst,
    }


def resource_document(each: "ResourceUse") -> dict[str, Any]:
    """Return a resource with the units that jobs hold."""
    return {
        "name": each.name,
        "capacity": each.capacity,
        "free": each.free,
        "used": list(each.used),
        "waiting": each.waiting,
    }


def worker_document(worker: "Worker") -> dict[str, Any]:
    """Return a worker; `queues` is null where it serves all."""
    return {
        "id": worker.id,
        "state": worker.state,
        "host": worker.host,
        "pid": worker.pid,
        "concurrency": worker.concurrency,
        "running": worker.running,
        "queues": None if worker.queues is None else list(worker.queues),
        "version": worker.version,
        "started_at": instant(worker.started_at),
        "seen_at": instant(worker.seen_at),
        "alive": worker.alive,
    }


def dead_group_document(group: "DeadGroup", *, most: int | None = None) -> dict[str, Any]:
    """Return dead letters of one fault, with up to *most* of their ids."""
    return {
        "fingerprint": group.fingerprint,
        "error": group.error,
        "count": group.count,
        "first_seen": instant(group.first_seen),
        "last_seen": instant(group.last_seen),
        "ids": list(group.ids[:most]),
    }


def event_document(event: "Event") -> dict[str, Any]:
    """Return one fact of the event log."""
    return {
        "at": instant(event.at),
        "job": event.job_id,
        "verb": event.verb.value,
        "state": event.state.value,
        "attempt": event.attempt,
        "worker": event.worker_id,
        "note": event.note,
    }
