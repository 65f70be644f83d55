"""Jobs that must not be there twice: the index refuses a row, and this says what follows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, assert_never

from queuectl_store.errors import DuplicateJob
from queuectl_store.job import JobId, NewJob
from queuectl_store.ledger import Moved, moved
from queuectl_store.relations import OnDuplicate, Unique
from queuectl_store.sql.plain import admin, unique
from queuectl_store.sql.statement import Connection
from queuectl_store.states import WAITING, Verb


class Row(Protocol):
    """A new job on its way into the store."""

    @property
    def key(self) -> str:
        """What a repeated enqueue finds it by."""
        ...

    @property
    def new(self) -> NewJob:
        """The job."""
        ...


R = TypeVar("R", bound=Row)


class Settlement:
    """What follows where the index refused rows; one for each enqueue, of *rows*."""

    def __init__(
        self, connection: Connection, times: Mapping[str, Any], rows: Sequence[Row]
    ) -> None:
        self._connection, self._times = connection, times
        self._places = {row.key: place for place, row in enumerate(rows)}
        self._replaced: dict[str, list[Any]] = {}

    def without_twins(self, rows: Sequence[R]) -> tuple[list[R], dict[str, R]]:
        """Leave one row of each slot, and say by key which one stands for each of the others.

        Raises:
            DuplicateJob: One of them is not to be stored beside another.
        """
        kept: dict[str, R] = {}
        twins: dict[str, str] = {}
        # A key that comes again stands for the first job that has it, unique or not.
        for row in _first_of_each_key(rows):
            slot = slot_of(row) or f"none {row.key}"
            first = kept.setdefault(slot, row)
            if first is row:
                continue
            if _wish(row) is OnDuplicate.REJECT:
                raise self._duplicate(row, None)
            if _wish(row) is OnDuplicate.REPLACE:
                kept[slot] = row
                twins.pop(row.key, None)
                twins[first.key] = slot
            else:
                twins[row.key] = slot
        return list(kept.values()), {key: kept[slot] for key, slot in twins.items()}

    def prepare(self, rows: Sequence[Row]) -> None:
        """Free the slots whose time is over; and let calls with several slots go one by one."""
        slots = [slot for row in rows if (slot := slot_of(row)) is not None]
        if len(slots) > 1:
            unique.TAKE_TURNS.run(self._connection)
        if slots:
            values = {"taken_slots": _slots(slots), **self._times}
            unique.FREE_EXPIRED.run(self._connection, values)

    def settle(self, refused: Sequence[Row]) -> dict[str, JobId]:
        """Return the job that stands in for each row, by key; those without may be tried again.

        Raises:
            DuplicateJob: A row is not to be stored beside the job that has its slot.
        """
        values = {"taken_slots": _slots(map(slot_of, refused))}
        held = {row.unique_slot: row for row in unique.HOLDERS.run(self._connection, values)}
        found: dict[str, JobId] = {}
        replaced: list[int] = []
        for row in refused:
            # Its holder may have ended since the insert; then the slot is free now.
            if (holder := held.get(slot_of(row))) is None:
                continue
            match _wish(row):
                case OnDuplicate.SKIP:
                    found[row.key] = JobId(holder.id)
                case OnDuplicate.REPLACE if holder.state in WAITING:
                    replaced.append(holder.id)
                case OnDuplicate.REPLACE | OnDuplicate.REJECT:
                    raise self._duplicate(row, holder)
                case other:
                    assert_never(other)
        self._cancel(replaced)
        return found

    @property
    def replaced(self) -> list[Any]:
        """The rows of the jobs that were cancelled for new ones."""
        return [row for rows in self._replaced.values() for row in rows]

    def conclude(self, ids: Mapping[str, JobId], rows: Sequence[Row]) -> list[Moved]:
        """Say of each replaced job by which one; return the events of that."""
        if not self._replaced:
            return []
        heirs = {slot_of(row): ids[row.key] for row in rows}
        moves = [
            moved(old, Verb.CANCEL, note=_note(heirs[slot]))
            for slot, olds in self._replaced.items()
            for old in olds
        ]
        successors = json.dumps([{"id": each.job_id, "note": each.note} for each in moves])
        admin.NAME_SUCCESSOR.run(self._connection, {"successors": successors})
        return moves

    def _duplicate(self, row: Row, holder: Any) -> DuplicateJob:
        error = DuplicateJob(_unique(row).key, holder and holder.id, holder and holder.state)
        error.index = self._places[row.key]
        return error

    def _cancel(self, ids: Sequence[int]) -> None:
        if ids:
            targets = json.dumps([{"id": each} for each in ids])
            values = {"targets": targets, "because": None, **self._times}
            # One that began to run meanwhile is left alone; the next round finds it running.
            for row in admin.REPLACE.run(self._connection, values):
                self._replaced.setdefault(row.unique_slot, []).append(row)


def _first_of_each_key(rows: Sequence[R]) -> list[R]:
    first: dict[str, R] = {}
    for row in rows:
        first.setdefault(row.key, row)
    return list(first.values())


def slot_of(row: Row) -> str | None:
    """Return what no other live job may share with *row*."""
    return None if row.new.unique is None else row.new.unique.slot(row.new.queue)


def _unique(row: Row) -> Unique:
    assert row.new.unique is not None
    return row.new.unique


def _wish(row: Row) -> OnDuplicate:
    return _unique(row).on_duplicate


def _note(heir: JobId) -> str:
    return f"replaced by job {heir}"


def _slots(slots: Iterable[str | None]) -> str:
    return json.dumps([{"slot": slot} for slot in dict.fromkeys(slots) if slot is not None])
