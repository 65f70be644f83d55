"""Which ended jobs are beyond a number of bytes: the newest are kept, as long as they fit."""

from collections.abc import Iterator

from queuectl_store.database import Database
from queuectl_store.sql.plain import sizes as sql
from queuectl_store.states import JobState

STEP = 500  # jobs that are measured at once: some milliseconds of reading
_LATEST = 2**62

Place = tuple[int, int]  # finished_at and id


def beyond(database: Database, queue: str, state: JobState, most: int) -> Iterator[Place | None]:
    """Find the newest job of the queue and state that no longer fits into *most* bytes.

    Measures from the newest backwards, so it reads what is kept and little more. Yields after
    each read, which is short: None, and at last that job's place if there is one.
    """
    place, left = (_LATEST, _LATEST), most
    more = True
    while more:
        values = {"of_queue": queue, "to_at": place[0], "to_id": place[1], "at_most": STEP}
        with database.read() as connection:
            rows = sql.NEWEST[state].run(connection, values).all()
        for row in rows:
            left -= row.size
            place = (row.finished_at, row.id)
            if left < 0:
                yield place
                return
        more = len(rows) == STEP
        yield None
