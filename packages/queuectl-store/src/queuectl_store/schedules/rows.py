"""From the store's rows to schedules and their slots."""

from typing import Any

from queuectl_store.schedules.schedule import (
    Missed,
    Overlap,
    Schedule,
    ScheduleId,
    Slot,
    SlotOutcome,
)


def read_schedule(row: Any) -> Schedule:
    """Return the schedule in *row*; its job stays text."""
    return Schedule(
        id=ScheduleId(row.id),
        name=row.name,
        cron=row.cron,
        every_ms=row.every_ms,
        tz=row.tz,
        template=row.job,
        missed=Missed(row.missed),
        window_ms=row.window_ms,
        overlap=Overlap(row.overlap),
        paused=bool(row.paused),
        revision=row.revision,
        next_at=row.next_at,
        last_slot=row.last_slot,
        last_fired_at=row.last_fired_at,
        last_job_id=row.last_job_id,
        created_at=row.created_at,
    )


def read_slot(row: Any) -> Slot:
    """Return the slot in *row*."""
    return Slot(
        slot=row.slot,
        outcome=SlotOutcome(row.outcome),
        at=row.at,
        job_id=row.job_id,
        until=row.until,
        note=row.note,
    )
