"""Jobs and attempts as the JSON documents of docs/json.md: stable names, absent values null."""

import json
from typing import TYPE_CHECKING, Any

from queuectl_store.instants import moment_of
from queuectl_store.job import Argv, Attempt, Job, Shell, Task

if TYPE_CHECKING:
    # Who shows jobs does not wait for it (decision 24).
    from queuectl_store.explanation import Explanation


def job_document(job: Job, *, reason: str | None = None, log: str | None = None) -> dict[str, Any]:
    """Return the JSON job. Times are ISO 8601 in UTC with milliseconds, durations seconds.

    Args:
        reason: From `Reader.reasons`.
        log: The path of its latest output, for those who can read it.
    """
    last = job.last
    return {
        "id": job.id,
        "state": job.state.value,
        "reason": reason,
        "queue": job.queue,
        "priority": job.priority,
        **_work(job),
        "cwd": job.cwd,
        "name": job.name,
        "tags": dict(job.tags),
        "group": job.group,
        "unique_key": job.unique_key,
        "after": list(job.after),
        "attempt": job.attempt,
        "max_retries": job.max_retries,
        "timeout": _seconds(job.timeout_ms),
        "run_at": instant(job.run_at),
        "created_at": instant(job.created_at),
        "started_at": instant(job.started_at),
        "finished_at": instant(job.finished_at),
        "duration": _seconds(_span(job.started_at, job.finished_at)),
        "worker": job.worker_id,
        "exit_code": last and last.exit_code,
        "signal": last and last.signal,
        "error": last and last.error,
        "result": None if job.result is None else json.loads(job.result),
        "progress": job.progress,
        "log": log,
    }


def run_rules_document(job: Job) -> dict[str, Any]:
    """Return what `show` adds to the JSON job: how its runs are limited, kept and traced."""
    return {
        "memory": job.memory,
        "warning": job.warn and str(job.warn),
        "split_output": job.split_output,
        "trace_id": job.trace and job.trace.trace_id,
    }


def attempt_document(attempt: Attempt) -> dict[str, Any]:
    """Return the JSON attempt; *max_rss*, *log_bytes* and *log_lost* are bytes."""
    return {
        "number": attempt.number,
        "state": attempt.state,
        "worker": attempt.worker_id,
        "started_at": instant(attempt.started_at),
        "finished_at": instant(attempt.finished_at),
        "duration": _seconds(_span(attempt.started_at, attempt.finished_at)),
        "exit_code": attempt.exit_code,
        "signal": attempt.signal,
        "error": attempt.error,
        "max_rss": attempt.max_rss,
        "cpu_seconds": _seconds(attempt.cpu_ms),
        "log_bytes": attempt.log_bytes,
        "log_lost": attempt.log_lost,
    }


def why_document(told: "Explanation") -> dict[str, Any]:
    """Return the answer of `why`; *blockers* are job ids."""
    return {
        "id": told.job.id,
        "state": told.job.state.value,
        "reason": told.reason,
        "detail": told.detail,
        "remedy": told.remedy,
        "blockers": list(told.blockers),
    }


def instant(ms: int | None) -> str | None:
    """Return UTC milliseconds as `2026-11-24T15:30:00.123Z`."""
    if ms is None:
        return None
    return f"{moment_of(ms):%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def _work(job: Job) -> dict[str, Any]:
    argv, task, args, kwargs = None, None, None, None
    match job.work:
        case Argv(argv=words):
            argv = list(words)
        case Task(name=name, args=positional, kwargs=named):
            task, args, kwargs = name, list(positional), dict(named)
        case Shell():
            pass
    shell = None if task is not None else argv is None
    return {
        "command": job.command,
        "argv": argv,
        "shell": shell,
        "task": task,
        "args": args,
        "kwargs": kwargs,
    }


def _span(start: int | None, end: int | None) -> int | None:
    # A wall clock that was stepped back must not give a negative duration.
    return None if start is None or end is None else max(0, end - start)


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000
