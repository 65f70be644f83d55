"""A claimed job and its end as JSON objects, for the way to a task process and back."""

from dataclasses import asdict, fields
from operator import attrgetter
from typing import Any

from queuectl_store import Backoff, Claim, Job, JobState, Task, Trace
from queuectl_store.relations import OnDependencyFailure
from queuectl_worker.executors.pool.link import Message, packed
from queuectl_worker.executors.protocol import Completed, Ending
from queuectl_worker.retry import AskedRetry, GaveUp, Raised, SnoozedItself

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Completed, Raised, AskedRetry, GaveUp, SnoozedItself)
}
# What becomes of a run is decided where it was claimed: the rules stay there.
_STAYS = frozenset({"last", "exit_retry", "exit_dead", "warn", "left_to_task"})
_NAMES = tuple(each.name for each in fields(Job) if each.name not in _STAYS)
_values = attrgetter(*_NAMES)


def packed_claim(claim: Claim, *, log: str) -> bytes:
    """Return *claim*, which is one of a task, as a message.

    Args:
        log: Where its output is to be found.
    """
    # Not by `asdict`, which copies everything on every level and took most of a hand-over.
    job = dict(zip(_NAMES, _values(claim.job), strict=True))
    work = job["work"]
    assert isinstance(work, Task)
    job["work"] = {"name": work.name, "args": work.args, "kwargs": work.kwargs}
    for name in ("backoff", "trace"):
        if job[name] is not None:
            job[name] = asdict(job[name])
    return packed({"token": claim.token, "job": job, "log": log})


def unpack_claim(message: Message) -> Claim:
    """Return the claim that *packed_claim* packed."""
    values = dict(message["job"])
    work, backoff, trace = values["work"], values["backoff"], values["trace"]
    values |= {
        "work": Task(name=work["name"], args=tuple(work["args"]), kwargs=work["kwargs"]),
        "state": JobState(values["state"]),
        "backoff": backoff and Backoff(**backoff),
        "trace": trace and Trace(**trace),
        "on_dep_failure": OnDependencyFailure(values["on_dep_failure"]),
    }
    return Claim(job=Job(**values), token=message["token"])


def pack_ending(ending: Ending) -> Message:
    """Return the end of a call as JSON values."""
    # Flat values all of them; `asdict` would copy each on every level.
    values = {name: getattr(ending, name) for name in type(ending).__slots__}
    return {"kind": type(ending).__name__, "fields": values}


def unpack_ending(message: Message) -> Ending:
    """Return the end that *pack_ending* packed; a kind that is not one of ours is refused."""
    ending: Ending = _KINDS[message["kind"]](**message["fields"])
    return ending
