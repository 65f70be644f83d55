"""Recurring jobs: what people do to schedules, and the one call by which workers fire them.

What makes jobs is imported where they are made: who looks or pauses does not wait for it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from queuectl_store import template
from queuectl_store.bell import EVERYTHING, JOBS
from queuectl_store.database import Database
from queuectl_store.errors import InvalidSchedule, ScheduleExists, UnknownSchedule
from queuectl_store.fallbacks import CurrentFallbacks
from queuectl_store.job import JobId, NewJob
from queuectl_store.schedules.cadence import check, check_zone, next_slots
from queuectl_store.schedules.rows import read_schedule, read_slot
from queuectl_store.schedules.schedule import (
    NewSchedule,
    Schedule,
    ScheduleId,
    Slot,
    SlotOutcome,
    cadence_of,
    check_rules,
)
from queuectl_store.shared import Settings
from queuectl_store.spec import MAX_MS
from queuectl_store.sql.plain import read
from queuectl_store.sql.plain import schedules as sql
from queuectl_store.sql.statement import Connection

T = TypeVar("T")


class Schedules:
    """The recurring jobs of a store, by name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fallbacks = CurrentFallbacks(Settings(database))

    def add(self, new: NewSchedule) -> Schedule:
        """Store *new*; its first slot is the first one after now.

        Raises:
            InvalidSchedule: It cannot be read, or would never fire.
            InvalidJob: Its job could not be stored when the time comes.
            ScheduleExists: Another one has this name.
        """

        def work(connection: Connection) -> Schedule:
            now = int(read.NOW.run(connection, self._times()).scalar_one())
            values = _values(new) | {"next_at": _first(new, since=now, after=now)}
            values |= {"name": new.name, "created_at": now}
            if sql.NAMED.run(connection, {"of": new.name, **self._times()}).first():
                raise ScheduleExists(new.name)
            try:
                with connection.begin_nested():
                    return read_schedule(sql.ADD.run(connection, values).one())
            except (
                self._database.engine.conflict
            ) as error:  # another one was added at the same moment
                raise ScheduleExists(new.name) from error

        self._refuse_unfit(new)
        return self._told(work)

    def edit(self, name: str, change: Callable[[NewSchedule], NewSchedule]) -> Schedule:
        """Store what *change* makes of the schedule; its name stays.

        A new cadence begins with its first slot after now. What was made already stays.

        Args:
            change: Called inside the transaction, perhaps more than once.

        Raises:
            UnknownSchedule: There is none of that name.
            InvalidSchedule, InvalidJob: As for `add`; nothing was changed.
        """

        def work(connection: Connection) -> Schedule:
            row = self._locked(connection, name)
            old = read_schedule(row)
            new = change(old.as_new())
            if new.name != name:
                raise InvalidSchedule("a schedule keeps its name; add another one instead")
            self._refuse_unfit(new)
            is_same = (new.cron, new.every_ms, new.tz) == (old.cron, old.every_ms, old.tz)
            next_at = old.next_at
            if not is_same or next_at is None:
                next_at = _first(new, since=old.created_at, after=row.now)
            values = _values(new) | {"next_at": next_at}
            bound = {f"new_{key}": value for key, value in values.items()}
            return read_schedule(sql.CHANGE.run(connection, {"of": old.id} | bound).one())

        return self._told(work)

    def pause(self, name: str) -> Schedule:
        """Let no slot fire until `resume`; once more changes nothing.

        Raises:
            UnknownSchedule: There is none of that name.
        """
        return self._told(lambda c: self._set_paused(c, name, is_paused=True))

    def resume(self, name: str) -> Schedule:
        """Go on with the first slot after now; the slots of the pause are not made up for.

        Once more begins anew from now, after a wall clock that was far ahead.

        Raises:
            UnknownSchedule: There is none of that name.
            InvalidSchedule: Its cadence cannot be read on this host.
        """
        return self._told(lambda c: self._set_paused(c, name, is_paused=False))

    def remove(self, name: str) -> None:
        """Remove the schedule and the record of its slots; the jobs that it made stay.

        Raises:
            UnknownSchedule: There is none of that name.
        """

        def work(connection: Connection) -> None:
            found = sql.REMOVE.run(connection, {"of": name}).scalar()
            if found is None:
                raise UnknownSchedule(name)
            sql.REMOVE_SLOTS.run(connection, {"of": found})

        self._told(work)

    def run_now(self, name: str) -> JobId:
        """Make its job now, paused or not; the slots stay as they are.

        Raises:
            UnknownSchedule: There is none of that name.
            ScheduleOverlaps: Its last job has not ended, and its policy is `skip`.
            StoreError: The job cannot be stored.
        """

        from queuectl_store.schedules import firing

        def work(connection: Connection) -> JobId:
            row = self._locked(connection, name)
            schedule = read_schedule(row)
            taken = sql.TAKEN.run(connection, {"of": schedule.id, "since": row.now})
            at = _free_moment(schedule, row.now, set(taken.scalars()))
            mark = firing.begun(connection, self._enqueue, schedule, at, SlotOutcome.MANUAL)
            advance = firing.Advance(schedule.id, schedule.next_at, None, mark.job_id)
            firing.write(connection, self._times(), [mark], [advance])
            assert mark.job_id is not None
            return mark.job_id

        return self._told(work)

    def fire(self, *, limit: int) -> int:
        """Deal with what is due of up to *limit* schedules; see `Store.fire`."""
        from queuectl_store.schedules import firing

        with self._database.read() as connection:
            if not sql.ANY_DUE.run(connection, self._times()).scalar():
                return 0

        def work(connection: Connection) -> int:
            return firing.fire(connection, self._times(), self._enqueue, limit=limit)

        return self._database.write(work, repeatable=True, rings=lambda fired: JOBS if fired else 0)

    def all(self) -> list[Schedule]:
        """Return every schedule, by name."""
        with self._database.read() as connection:
            rows = sql.ALL.run(connection, self._times()).all()
        return [read_schedule(row) for row in rows]

    def get(self, name: str) -> Schedule:
        """Return one schedule.

        Raises:
            UnknownSchedule: There is none of that name.
        """
        with self._database.read() as connection:
            row = sql.NAMED.run(connection, {"of": name, **self._times()}).first()
        if row is None:
            raise UnknownSchedule(name)
        return read_schedule(row)

    def upcoming(self, name: str, *, n: int) -> list[int]:
        """Return the next *n* slots, as UTC milliseconds; paused or not.

        Raises:
            UnknownSchedule: There is none of that name.
            InvalidSchedule: Its cadence cannot be read on this host.
        """
        schedule = self.get(name)
        if schedule.next_at is None:
            return []
        return next_slots(schedule.cadence, after=schedule.next_at - 1, n=n)

    def history(self, name: str, *, limit: int = 100) -> list[Slot]:
        """Return what became of the latest slots, newest first; the newest 1,000 are kept.

        Raises:
            UnknownSchedule: There is none of that name.
        """
        values = {"of": self.get(name).id, "at_most": limit}
        with self._database.read() as connection:
            rows = sql.HISTORY.run(connection, values).all()
        return [read_slot(row) for row in rows]

    def _set_paused(self, connection: Connection, name: str, *, is_paused: bool) -> Schedule:
        row = self._locked(connection, name)
        old = read_schedule(row)
        from_at = old.next_at
        if not is_paused:
            from_at = next(iter(next_slots(old.cadence, after=row.now, n=1)), None)
        values = {"of": old.id, "is_paused": int(is_paused), "from_at": from_at}
        return read_schedule(sql.SET_PAUSED.run(connection, values).one())

    def _refuse_unfit(self, new: NewSchedule) -> None:
        from queuectl_store.enqueue.inside import refuse_unfit
        from queuectl_store.schedules import firing

        check_rules(new)
        check(cadence_of(new.cron, new.every_ms, new.tz, since=0))
        check_zone(new.tz)  # of an interval too: its times are shown in it
        # As one of its jobs will be, with the longest of keys.
        like = firing.job_of(new.job, name=new.name, schedule_id=ScheduleId(MAX_MS), slot=MAX_MS)
        refuse_unfit(like)

    def _enqueue(self, connection: Connection, new: NewJob) -> JobId:
        from queuectl_store.enqueue.inside import enqueue_inside

        return enqueue_inside(connection, self._times(), self._fallbacks, [new])[0]

    def _locked(self, connection: Connection, name: str) -> Any:
        row = sql.LOCKED.run(connection, {"of": name, **self._times()}).first()
        if row is None:
            raise UnknownSchedule(name)
        return row

    def _told(self, work: Callable[[Connection], T]) -> T:
        return self._database.write(work, rings=EVERYTHING)

    def _times(self) -> dict[str, Any]:
        return dict(self._database.engine.times())


def _values(new: NewSchedule) -> dict[str, Any]:
    return {
        "cron": new.cron,
        "every_ms": new.every_ms,
        "tz": new.tz,
        "job": template.to_json(new.job),
        "missed": new.missed.value,
        "window_ms": new.window_ms,
        "overlap": new.overlap.value,
    }


def _first(new: NewSchedule, *, since: int, after: int) -> int | None:
    slots = next_slots(cadence_of(new.cron, new.every_ms, new.tz, since=since), after=after, n=1)
    return slots[0] if slots else None


def _free_moment(schedule: Schedule, now: int, taken: set[int]) -> int:
    """Return a millisecond from *now* on that is no slot, so that none is taken away."""
    while now in taken or next_slots(schedule.cadence, after=now - 1, n=1) == [now]:
        now += 1
    return now
