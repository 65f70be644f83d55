"""The names of limits, as `jobs.waits_for` holds them, and what they say to a person. Pure.

`key:QUEUE/KEY`, `group:ID`, `resource:NAME`, `missing:NAME` (there is no such resource, or less
of it than the job asks for), `rate:QUEUE` and `rate:QUEUE/KEY`. A slash in a queue's name is
written `%2F`, which no queue's name holds, so that no two limits share a name.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Who only names limits does not wait for it (decision 24).
    from queuectl_store.limits.rates import Rate


def key_name(queue: str, key: str) -> str:
    """Name the concurrency of a key."""
    return f"key:{_queue(queue)}/{key}"


def group_name(group_id: int) -> str:
    """Name the concurrency of a group."""
    return f"group:{group_id}"


def resource_name(resource: str) -> str:
    """Name what is shared of a resource."""
    return f"resource:{resource}"


def missing_name(resource: str) -> str:
    """Name the lack of a resource that nobody has, or not as much of."""
    return f"missing:{resource}"


def rate_name(queue: str, key: str | None = None) -> str:
    """Name the rate of a queue, or of one key in it."""
    return f"rate:{_queue(queue)}" if key is None else f"rate:{_queue(queue)}/{key}"


def split_name(name: str) -> tuple[str, str, str | None]:
    """Return kind, subject and key of a limit's name: the inverse of the functions above."""
    kind, _, rest = name.partition(":")
    if kind not in ("key", "rate"):
        return kind, rest, None
    queue, slash, key = rest.partition("/")
    return kind, queue.replace("%2F", "/"), key if slash else None


def limit_reached(limit: int, subject: str) -> str:
    """Say that as many run as may."""
    return f"limit {limit} reached ({subject})"


def resource_taken(name: str, *, free: int, capacity: int) -> str:
    """Say how much of a resource is left."""
    return f"resource {name}: {free} of {capacity} free"


def resource_missing(name: str, *, wanted: int, capacity: int | None) -> str:
    """Say that there is not enough of a resource in all."""
    if capacity is None:
        return f"no resource {name}"
    return f"needs {wanted} {name}, there is {capacity}"


def rate_reached(rate: "Rate", *, next_ms: int) -> str:
    """Say when the rate lets the next one start."""
    seconds = -(-next_ms // 1_000)
    return f"rate {rate}, next in {seconds} s" if seconds > 0 else f"rate {rate}, next now"


def too_wide(slots: int) -> str:
    """Say that a job needs more slots than any worker has."""
    return f"no worker has {slots} slots"


QUEUE_PAUSED = "queue paused"
GROUP_HALTED = "group halted"


def _queue(queue: str) -> str:
    return queue.replace("/", "%2F")
