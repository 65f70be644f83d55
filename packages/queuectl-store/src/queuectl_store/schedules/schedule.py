"""A schedule as it is asked for and as it is stored, and what became of its slots."""

import re
from enum import StrEnum
from typing import NewType

from queuectl_store import template
from queuectl_store.errors import InvalidSchedule
from queuectl_store.job import JobId, NewJob
from queuectl_store.schedules.cadence import Cadence, Cron, Every
from queuectl_store.spec import MAX_MS
from queuectl_store.values import dataclass

ScheduleId = NewType("ScheduleId", int)

DAY_MS = 86_400_000
_NAME = re.compile(r"\w[\w.:/-]{0,99}")


class Missed(StrEnum):
    """What becomes of slots at which no worker ran."""

    SKIP = "skip"
    LAST = "last"
    ALL = "all"


class Overlap(StrEnum):
    """What becomes of a slot while the job of the former one has not ended."""

    ALLOW = "allow"
    SKIP = "skip"
    QUEUE = "queue"


class SlotOutcome(StrEnum):
    """What became of one slot.

    `refused`: its job could not be stored, the note says why; `manual`: not a slot of the
    cadence but a run that a person asked for.
    """

    FIRED = "fired"
    MISSED = "missed"
    SKIPPED = "skipped"
    REFUSED = "refused"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchedule:
    """A recurring job that a caller wants; exactly one of *cron* and *every_ms* is given.

    Attributes:
        job: What each slot makes; without a key, a run_at, or jobs that it runs after.
        tz: The IANA zone of *cron*, and of the times that people are shown.
        window_ms: How old a missed slot may be to fire, where *missed* is `all`.
    """

    name: str
    job: NewJob
    cron: str | None = None
    every_ms: int | None = None
    tz: str = "UTC"
    missed: Missed = Missed.LAST
    window_ms: int = DAY_MS
    overlap: Overlap = Overlap.ALLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A stored schedule. Times are UTC milliseconds.

    Attributes:
        template: Its job as text; `job()` reads it.
        revision: Edits so far.
        next_at: The earliest slot that is not dealt with; None when there is no more.
        last_slot: The latest slot that was dealt with, fired or not.
        last_fired_at, last_job_id: Of the job that was made last, by a slot or by a person.
    """

    id: ScheduleId
    name: str
    cron: str | None
    every_ms: int | None
    tz: str
    template: str
    missed: Missed
    window_ms: int
    overlap: Overlap
    paused: bool
    revision: int
    next_at: int | None
    last_slot: int | None
    last_fired_at: int | None
    last_job_id: JobId | None
    created_at: int

    @property
    def cadence(self) -> Cadence:
        """When it is due. The slots of an interval count from when the schedule was made."""
        return cadence_of(self.cron, self.every_ms, self.tz, since=self.created_at)

    def job(self) -> NewJob:
        """Return what each slot makes.

        Raises:
            InvalidJob: A newer version stored it.
        """
        return template.from_json(self.template)

    def as_new(self) -> NewSchedule:
        """Return what a caller would ask for to get this one."""
        return NewSchedule(
            name=self.name,
            job=self.job(),
            cron=self.cron,
            every_ms=self.every_ms,
            tz=self.tz,
            missed=self.missed,
            window_ms=self.window_ms,
            overlap=self.overlap,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What became of one slot. Times are UTC milliseconds.

    Attributes:
        until: The last of a stretch of missed slots that begins with *slot* and has one row.
        at: When that was decided.
        job_id: The job that it made, or that kept it from making one.
    """

    slot: int
    outcome: SlotOutcome
    at: int
    job_id: JobId | None = None
    until: int | None = None
    note: str | None = None


def cadence_of(cron: str | None, every_ms: int | None, tz: str, *, since: int) -> Cadence:
    """Return when slots are due.

    Raises:
        InvalidSchedule: Not exactly one of cron and an interval is given.
    """
    match cron, every_ms:
        case str(), None:
            return Cron(expression=cron, tz=tz)
        case None, int():
            return Every(ms=every_ms, since=since)
        case _:
            raise InvalidSchedule("a schedule needs a cron expression or an interval, and not both")


def check_rules(new: NewSchedule) -> None:
    """Refuse a name, a policy or a job that no schedule can have.

    Raises:
        InvalidSchedule: The message says which.
    """
    if not _NAME.fullmatch(new.name):
        raise InvalidSchedule(
            f"the schedule name {new.name[:60]!r} is not usable: 1 to 100 letters, digits,"
            " _ . : / or -, beginning with a letter or digit"
        )
    if not 0 <= new.window_ms <= MAX_MS:
        raise InvalidSchedule(f"the window must be from 0 to {MAX_MS} ms, got {new.window_ms}")
    job = new.job
    for what, given in (
        ("a key", job.key),
        ("a time", job.run_at),
        ("jobs to wait for", job.after),
    ):
        if given:
            raise InvalidSchedule(f"the job of a schedule cannot have {what}: each slot sets it")
