"""Storing jobs that differ in their keys and specs alone: what they share is worked out once."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from queuectl_store import ledger
from queuectl_store.bell import JOBS, TIMES
from queuectl_store.clock import Times
from queuectl_store.enqueue.enqueuing import Wanted, parts
from queuectl_store.enqueue.environments import Environments
from queuectl_store.fallbacks import Fallbacks
from queuectl_store.job import JobId, NewJob
from queuectl_store.recording import in_one, of_new_ones, write_new
from queuectl_store.sql.names import OPTIONAL
from queuectl_store.sql.plain import enqueue as sql
from queuectl_store.sql.statement import Connection, Statement

# They have no text for SQLite.
_JOINED_ONE = Statement("joined:ENQUEUE_ONE", "")
_JOINED_ALIKE = Statement("joined:ENQUEUE_ALIKE", "")


class Alike(NamedTuple):
    """What jobs of one *new* are stored with, beside their keys and specs.

    They belong to nothing else, and have keys that the store made.

    Attributes:
        fallbacks: What stands in for what *new* does not say.
        resources: A copy: those of *new* may change.
        row: See `ledger.new_job`.
        facts: What is recorded of each; see `recording.of_new_ones`.
        is_bare: Nothing of `OPTIONAL` is in it.
        about: What a ring for them is about.
    """

    new: NewJob
    fallbacks: Fallbacks
    resources: Mapping[str, int]
    row: dict[str, Any]
    facts: Mapping[str, Any]
    is_bare: bool
    about: int

    def holds_for(self, new: NewJob, fallbacks: Fallbacks) -> bool:
        """Tell whether it says of *new* what is to be said."""
        return self.new is new and self.fallbacks is fallbacks and self.resources == new.resources

    def enqueue(
        self, connection: Connection, times: Times, wanted: Sequence[Wanted]
    ) -> list[JobId] | None:
        """Store *wanted*, all of them of `new`.

        Returns:
            Their ids; None if one was not stored, since its key is there or its queue takes no
            jobs.
        """
        row = self._row(connection)
        ids: list[JobId] = []
        for part in parts(wanted):
            added = self._add(connection, {**row, **times}, part)
            if added:
                write_new(connection, times, added, self.facts)
            if len(added) < len(part):
                return None
            ids += added
        return ids

    def send(self, connection: Connection, times: Times, wanted: Sequence[Wanted]) -> list[Any]:
        """Have jobs stored as `enqueue` does, without waiting for it: where writes are joined.

        Args:
            wanted: The keys of all have the same stem, and their places in the call.

        Returns:
            What gives the ids once the transaction is committed, for each statement; fewer than
            were wanted as there. A key that is there ends the transaction: the call is repeated.
        """
        row = self._row(connection)
        values = {**in_one(self.facts), **row, **times}
        if len(wanted) == 1:
            values["key"], values["spec"] = wanted[0].key, wanted[0].spec
            return [_JOINED_ONE.run(connection, values)]
        values["stem"] = wanted[0].key.removesuffix("0")
        sent, first = [], 0
        for part in parts(wanted):
            own = {"first": first, "specs": json.dumps([each.spec for each in part])}
            sent.append(_JOINED_ALIKE.run(connection, {**values, **own}))
            first += len(part)
        return sent

    def _row(self, connection: Connection) -> dict[str, Any]:
        if (variables := self.new.environment) is None:
            return self.row
        return {**self.row, "environment_id": Environments().id_of(connection, variables)}

    def _add(
        self, connection: Connection, values: dict[str, Any], part: Sequence[Wanted]
    ) -> list[JobId]:
        if len(part) == 1:
            values["key"], values["spec"] = part[0].key, part[0].spec
            insert = sql.ENQUEUE_BARE if self.is_bare else sql.ENQUEUE_ONE
            job_id = insert.run(connection, values).inserted()
            return [] if job_id is None else [JobId(job_id)]
        values["new_jobs"] = ledger.alike(part)
        ids = {row.key: row.id for row in sql.ENQUEUE_ALIKE.run(connection, values)}
        return [ids[each.key] for each in part if each.key in ids]


def ids_of(sent: Sequence[Any]) -> list[JobId]:
    """Return the ids that the statements of `Alike.send` gave."""
    return [job_id for each in sent for job_id in each.scalars()]


def alike(new: NewJob, fallbacks: Fallbacks) -> Alike:
    """Work out what jobs of *new* share."""
    row = ledger.new_job(("", new, "", None), fallbacks)
    return Alike(
        new,
        fallbacks,
        dict(new.resources),
        row,
        of_new_ones(row),
        new.environment is None and all(row[name] is None for name in OPTIONAL),
        topics([new]),
    )


def topics(jobs: Sequence[NewJob]) -> int:
    """Return what a ring for *jobs* is about."""
    has_times = any(new.run_at is not None or new.delay_ms is not None for new in jobs)
    return JOBS | TIMES if has_times else JOBS
