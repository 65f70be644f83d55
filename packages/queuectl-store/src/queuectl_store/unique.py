"""Jobs that must not be there twice: the index refuses a row, and this says what follows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, assert_never

import sqlalchemy as sa

from queuectl_store.errors import DuplicateJob
from queuectl_store.job import JobId, NewJob
from queuectl_store.ledger import Moved
from queuectl_store.relations import OnDuplicate, Unique
from queuectl_store.sql import admin, unique
from queuectl_store.states import WAITING, JobState, Verb


class Row(NamedTuple):
    """A new job on its way into the store: its place in the call, and the text of its spec."""

    place: int
    key: str
    new: NewJob
    text: str

    @property
    def slot(self) -> str | None:
        """What no other live job may share with it."""
        return None if self.new.unique is None else self.new.unique.slot(self.new.queue)


def without_twins(rows: Sequence[Row]) -> tuple[list[Row], dict[str, Row]]:
    """Leave one row of each slot, and say which row stands for each that was left out.

    Raises:
        DuplicateJob: One of them is not to be stored beside another.
    """
    kept: dict[str, Row] = {}
    twins: dict[str, Row] = {}
    for row in rows:
        slot = row.slot or f"no slot: {row.place}"
        first = kept.setdefault(slot, row)
        if first is row:
            continue
        if _wish(row) is OnDuplicate.REJECT:
            raise DuplicateJob(_unique(row).key, index=row.place, job_id=None)
        if _wish(row) is OnDuplicate.REPLACE:
            kept[slot], first, row = row, row, first
        twins[row.key] = first
    # A row that was put in another's place may have lost its own since.
    return list(kept.values()), {key: kept[str(row.slot)] for key, row in twins.items()}


class Settlement:
    """What follows where the index refused rows; one for each enqueue."""

    def __init__(self, connection: sa.Connection, times: Mapping[str, Any]) -> None:
        self._connection, self._times = connection, times
        self._replaced: dict[str, list[Any]] = {}

    def prepare(self, rows: Sequence[Row]) -> None:
        """Free the slots whose time is over; and let calls with several slots go one by one."""
        slots = [row.slot for row in rows if row.slot is not None]
        if len(slots) > 1:
            self._connection.execute(unique.TAKE_TURNS)
        if slots:
            values = {"slots": _slots(slots), **self._times}
            self._connection.execute(unique.FREE_EXPIRED, values)

    def settle(self, refused: Sequence[Row]) -> dict[str, JobId]:
        """Return the job that stands in for each row, by key; those without may be tried again.

        Raises:
            DuplicateJob: A row is not to be stored beside the job that has its slot.
        """
        values = {"slots": _slots(row.slot for row in refused if row.slot is not None)}
        held = {row.unique_slot: row for row in self._connection.execute(unique.HOLDERS, values)}
        found: dict[str, JobId] = {}
        replaced: list[int] = []
        for row in refused:
            # Its holder may have ended since the insert; then the slot is free now.
            if (holder := held.get(row.slot)) is None:
                continue
            match _wish(row):
                case OnDuplicate.SKIP:
                    found[row.key] = JobId(holder.id)
                case OnDuplicate.REPLACE if holder.state in WAITING:
                    replaced.append(holder.id)
                case OnDuplicate.REPLACE | OnDuplicate.REJECT:
                    raise DuplicateJob(
                        _unique(row).key, index=row.place, job_id=holder.id, state=holder.state
                    )
                case other:
                    assert_never(other)
        self._cancel(replaced)
        return found

    def conclude(self, ids: Mapping[str, JobId], rows: Sequence[Row]) -> list[Moved]:
        """Say of each replaced job by which one; return the events of that."""
        if not self._replaced:
            return []
        heirs = {row.slot: ids[row.key] for row in rows}
        moved = [
            Moved(old.id, Verb.CANCEL, JobState.CANCELLED, old.attempt, note=_note(heirs[slot]))
            for slot, olds in self._replaced.items()
            for old in olds
        ]
        successors = json.dumps([{"id": each.job_id, "note": each.note} for each in moved])
        self._connection.execute(admin.NAME_SUCCESSOR, {"successors": successors})
        return moved

    def _cancel(self, ids: Sequence[int]) -> None:
        if ids:
            targets = json.dumps([{"id": each} for each in ids])
            values = {"targets": targets, "because": None, **self._times}
            # One that began to run meanwhile is left alone; the next round finds it running.
            for row in self._connection.execute(admin.REPLACE, values):
                self._replaced.setdefault(row.unique_slot, []).append(row)


def _unique(row: Row) -> Unique:
    assert row.new.unique is not None
    return row.new.unique


def _wish(row: Row) -> OnDuplicate:
    return _unique(row).on_duplicate


def _note(heir: JobId) -> str:
    return f"replaced by job {heir}"


def _slots(slots: Iterable[str | None]) -> str:
    return json.dumps([{"slot": slot} for slot in dict.fromkeys(slots)])
