"""Counting the jobs of a store of before, while work goes on; and whether the counts are right.

In one snapshot the jobs and what was counted of them differ by what was there before counting
began, whatever else happens at that moment: each transaction changes both or neither. So the
difference is read without a lock, and added afterwards.
"""

import json
import secrets
from contextlib import closing

from queuectl_store.database import Database
from queuectl_store.rollups import reading
from queuectl_store.rollups.facts import Fact
from queuectl_store.rollups.tally import Kind, Tally
from queuectl_store.sql.plain import rollups as sql
from queuectl_store.sql.spans import EVER
from queuectl_store.sql.statement import Connection

_MARK = {"scope": "uncounted", "name": "", "at": 0}

Differences = dict[tuple[str, str], int]


def is_uncounted(connection: Connection) -> bool:
    """Tell whether it is a store of before, whose jobs have not been counted yet."""
    return sql.UNCOUNTED.run(connection).first() is not None


def is_due(connection: Connection) -> bool:
    """Tell whether the jobs are to be counted: once, when no program of before works any more."""
    if not is_uncounted(connection):
        return False
    return not sql.ANY_OLDER_WORKER.run(connection).scalar_one()


def differences(connection: Connection) -> Differences:
    """Return how many more jobs there are than were counted, by queue and state.

    The connection sees one state of the store.
    """
    counted: dict[str, dict[str, int]] = {}
    for queue, states in reading.counted_depths(connection).items():
        counted[queue] = {state.value: n for state, n in states.items()}
    there: dict[str, dict[str, int]] = {}
    for row in sql.FULL_COUNT.run(connection):
        there.setdefault(row.queue, {})[row.state] = row.n
    found: Differences = {}
    # By the words of the rows, whatever they are.
    for queue in {*counted, *there}:
        before, after = counted.get(queue, {}), there.get(queue, {})
        for state in {*before, *after}:
            if more := after.get(state, 0) - before.get(state, 0):
                found[queue, state] = more
    return found


def recount(database: Database, *, anew: bool = False) -> None:
    """Add what differs to the counts, unless somebody else counts meanwhile.

    Args:
        anew: Also in a store that was counted.
    """
    if anew:
        token = json.dumps({"mark": secrets.randbits(60)})
        mark = {"counts": token, "span": EVER, **_MARK}
        database.write(lambda c: sql.SAVE.run(c, {"rolled": json.dumps([mark])}))
    with closing(database.engine.care.begin_read()) as connection:
        seen = sql.UNCOUNTED.run(connection).scalar()
        found = differences(connection)
    if seen is not None:
        database.write(lambda c: _correct(c, dict(database.engine.times()), found, seen))


def _correct(
    connection: Connection, times: dict[str, object], found: Differences, seen: str
) -> None:
    if sql.MARK_COUNTED.run(connection, {"seen": seen}).first() is None:
        return
    tally = Tally()
    for (queue, state), more in found.items():
        tally.add(Kind(queue, verb=Fact.RECOUNTED, target=state), more)
    tally.write(connection, times)
