"""The transactions in which jobs come into a store, in as few steps as the database allows."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from queuectl_store.bell import EVERYTHING, JOBS, TIMES
from queuectl_store.claiming import Times
from queuectl_store.database import Database
from queuectl_store.enqueue import calls, enqueuing
from queuectl_store.enqueue.calls import Call
from queuectl_store.enqueue.enqueuing import Surroundings, Wanted
from queuectl_store.enqueue.environments import Environments
from queuectl_store.enqueue.together import Together
from queuectl_store.fallbacks import CurrentFallbacks
from queuectl_store.job import JobId, NewJob
from queuectl_store.sql.statement import Connection

T = TypeVar("T")


class Arrivals:
    """Stores what was checked.

    Attributes:
        together: What lets threads share a transaction.
    """

    def __init__(self, database: Database, fallbacks: CurrentFallbacks) -> None:
        self._database, self._fallbacks = database, fallbacks
        self.together = Together(self._store_plain)

    def store(self, call: Call, followers: Iterable[NewJob]) -> list[JobId]:
        """Store the jobs of *call*, and *followers* with them; return their ids in order."""
        if call.stands_alone:
            return self.store_plain(call.wanted)
        around = self.around([*(each.new for each in call.wanted), *followers])
        return self._written(lambda c, times: calls.store(c, times, around, call), EVERYTHING)

    def store_plain(self, wanted: Sequence[Wanted]) -> list[JobId]:
        """Store jobs of which only each itself concerns it; return their ids in order."""
        if self._database.engine.writes_alone:
            return self.together.enqueue(wanted)
        return self._store_plain(wanted)

    def around(self, jobs: Sequence[NewJob]) -> Surroundings:
        """Return what *jobs* draw on, for one transaction."""
        return Surroundings(Environments(), self._fallbacks.get(jobs))

    def _store_plain(self, wanted: Sequence[Wanted]) -> list[JobId]:
        around, about = self.around([each.new for each in wanted]), _topics(wanted)
        if self._database.engine.joins_writes and len(wanted) == 1 and wanted[0].new.key is None:
            sent = self._written(
                lambda c, times: enqueuing.send_one(c, times, around, wanted[0]), about
            )
            # Asked after the commit, so that all of it was one round trip.
            if (job_id := sent.inserted()) is not None:
                return [job_id]
        return self._written(lambda c, times: calls.store_plain(c, times, around, wanted), about)

    def _written(self, store: Callable[[Connection, Times], T], about: int) -> T:
        times = self._database.engine.times
        return self._database.write(lambda c: store(c, dict(times())), repeatable=True, rings=about)


def _topics(wanted: Sequence[Wanted]) -> int:
    """Return what a ring for *wanted* is about."""
    has_times = any(each.new.run_at is not None or each.new.delay_ms is not None for each in wanted)
    return JOBS | TIMES if has_times else JOBS
