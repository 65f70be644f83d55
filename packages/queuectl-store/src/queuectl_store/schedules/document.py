"""Schedules and their slots as the JSON documents of docs/json.md."""

from typing import Any

from queuectl_store.document import instant
from queuectl_store.errors import InvalidJob, InvalidSchedule
from queuectl_store.job import Argv, NewJob, Shell, Task, command_text
from queuectl_store.schedules.cadence import in_words
from queuectl_store.schedules.schedule import Schedule, Slot


def schedule_words(schedule: Schedule) -> str:
    """Return when it is due in English; the expression itself where it cannot be read."""
    try:
        return in_words(schedule.cadence)
    except InvalidSchedule:
        return schedule.cron or ""


def schedule_document(schedule: Schedule) -> dict[str, Any]:
    """Return the JSON schedule; *job* is null where only a newer version can read it."""
    try:
        job = _job(schedule.job())
    except InvalidJob:
        job = None
    return {
        "name": schedule.name,
        "cron": schedule.cron,
        "every": None if schedule.every_ms is None else schedule.every_ms / 1000,
        "tz": schedule.tz,
        "description": schedule_words(schedule),
        "missed": schedule.missed.value,
        "window": schedule.window_ms / 1000,
        "overlap": schedule.overlap.value,
        "paused": schedule.paused,
        "revision": schedule.revision,
        "next_at": instant(schedule.next_at),
        "last_slot": instant(schedule.last_slot),
        "last_fired_at": instant(schedule.last_fired_at),
        "last_job": schedule.last_job_id,
        "created_at": instant(schedule.created_at),
        "job": job,
    }


def slot_document(slot: Slot) -> dict[str, Any]:
    """Return the JSON slot."""
    return {
        "slot": instant(slot.slot),
        "until": instant(slot.until),
        "outcome": slot.outcome.value,
        "at": instant(slot.at),
        "job": slot.job_id,
        "note": slot.note,
    }


def _job(new: NewJob) -> dict[str, Any]:
    work = new.work
    return {
        "queue": new.queue,
        "priority": new.priority,
        "command": command_text(work),
        "argv": list(work.argv) if isinstance(work, Argv) else None,
        "shell": None if isinstance(work, Task) else isinstance(work, Shell),
        "task": work.name if isinstance(work, Task) else None,
        "args": list(work.args) if isinstance(work, Task) else None,
        "kwargs": dict(work.kwargs) if isinstance(work, Task) else None,
        "cwd": new.cwd,
        "name": new.name,
        "tags": dict(new.tags),
        "max_retries": new.max_retries,
        "timeout": None if new.timeout_ms is None else new.timeout_ms / 1000,
    }
