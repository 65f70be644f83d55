"""An event as hooks are told of it: a value, in JSON, that needs no further look at the store."""

from collections.abc import Mapping
from typing import Any

from queuectl_store.document import instant, job_document
from queuectl_store.events import Event
from queuectl_store.hooks.hook import ON, Hook
from queuectl_store.job import Job

LONGEST = 2_000  # characters of a command, an error or a note
# Neither arguments nor results, which may hold what is nobody else's business.
_JOB = (
    *("id", "state", "name", "queue", "command", "task", "tags", "group", "priority", "attempt"),
    *("max_retries", "created_at", "run_at", "started_at", "finished_at", "duration", "worker"),
    *("exit_code", "signal", "error"),
)


def happening(hook: Hook, event: Event, job: Job) -> dict[str, Any]:
    """Return *event* as *hook* tells it; the job as it is now."""
    return {
        "type": f"job.{ON[event.verb]}",
        "timestamp": instant(event.at),
        "hook": hook.name,
        "data": {"event": _event(event), "job": _job(job)},
    }


def rehearsal(hook: Hook, *, now: int) -> dict[str, Any]:
    """Return what *hook* tells when a person tries it; the job is none that there is."""
    job = dict.fromkeys(_JOB) | {"id": 0, "name": "test", "tags": {}, "command": "true"}
    return {
        "type": "hook.test",
        "timestamp": instant(now),
        "hook": hook.name,
        "data": {"event": None, "job": job},
    }


def headline(told: Mapping[str, Any]) -> str:
    """Say in one line what happened, for people: `job 12 (backup) dead: exit code 1`."""
    job, event = told["data"]["job"], told["data"]["event"] or {}
    what = told["type"].partition(".")[2]
    name = f" ({job['name']})" if job.get("name") else ""
    reason = event.get("note") or job.get("error")
    return f"job {job['id']}{name} {what}{f': {reason}' if reason else ''}"


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "verb": event.verb.value,
        "state": event.state.value,
        "attempt": event.attempt,
        "worker": event.worker_id,
        "note": _cut(event.note),
    }


def _job(job: Job) -> dict[str, Any]:
    document = job_document(job)
    return {name: _cut(document[name]) for name in _JOB}


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[: LONGEST - 1]}…"
    return value
