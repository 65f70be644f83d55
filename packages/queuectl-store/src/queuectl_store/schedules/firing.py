"""Making the jobs of schedules, inside a transaction that the store has begun.

The schedule's row is locked, the slots are rows of their own, and both are written with the
jobs: a slot has its job exactly once or not at all yet.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from queuectl_store.clock import Times
from queuectl_store.document import instant
from queuectl_store.errors import InvalidSchedule, ScheduleOverlaps, StoreError
from queuectl_store.job import JobId, NewJob
from queuectl_store.relations import Dependency, Needs
from queuectl_store.rollups.facts import Fact
from queuectl_store.rollups.tally import Kind, Tally
from queuectl_store.schedules import catchup
from queuectl_store.schedules.rows import read_schedule
from queuectl_store.schedules.schedule import Overlap, Schedule, ScheduleId, SlotOutcome
from queuectl_store.spec import clean
from queuectl_store.sql.plain import admin as moves_sql
from queuectl_store.sql.plain import schedules as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import FINAL, JobState

# Rows of slots that a schedule keeps: its newest.
KEPT_SLOTS = 1_000
_NOTE_LIMIT = 500

Enqueue = Callable[[Connection, NewJob], JobId]


class Mark(NamedTuple):
    """What became of a slot; *until*: of all slots up to that one."""

    schedule_id: ScheduleId
    slot: int
    outcome: SlotOutcome
    job_id: JobId | None = None
    until: int | None = None
    note: str | None = None


class Advance(NamedTuple):
    """Where a schedule stands now; None for *last_slot* and *job_id* is no change."""

    schedule_id: ScheduleId
    next_at: int | None
    last_slot: int | None
    job_id: JobId | None


def fire(connection: Connection, times: Times, enqueue: Enqueue, *, limit: int) -> int:
    """Deal with what is due of up to *limit* schedules; returns how many were."""
    rows = sql.DUE.run(connection, {"at_most": limit, **times}).all()
    marks: list[Mark] = []
    advances: list[Advance] = []
    for row in sorted(rows, key=lambda row: row.id):
        made, advance = _dealt_with(connection, enqueue, read_schedule(row), row.now)
        marks += made
        advances.append(advance)
    write(connection, times, marks, advances)
    _count_missed(connection, times, marks, {row.id: row.name for row in rows})
    for row in rows:
        sql.FORGET_SLOTS.run(connection, {"of": row.id, "keep": KEPT_SLOTS})
    return len(rows)


def write(
    connection: Connection, times: Times, marks: Sequence[Mark], advances: Sequence[Advance]
) -> None:
    """Write what became of slots, and where their schedules stand."""
    if marks:
        sql.WRITE_SLOTS.run(connection, {"marks": _rows(marks), **times})
    if advances:
        sql.MOVE_ON.run(connection, {"moves": _rows(advances), **times})


def _count_missed(
    connection: Connection, times: Times, marks: Sequence[Mark], names: Mapping[int, str]
) -> None:
    # Older slots that share one row are one more.
    tally = Tally()
    for mark in marks:
        if mark.outcome is SlotOutcome.MISSED:
            tally.add(Kind(names[mark.schedule_id], verb=Fact.SLOT_MISSED))
    tally.write(connection, times)


def begun(
    connection: Connection,
    enqueue: Enqueue,
    schedule: Schedule,
    slot: int,
    outcome: SlotOutcome = SlotOutcome.FIRED,
) -> Mark:
    """Make the job of one slot, as far as the overlap policy and the store let it.

    Raises:
        ScheduleOverlaps: The former job has not ended, and the policy is `skip`.
        StoreError: The job cannot be stored; nothing of it was.
    """
    former = None
    if schedule.overlap is not Overlap.ALLOW:
        former = _unfinished(connection, schedule)
    if former is not None and schedule.overlap is Overlap.SKIP:
        raise ScheduleOverlaps(schedule.name, *former)
    new = job_of(
        schedule.job(),
        name=schedule.name,
        schedule_id=schedule.id,
        slot=slot,
        after=former and former[0],
    )
    # What is refused half way must leave nothing behind, and the other slots go on.
    with connection.begin_nested():
        return Mark(schedule.id, slot, outcome, enqueue(connection, new))


def job_of(
    new: NewJob, *, name: str, schedule_id: ScheduleId, slot: int, after: JobId | None = None
) -> NewJob:
    """Return the job of one slot: *new*, told of which schedule and slot it is."""
    told = {"QUEUECTL_SCHEDULE": name, "QUEUECTL_SLOT": instant(slot) or ""}
    clause = () if after is None else ((Dependency(parent=after, needs=Needs.END),),)
    return replace(
        new,
        key=f"schedule.{schedule_id}.{slot}",
        name=new.name or name,
        tags={**new.tags, "schedule": name},
        env={**new.env, **told},
        after=new.after + clause,
    )


def _dealt_with(
    connection: Connection, enqueue: Enqueue, schedule: Schedule, now: int
) -> tuple[list[Mark], Advance]:
    assert schedule.next_at is not None
    try:
        plan = _plan(schedule, now)
    except InvalidSchedule as error:
        # It stands still until somebody edits it: to try again and again would keep a core busy.
        mark = Mark(schedule.id, schedule.next_at, SlotOutcome.REFUSED, note=_note(error))
        return [mark], Advance(schedule.id, None, schedule.next_at, None)
    known = {"of": schedule.id, "since": schedule.next_at}
    taken = set(sql.TAKEN.run(connection, known).scalars())
    marks = [mark for mark in _missed(schedule, plan) if mark.slot not in taken]
    for slot in plan.fire:
        if slot not in taken:
            marks.append(_tried(connection, enqueue, schedule, slot))
            schedule = replace(schedule, last_job_id=marks[-1].job_id or schedule.last_job_id)
    return marks, _advance(schedule, marks, plan.next_at)


def _plan(schedule: Schedule, now: int) -> catchup.Plan:
    assert schedule.next_at is not None
    return catchup.plan(
        schedule.cadence,
        next_at=schedule.next_at,
        now=now,
        missed=schedule.missed,
        window_ms=schedule.window_ms,
    )


def _missed(schedule: Schedule, plan: catchup.Plan) -> list[Mark]:
    marks = [Mark(schedule.id, slot, SlotOutcome.MISSED) for slot in plan.missed]
    if plan.stretch is not None:
        first, last = plan.stretch
        marks.insert(0, Mark(schedule.id, first, SlotOutcome.MISSED, until=last))
    return marks


def _tried(connection: Connection, enqueue: Enqueue, schedule: Schedule, slot: int) -> Mark:
    try:
        return begun(connection, enqueue, schedule, slot)
    except ScheduleOverlaps as error:
        return Mark(schedule.id, slot, SlotOutcome.SKIPPED, JobId(error.job_id))
    except StoreError as error:
        return Mark(schedule.id, slot, SlotOutcome.REFUSED, note=_note(error))


def _advance(schedule: Schedule, marks: Sequence[Mark], next_at: int | None) -> Advance:
    last = max((mark.until or mark.slot for mark in marks), default=None)
    fired = [mark.job_id for mark in marks if mark.outcome is SlotOutcome.FIRED]
    return Advance(schedule.id, next_at, last, fired[-1] if fired else None)


def _unfinished(connection: Connection, schedule: Schedule) -> tuple[JobId, str] | None:
    if schedule.last_job_id is None:
        return None
    targets = json.dumps([{"id": schedule.last_job_id}])
    row = moves_sql.STATES_OF.run(connection, {"targets": targets}).first()
    return None if row is None or JobState(row.state) in FINAL else (row.id, row.state)


def _note(error: StoreError) -> str | None:
    return clean(str(error)[:_NOTE_LIMIT])


def _rows(values: Iterable[NamedTuple]) -> str:
    return json.dumps([value._asdict() for value in values])
