"""A claimed job and its end as JSON objects, for the way to a task process and back."""

from dataclasses import asdict, replace
from typing import Any

from queuectl_store import Backoff, Claim, Job, JobState, Task, Trace
from queuectl_store.relations import OnDependencyFailure
from queuectl_worker.executors.pool.link import Message
from queuectl_worker.executors.protocol import Completed, Ending
from queuectl_worker.guardian import Ended
from queuectl_worker.retry import AskedRetry, Exited, GaveUp, Raised, Signalled, SnoozedItself

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Completed, Raised, AskedRetry, GaveUp, SnoozedItself)
}


def pack_claim(claim: Claim) -> Message:
    """Return *claim*, which is one of a task, as JSON values."""
    # What becomes of a run is decided where it was claimed: the rules stay there.
    job = asdict(replace(claim.job, last=None, exit_retry=None, exit_dead=None))
    return {"token": claim.token, "job": job}


def unpack_claim(message: Message) -> Claim:
    """Return the claim that *pack_claim* packed."""
    fields = dict(message["job"])
    work, backoff, trace = fields["work"], fields["backoff"], fields["trace"]
    fields |= {
        "work": Task(name=work["name"], args=tuple(work["args"]), kwargs=work["kwargs"]),
        "state": JobState(fields["state"]),
        "backoff": backoff and Backoff(**backoff),
        "trace": trace and Trace(**trace),
        "on_dep_failure": OnDependencyFailure(fields["on_dep_failure"]),
    }
    return Claim(job=Job(**fields), token=message["token"])


def pack_ending(ending: Ending) -> Message:
    """Return the end of a call as JSON values."""
    return {"kind": type(ending).__name__, "fields": asdict(ending)}


def unpack_ending(message: Message) -> Ending:
    """Return the end that *pack_ending* packed; a kind that is not one of ours is refused."""
    ending: Ending = _KINDS[message["kind"]](**message["fields"])
    return ending


def ending_of_death(report: Ended) -> Ending:
    """Say what the death of a task process, which nobody asked for, means for its run."""
    if report.signal is not None:
        return Signalled(signal=report.signal)
    if report.exit_code:
        return Exited(code=report.exit_code)
    return Raised(kind="ProcessExit", message="the task ended its process")
