"""The schedules: when they are due, in words and as times, and what became of the last slots."""

from flask import render_template

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.rows import written
from queuectl_store import InvalidJob, Schedule, schedule_document

_NEXT = 3
_SLOTS = 8


def schedules_page(desk: Desk) -> str:
    """Render all schedules, by name."""
    found = [_described(desk, schedule) for schedule in desk.store.schedules.all()]
    return render_template("schedules.html", now=desk.store.reader.now_ms(), schedules=found)


def _described(desk: Desk, schedule: Schedule) -> dict[str, object]:
    schedules = desk.store.schedules
    try:
        kind, work = written(desk.redaction.of_work(schedule.job().work))
    except InvalidJob:
        kind, work = "", "a job that only a newer version can read"
    return {
        "it": schedule,
        "kind": kind,
        "work": work,
        "words": schedule_document(schedule)["description"],
        "next": schedules.upcoming(schedule.name, n=_NEXT),
        "slots": schedules.history(schedule.name, limit=_SLOTS)[::-1],
    }
