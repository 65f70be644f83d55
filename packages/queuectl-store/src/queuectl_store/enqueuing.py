"""Storing the jobs of one call, inside a transaction that the store has begun."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from queuectl_store import calls, ledger
from queuectl_store.calls import Call, Row
from queuectl_store.environments import Environments
from queuectl_store.job import JobId
from queuectl_store.ledger import Moved
from queuectl_store.sql import hot
from queuectl_store.states import Verb
from queuectl_store.turn import write_moves

_ROWS_A_STATEMENT = 1_000


def enqueue(
    connection: sa.Connection, times: dict[str, Any], call: Call, environments: Environments
) -> list[JobId]:
    """Store the jobs of *call* that are not there yet; return the ids of all, in order."""
    bonds = calls.bind(connection, times, call, environments)
    ids: dict[str, JobId] = {}
    new_ids: set[JobId] = set()
    for part in _parts(call.rows):
        full = [
            (key, new, text, environments.id_of(connection, new.environment))
            for key, new, text in part
        ]
        new_jobs = {"new_jobs": ledger.new_jobs(full, bonds.columns), **times}
        added = sorted(connection.execute(hot.ENQUEUE, new_jobs), key=lambda row: row.id)
        write_moves(connection, times, [Moved(r.id, Verb.ENQUEUE, r.state, 0) for r in added])
        ids.update((row.key, row.id) for row in added)
        new_ids.update(row.id for row in added)
        known = [key for key, *_ in part if key not in ids]
        if known:
            keys = json.dumps([{"key": key} for key in known])
            ids.update(
                (row.key, row.id) for row in connection.execute(hot.JOBS_BY_KEY, {"keys": keys})
            )
    in_order = [ids[key] for key, *_ in call.rows]
    calls.settle(connection, times, bonds, in_order, new_ids)
    return in_order


def _parts(rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    return (rows[i : i + _ROWS_A_STATEMENT] for i in range(0, len(rows), _ROWS_A_STATEMENT))
