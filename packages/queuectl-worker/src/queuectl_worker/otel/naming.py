"""The names and attributes of spans. Pure.

Semantic conventions for messaging 1.44.0; what those have no name for begins with `queuectl.`.
No command, argument or environment: they may hold secrets.
"""

from collections.abc import Sequence
from typing import assert_never

from queuectl_store import Job, NewJob, RunFacts, Task
from queuectl_worker.executors.protocol import Completed, Ending, Stopped, Unserved
from queuectl_worker.retry import (
    AskedRetry,
    CannotStart,
    Crashed,
    Exited,
    GaveUp,
    OverMemory,
    Raised,
    Signalled,
    SnoozedItself,
    TimedOut,
)

SCHEMA_URL = "https://opentelemetry.io/schemas/1.44.0"
SYSTEM = "queuectl"

Attributes = dict[str, str | int | float | bool]


def send_name(jobs: Sequence[NewJob]) -> str:
    """Return the name of the span of an enqueue."""
    return " ".join(["send", *_one_queue(jobs)])


def send_attributes(jobs: Sequence[NewJob]) -> Attributes:
    """Return the attributes of the span of an enqueue; the queue only where all have the same."""
    named: Attributes = {
        "messaging.system": SYSTEM,
        "messaging.operation.type": "send",
        "messaging.operation.name": "send",
    }
    for queue in _one_queue(jobs):
        named["messaging.destination.name"] = queue
    if len(jobs) != 1:
        named["messaging.batch.message_count"] = len(jobs)
    elif isinstance(task := jobs[0].work, Task):
        named["queuectl.task"] = task.name
    return named


def process_name(job: Job) -> str:
    """Return the name of the span of an attempt."""
    return f"process {job.queue}"


def process_attributes(job: Job) -> Attributes:
    """Return the attributes of the span of an attempt."""
    named: Attributes = {
        "messaging.system": SYSTEM,
        "messaging.operation.type": "process",
        "messaging.operation.name": "process",
        "messaging.destination.name": job.queue,
        "messaging.message.id": str(job.id),
        "queuectl.job.attempt": job.attempt,
        "queuectl.job.attempts_left": job.attempts_left,
        "queuectl.job.max_retries": job.max_retries,
    }
    if isinstance(job.work, Task):
        named["queuectl.task"] = job.work.name
    if job.worker_id is not None:
        named["queuectl.worker.id"] = job.worker_id
    return named


def end_attributes(ending: Ending, facts: RunFacts) -> Attributes:
    """Return what the end of a command adds."""
    named: Attributes = {"queuectl.outcome": outcome(ending)}
    if facts.exit_code is not None:
        named["process.exit.code"] = facts.exit_code
    if is_error(ending):
        named["error.type"] = error_type(ending)
    return named


def is_error(ending: Ending) -> bool:
    """Tell whether the attempt failed; one that was stopped, given back or put off did not."""
    return not isinstance(ending, Completed | Stopped | Unserved | SnoozedItself)


def outcome(ending: Ending) -> str:
    """Return how an attempt ended: succeeded, failed, retry, gave_up, snoozed, stopped."""
    match ending:
        case Completed():
            return "succeeded"
        case Stopped() | Unserved():
            return "stopped"
        case SnoozedItself():
            return "snoozed"
        case AskedRetry():
            return "retry"
        case GaveUp():
            return "gave_up"
        case _:
            return "failed"


def error_type(ending: Ending) -> str:
    """Return the kind of a failure; few enough values to group by."""
    match ending:
        case Raised(kind=kind):
            return kind
        case Exited(code=code):
            return f"exit_code_{code}"
        case Signalled(signal=number):
            return f"signal_{number}"
        case TimedOut():
            return "timed_out"
        case OverMemory():
            return "over_memory"
        case CannotStart():
            return "cannot_start"
        case Crashed():
            return "crashed"
        case AskedRetry() | GaveUp() | SnoozedItself() | Completed() | Stopped() | Unserved():
            return outcome(ending)
        case _:
            assert_never(ending)


def _one_queue(jobs: Sequence[NewJob]) -> Sequence[str]:
    queues = {job.queue for job in jobs}
    return tuple(queues) if len(queues) == 1 else ()
