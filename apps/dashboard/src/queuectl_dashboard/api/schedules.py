"""Recurring jobs."""

from dataclasses import replace
from typing import Annotated, Any

import msgspec

from queuectl_dashboard.api import shapes
from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.api.jobspec import (
    JobSpec,
    RunSpec,
    Span,
    backoff_of,
    memory_of,
    new_job,
    priority_of,
    work_of,
)
from queuectl_dashboard.api.kinds import Asked, Count, Id, Name, Shape, Time, Words
from queuectl_dashboard.api.routes import Topic
from queuectl_dashboard.api.times import read_span
from queuectl_store import (
    Missed,
    NewJob,
    NewSchedule,
    Overlap,
    Schedule,
    SlotOutcome,
    instant,
    schedule_document,
    slot_document,
)

topic = Topic("schedules")

Few = Annotated[int, msgspec.Meta(ge=1, le=1_000)]


class ScheduledJob(Shape):
    """What each slot makes."""

    queue: str
    priority: int
    command: str | None
    argv: list[str] | None
    shell: bool | None
    task: str | None
    args: list[Any] | None
    kwargs: dict[str, Any] | None
    cwd: str | None
    name: str | None
    tags: dict[str, str]
    max_retries: Count | None
    timeout: float | None


class ScheduleDocument(Shape):
    """A schedule; `description` says in English when it is due."""

    name: str
    cron: str | None
    every: float | None
    tz: str
    description: str
    missed: Missed
    window: float
    overlap: Overlap
    paused: bool
    revision: Count
    next_at: Time | None
    last_slot: Time | None
    last_fired_at: Time | None
    last_job: Id | None
    created_at: Time
    job: ScheduledJob | None


class Schedules(Shape):
    """Schedules, by name."""

    schedules: list[ScheduleDocument]


class SlotDocument(Shape):
    """What became of a slot; `until` ends a stretch of missed ones that begins with it."""

    slot: Time
    until: Time | None
    outcome: SlotOutcome
    at: Time
    job: Id | None
    note: str | None


class FullSchedule(ScheduleDocument):
    """A schedule with what became of its latest slots, newest first."""

    slots: list[SlotDocument]


class Slots(Shape):
    """When a schedule fires next, paused or not."""

    slots: list[Time]


class SlotQuery(Asked):
    """How many slots."""

    limit: Few = 20


class ScheduleSpec(Asked):
    """A recurring job: exactly one of `cron` and `every` says when. Lengths of time as `10m`."""

    name: Name
    job: JobSpec
    cron: Words | None = None
    every: Span | None = None
    tz: Words = "UTC"
    missed: Missed = Missed.LAST
    window: Span = "1d"
    overlap: Overlap = Overlap.ALLOW


class ScheduleChange(Asked):
    """What to change; what is not named stays. `cron` takes the place of `every`, and back.

    `job` is the whole job anew; `edit` changes only what it names of the job that is there.
    """

    job: JobSpec | None = None
    edit: RunSpec | None = None
    cron: Words | None = None
    every: Span | None = None
    tz: Words | None = None
    missed: Missed | None = None
    window: Span | None = None
    overlap: Overlap | None = None


_ONE: dict[str, Any] = {"answer": ScheduleDocument, "problems": (404, 422)}


@topic.get("/schedules", answer=Schedules)
def list_schedules(desk: Desk) -> dict[str, Any]:
    """List the schedules."""
    return {"schedules": [_document(desk, each) for each in desk.store.schedules.all()]}


@topic.get("/schedules/<name:name>", query=SlotQuery, answer=FullSchedule, problems=(400,))
def show_schedule(desk: Desk, name: str, query: SlotQuery) -> dict[str, Any]:
    """Show a schedule and what became of its latest slots."""
    schedule = desk.store.schedules.get(name)
    slots = desk.store.schedules.history(name, limit=query.limit)
    told = [slot_document(replace(each, note=desk.redaction.of_text(each.note))) for each in slots]
    return {**_document(desk, schedule), "slots": told}


@topic.get("/schedules/<name:name>/next", query=SlotQuery, answer=Slots, problems=(400, 422))
def list_slots(desk: Desk, name: str, query: SlotQuery) -> dict[str, Any]:
    """Tell when a schedule fires next."""
    return {"slots": list(map(instant, desk.store.schedules.upcoming(name, n=query.limit)))}


@topic.rule(
    "POST",
    "/schedules",
    body=ScheduleSpec,
    answer=ScheduleDocument,
    status=201,
    problems=(404, 409),
)
def add_schedule(desk: Desk, body: ScheduleSpec) -> dict[str, Any]:
    """Add a schedule; its first slot is the first one after now."""
    new = NewSchedule(
        name=body.name,
        job=_job(body.job),
        cron=body.cron,
        every_ms=None if body.every is None else read_span(body.every, what="every"),
        tz=body.tz,
        missed=body.missed,
        window_ms=read_span(body.window, what="window"),
        overlap=body.overlap,
    )
    return _document(desk, desk.store.schedules.add(new))


@topic.rule("PATCH", "/schedules/<name:name>", body=ScheduleChange, **_ONE)
def edit_schedule(desk: Desk, name: str, body: ScheduleChange) -> dict[str, Any]:
    """Change a schedule. A new cadence begins with its first slot after now."""
    if body.cron is not None and body.every is not None:
        raise BadInput("a schedule has one of cron and every")
    said: dict[str, Any] = {}
    if body.cron is not None:
        said |= {"cron": body.cron, "every_ms": None}
    if body.every is not None:
        said |= {"cron": None, "every_ms": read_span(body.every, what="every")}
    if body.window is not None:
        said["window_ms"] = read_span(body.window, what="window")
    if body.job is not None and body.edit is not None:
        raise BadInput("a schedule takes one of job and edit")
    if body.job is not None:
        said["job"] = _job(body.job)
    plain = {key: getattr(body, key) for key in ("tz", "missed", "overlap")}
    said |= {key: value for key, value in plain.items() if value is not None}
    job_said = {} if body.edit is None else _said_of_job(desk, body.edit)

    def changed(old: NewSchedule) -> NewSchedule:
        new = replace(old, **said)
        return replace(new, job=replace(new.job, **job_said)) if job_said else new

    return _document(desk, desk.store.schedules.edit(name, changed))


@topic.act("/schedules/<name:name>/pause", **_ONE)
def pause_schedule(desk: Desk, name: str) -> dict[str, Any]:
    """Let a schedule fire no more until it is resumed."""
    return _document(desk, desk.store.schedules.pause(name))


@topic.act("/schedules/<name:name>/resume", **_ONE)
def resume_schedule(desk: Desk, name: str) -> dict[str, Any]:
    """Let a schedule fire again, from its first slot after now."""
    return _document(desk, desk.store.schedules.resume(name))


@topic.act("/schedules/<name:name>/run", answer=shapes.Job, problems=(404, 409, 422))
def run_schedule(desk: Desk, name: str) -> dict[str, Any]:
    """Add a schedule's job now, paused or not."""
    return desk.document(desk.store.schedules.run_now(name))


@topic.rule("DELETE", "/schedules/<name:name>", answer=None, status=204, problems=(404,))
def remove_schedule(desk: Desk, name: str) -> None:
    """Remove a schedule; the jobs that it made stay."""
    desk.store.schedules.remove(name)


def _job(asked: JobSpec) -> NewJob:
    if asked.halt is not None or asked.on_finish is not None:
        raise BadInput("the job of a schedule takes no halt and no on_finish")
    return new_job(asked)


def _said_of_job(desk: Desk, asked: RunSpec) -> dict[str, Any]:
    """Return the fields of a job that *asked* names; 0 and empty text take away what there was."""
    desk.refuse_hidden(asked)
    has_work = any(getattr(asked, key) is not None for key in ("command", "argv", "shell", "task"))
    said: dict[str, Any] = {
        "work": work_of(asked) if has_work else None,
        "queue": asked.queue,
        "priority": priority_of(asked.priority),
        "tags": asked.tags,
        "max_retries": asked.max_retries,
        "backoff": backoff_of(asked),
    }
    named = {key: value for key, value in said.items() if value is not None}
    if not has_work and (asked.args is not None or asked.kwargs is not None):
        raise BadInput("args and kwargs belong to a task; name it")
    for key in ("name", "cwd"):
        if (text := getattr(asked, key)) is not None:
            named[key] = text or None
    if asked.timeout is not None:
        named["timeout_ms"] = read_span(asked.timeout, what="timeout") or None
    if asked.memory is not None:
        named["memory"] = memory_of(asked.memory) or None
    return named


def _document(desk: Desk, schedule: Schedule) -> dict[str, Any]:
    told = schedule_document(schedule)
    if told["job"] is not None:
        told["job"] = desk.redaction.of_document(told["job"])
    return told
