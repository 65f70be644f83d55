"""Schedules for people: rows, facts, and times in a schedule's own zone."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from queuectl.moments import short_span
from queuectl.render import Cell, Column, Row
from queuectl_store import InvalidJob, Missed, Schedule, Slot, Task, schedule_words
from queuectl_store.instants import moment_of
from queuectl_store.job import command_text

COLUMNS = (
    Column(title="NAME", flexible=True),
    Column(title="STATE"),
    Column(title="WHEN", flexible=True),
    Column(title="NEXT"),
    Column(title="LAST"),
    Column(title="COMMAND", flexible=True),
)
SLOT_COLUMNS = (
    Column(title="SLOT"),
    Column(title="OUTCOME"),
    Column(title="JOB", right=True),
    Column(title="NOTE", flexible=True),
)
_STYLES = {"fired": "green", "manual": "cyan", "refused": "red"}


def schedule_row(schedule: Schedule, *, now_ms: int) -> Row:
    """Return a schedule's cells for `COLUMNS`."""
    state = state_of(schedule)
    return [
        Cell(text=schedule.name),
        Cell(text=state, style={"active": "green", "stopped": "red"}.get(state, "yellow")),
        Cell(text=when(schedule)),
        Cell(text=next_text(schedule, now_ms=now_ms)),
        Cell(text=_ago(schedule.last_fired_at, now_ms), style="dim"),
        Cell(text=command_of(schedule)),
    ]


def slot_row(slot: Slot, tz: str) -> Row:
    """Return a slot's cells for `SLOT_COLUMNS`."""
    until = f" to {zoned(slot.until, tz)}" if slot.until is not None else ""
    return [
        Cell(text=f"{zoned(slot.slot, tz)}{until}"),
        Cell(text=slot.outcome, style=_STYLES.get(slot.outcome, "dim")),
        Cell(text="" if slot.job_id is None else str(slot.job_id)),
        Cell(text=slot.note or ""),
    ]


def facts(schedule: Schedule, *, now_ms: int) -> dict[str, Cell | str | None]:
    """Return what there is to know of a schedule, by name."""
    return {
        "schedule": schedule.name,
        "state": state_of(schedule),
        "when": when(schedule),
        "cron": schedule.cron,
        "next": next_text(schedule, now_ms=now_ms),
        "last": _ago(schedule.last_fired_at, now_ms),
        "last job": None if schedule.last_job_id is None else str(schedule.last_job_id),
        "missed": _missed(schedule),
        "overlap": schedule.overlap,
        "command": command_of(schedule),
    }


def state_of(schedule: Schedule) -> str:
    """Return `active`, `paused`, or `stopped` where no slot is left or can be told."""
    if schedule.paused:
        return "paused"
    return "active" if schedule.next_at is not None else "stopped"


def when(schedule: Schedule) -> str:
    """Return the cadence in words, with the zone that a cron expression is read in."""
    words = schedule_words(schedule)
    return f"{words} ({schedule.tz})" if schedule.cron is not None else words


def next_text(schedule: Schedule, *, now_ms: int) -> str:
    """Return when the next slot is, with its zone and its distance."""
    if schedule.paused or schedule.next_at is None:
        return ""
    distance = schedule.next_at - now_ms
    far = f"in {short_span(distance)}" if distance > 0 else "due"
    return f"{zoned(schedule.next_at, schedule.tz)} ({far})"


def command_of(schedule: Schedule) -> str:
    """Return what each slot runs, on one line."""
    try:
        work = schedule.job().work
    except InvalidJob as error:
        return f"({error})"
    return work.name if isinstance(work, Task) else command_text(work) or ""


def zoned(ms: int, tz: str) -> str:
    """Return UTC milliseconds as a time of a zone, which is named."""
    return f"{moment_of(ms, zone_of(tz)):%Y-%m-%d %H:%M:%S %Z}"


def zone_of(tz: str) -> tzinfo:
    """Return the zone, or UTC where this host does not know it: a list must not fail for one."""
    try:
        return ZoneInfo(tz)
    except (LookupError, OSError, ValueError):
        return UTC


def _missed(schedule: Schedule) -> str:
    if schedule.missed is Missed.ALL:
        return f"all of the last {short_span(schedule.window_ms)}"
    return schedule.missed


def _ago(ms: int | None, now_ms: int) -> str:
    return "" if ms is None else f"{short_span(now_ms - ms)} ago"
