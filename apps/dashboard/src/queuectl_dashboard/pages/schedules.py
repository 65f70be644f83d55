"""The schedules: when they are due, in words and as times, and what became of the last slots."""

from dataclasses import replace

from flask import render_template

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.rows import written
from queuectl_dashboard.timing import typed_span
from queuectl_store import InvalidJob, Missed, NewJob, Overlap, Schedule, schedule_document

_NEXT = 3
_SLOTS = 8


def schedules_page(desk: Desk) -> str:
    """Render all schedules, by name."""
    found = [_described(desk, schedule) for schedule in desk.store.schedules.all()]
    return render_template(
        "schedules.html",
        now=desk.store.reader.now_ms(),
        schedules=found,
        missed=list(Missed),
        overlap=list(Overlap),
    )


def _described(desk: Desk, schedule: Schedule) -> dict[str, object]:
    schedules = desk.store.schedules
    try:
        job = schedule.job()
        name, work = desk.redaction.of_text(job.name), desk.redaction.of_work(job.work)
        job = replace(job, work=work, name=name)
        kind, text = written(work)
        said = _said(schedule, job, shell=text if kind == "shell" else "")
    except InvalidJob:
        kind, text, said = "", "a job that only a newer version can read", None
    return {
        "it": schedule,
        "kind": kind,
        "work": text,
        "said": said,
        "words": schedule_document(schedule)["description"],
        "next": schedules.upcoming(schedule.name, n=_NEXT),
        "slots": [
            replace(slot, note=desk.redaction.of_text(slot.note))
            for slot in schedules.history(schedule.name, limit=_SLOTS)[::-1]
        ],
    }


def _said(schedule: Schedule, job: NewJob, *, shell: str) -> dict[str, str]:
    """Write what its form begins with; a task stays the one that it is."""
    return {
        "when": "cron" if schedule.every_ms is None else "every",
        "cron": schedule.cron or "",
        "every": "" if schedule.every_ms is None else typed_span(schedule.every_ms),
        "tz": schedule.tz,
        "missed": schedule.missed.value,
        "window": typed_span(schedule.window_ms),
        "overlap": schedule.overlap.value,
        "edit.shell": shell,
        "edit.queue": job.queue,
        "edit.priority": str(job.priority),
        "edit.name": job.name or "",
        "edit.max_retries": "" if job.max_retries is None else str(job.max_retries),
        "edit.timeout": "" if job.timeout_ms is None else typed_span(job.timeout_ms),
    }
