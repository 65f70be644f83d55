"""The transactions in which jobs come into a store, in as few steps as the database allows."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from queuectl_store.bell import EVERYTHING
from queuectl_store.clock import Times
from queuectl_store.database import Database
from queuectl_store.enqueue import calls
from queuectl_store.enqueue.alike import Alike, alike, ids_of, topics
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
        # Of the job that came last: a task is mostly enqueued again and again.
        self._latest: Alike | None = None

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
        if (same := self._alike(wanted)) is not None:
            return self._store_alike(same, wanted)
        jobs = [each.new for each in wanted]
        around = self.around(jobs)
        return self._written(
            lambda c, times: calls.store(c, times, around, calls.plain(wanted)), topics(jobs)
        )

    def _alike(self, wanted: Sequence[Wanted]) -> Alike | None:
        """Return what *wanted* share if they differ in their specs alone, under our own keys."""
        if not wanted or (new := wanted[0].new).key is not None:
            return None
        if len(wanted) > 1 and not all(each.new is new for each in wanted):
            return None
        fallbacks, latest = self._fallbacks.get((new,)), self._latest
        if latest is None or not latest.holds_for(new, fallbacks):
            latest = self._latest = alike(new, fallbacks)
        return latest

    def _store_alike(self, same: Alike, wanted: Sequence[Wanted]) -> list[JobId]:
        if self._database.engine.joins_writes and (ids := self._store_joined(same, wanted)):
            return ids
        return self._written(lambda c, times: _stored(c, times, same, wanted), same.about)

    def _store_joined(self, same: Alike, wanted: Sequence[Wanted]) -> list[JobId]:
        """Store jobs in one round trip; none if the way of several has to say why."""
        is_first = True

        def store(connection: Connection, times: Times) -> Callable[[], list[JobId]]:
            nonlocal is_first
            if is_first:
                is_first = False
                sent = same.send(connection, times, wanted)
                # One statement stores all or none, which may be asked after the commit.
                if len(sent) == 1 or len(ids_of(sent)) == len(wanted):
                    return partial(ids_of, sent)
            # What came before may be stored by now, which the first way does not expect.
            ids = _stored(connection, times, same, wanted)
            return lambda: ids

        return self._written(store, same.about)()

    def store_within(
        self, connection: Connection, times: Times, call: Call, jobs: Sequence[NewJob]
    ) -> list[JobId]:
        """Store the jobs of *call* on a connection of the caller's; return their ids in order."""
        if self._database.engine.joins_writes and call.stands_alone:
            same = self._alike(call.wanted)
            ids = [] if same is None else ids_of(same.send(connection, times, call.wanted))
            if same is not None and len(ids) == len(call.wanted):
                return ids
        return calls.store(connection, times, self.around(jobs), call)

    def _written(self, store: Callable[[Connection, Times], T], about: int) -> T:
        times = self._database.engine.times
        return self._database.write(lambda c: store(c, dict(times())), repeatable=True, rings=about)


def _stored(
    connection: Connection, times: Times, same: Alike, wanted: Sequence[Wanted]
) -> list[JobId]:
    if (ids := same.enqueue(connection, times, wanted)) is not None:
        return ids
    # This way says why one was not, or finds what an earlier try has stored.
    around = Surroundings(Environments(), same.fallbacks)
    return calls.store(connection, times, around, calls.plain(wanted))
