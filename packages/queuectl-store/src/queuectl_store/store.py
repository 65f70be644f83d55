"""The hot path: enqueue, claim, finish; and what keeps it going: renew, stage, rescue."""

import json
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import sqlalchemy as sa

from queuectl_store import environments, pacing, records, replays, spec, sweeping
from queuectl_store.admin import Admin
from queuectl_store.database import Database
from queuectl_store.dead import DeadLetters
from queuectl_store.errors import OutcomeUnknown, UnknownWorker
from queuectl_store.intake import Intake
from queuectl_store.job import Claim, JobId, NewWorker, WorkerId
from queuectl_store.ledger import Moved
from queuectl_store.notifier import Listener
from queuectl_store.outcome import Exchange, Finish, Released, Renewal, StopRequest
from queuectl_store.reader import Reader
from queuectl_store.sql import limits as limits_sql
from queuectl_store.sql import upkeep
from queuectl_store.states import JobState, Verb
from queuectl_store.sweeping import Swept
from queuectl_store.turn import Run, Times, finish, runs_json, trade, write_moves

_ROWS_A_STATEMENT = 1_000

T = TypeVar("T")


class Store(Intake):
    """One store; safe to use from several threads, not across a fork.

    Every method is one transaction. One that lost against another process is repeated; what
    it raises is in errors.py.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.url: str = database.engine.url
        self.reader = Reader(database)
        self.admin = Admin(database)
        self.dead = DeadLetters(database, self.admin)

    def register(self, worker: NewWorker) -> WorkerId:
        """Introduce *worker*; its lease begins now."""
        values = {
            "key": secrets.token_urlsafe(12),
            "host": spec.clean(worker.host),
            "pid": worker.pid,
            "version": worker.version,
            "concurrency": worker.concurrency,
            "queues": None if worker.queues is None else json.dumps(worker.queues),
            "lease_ms": worker.lease_ms,
        }
        return WorkerId(self._write(lambda c, times: _scalar(c, upkeep.REGISTER, values | times)))

    def unregister(self, worker_id: WorkerId) -> None:
        """Say that the worker ends; whatever it still holds is rescued at once."""
        self._write(lambda c, times: c.execute(upkeep.UNREGISTER, {"worker": worker_id, **times}))

    def claim(
        self, worker_id: WorkerId, *, limit: int, queues: Collection[str] | None = None
    ) -> list[Claim]:
        """Take up to *limit* pending jobs, best first; see `exchange`."""
        return self.exchange(worker_id, (), limit=limit, queues=queues).claims

    def finish(self, worker_id: WorkerId, finishes: Sequence[Finish]) -> list[Finish]:
        """Record how attempts ended, each if its token is still the job's.

        Returns:
            Those that were refused, since the claim was lost; the others are recorded.
        """
        return self.exchange(worker_id, finishes, limit=0).refused

    def exchange(
        self,
        worker_id: WorkerId,
        finishes: Sequence[Finish],
        *,
        limit: int,
        queues: Collection[str] | None = None,
    ) -> Exchange:
        """Record *finishes* and claim jobs for up to *limit* slots, in one transaction.

        Best is highest priority, then lowest id; between queues, whose best job is best.
        Exactly one caller gets each job. A worker whose lease ran out, or that was asked to
        stop, gets none. Nothing is claimed beyond a limit (docs/limits.md).

        Args:
            queues: The queues to claim from; None is all.
        """

        is_alone = self._database.engine.writes_alone
        try:
            exchange, freed = self._write(
                lambda c, times: trade(
                    c, times, worker_id, finishes, limit=limit, queues=queues, is_alone=is_alone
                )
            )
        except OutcomeUnknown:
            # The finishes are found again by their tokens. Claims that were made and not
            # heard of show in the next renewals, and the worker gives them back.
            recorded = self._write(
                lambda c, times: finish(c, times, worker_id, finishes), repeatable=True
            )
            return Exchange(claims=[], refused=recorded.refused)
        if freed > len(exchange.claims):
            self._database.engine.notify()
        return exchange

    def release(self, worker_id: WorkerId, runs: Collection[Run], *, reason: str) -> int:
        """Give back running jobs of the worker by id and token; no attempt is used."""

        def work(connection: sa.Connection, times: Times) -> int:
            values = {"runs": runs_json(runs), "worker": worker_id}
            rows = connection.execute(upkeep.RUNNING_OF, values).all()
            given = [
                Finish(claim=records.claim(row), outcome=Released(reason=reason)) for row in rows
            ]
            finish(connection, times, worker_id, given)
            return len(given)

        count = self._write(work)
        self._database.engine.notify()
        return count

    def renew(self, worker_id: WorkerId) -> Renewal:
        """Extend the worker's lease by its length, from now.

        Raises:
            UnknownWorker: The lease ran out and was taken; none of its claims holds any more.
        """

        def work(connection: sa.Connection, times: Times) -> Renewal:
            worker = connection.execute(upkeep.RENEW, {"worker": worker_id, **times}).first()
            if worker is None:
                raise UnknownWorker(worker_id)
            held = connection.execute(upkeep.HELD_BY_WORKER, {"worker": worker_id}).all()
            return Renewal(
                held=frozenset((row.id, row.token) for row in held),
                cancelled=frozenset((row.id, row.token) for row in held if row.cancel_requested),
                stop=StopRequest(worker.stop) if worker.stop else None,
            )

        return self._write(work, repeatable=True)

    def stage(self, *, limit: int = _ROWS_A_STATEMENT) -> int:
        """Make up to *limit* jobs pending whose time has come; returns how many.

        Jobs whose rate, or whose turn in a paced retry, lets them start by now are let go
        besides, and counted.
        """

        def work(connection: sa.Connection, times: Times) -> int:
            let_out = pacing.let_out(connection, times) + replays.let_out(connection, times)
            rows = connection.execute(upkeep.STAGE, {"at_most": limit, **times}).all()
            write_moves(
                connection,
                times,
                [Moved(row.id, Verb.STAGE, JobState.PENDING, row.attempt) for row in rows],
            )
            return len(rows) + let_out

        count = self._write(work)
        if count:
            self._database.engine.notify()
        return count

    def due_in_ms(self) -> int | None:
        """Return the milliseconds until a job or a rate is due, 0 if one is, None if none is."""
        times = self._database.engine.times()
        with self._database.read() as connection:
            row = connection.execute(upkeep.DUE_IN, times).one()
            paced = connection.execute(limits_sql.BUCKET_DUE_IN, times).scalar_one()
        waits = [wait for wait in (*row, paced) if wait is not None]
        return max(0, min(waits)) if waits else None

    def rescue(self, decide: Callable[[Claim], Finish], *, limit: int = 100) -> list[Finish]:
        """Take the jobs of workers whose lease ran out, and record what *decide* makes of each.

        The worker loses its lease and its jobs in one transaction, so that it cannot renew
        in between.

        Args:
            decide: Pure; called inside the transaction, perhaps more than once.
        """

        def work(connection: sa.Connection, times: Times) -> list[Finish]:
            connection.execute(limits_sql.LOCK_COUNTS)
            connection.execute(upkeep.EXPIRE_WORKERS, times)
            rows = connection.execute(upkeep.ABANDONED, {"at_most": limit}).all()
            finishes = [decide(records.claim(row)) for row in rows]
            for each, row in zip(finishes, rows, strict=True):
                finish(connection, times, row.worker_id, [each])
            return finishes

        rescued = self._write(work)
        if rescued:
            self._database.engine.notify()
        return rescued

    def sweep(self, after: str = "", *, boosts: Mapping[str, int] | None = None) -> Swept:
        """Let jobs go that wait for a limit in which there is room, whatever the cause.

        Bounded: looks at the next 1,000 limits that are waited for, after *after*.

        Args:
            boosts: How many times more of some limits; see `limits.let_go`.
        """
        with self._database.read() as connection:
            swept = sweeping.look(connection, after)
        if swept.found:
            count = self._write(lambda c, _: sweeping.let_go(c, swept.found, boosts or {}))
            if count:
                self._database.engine.notify()
        return swept

    def forget_full_buckets(self) -> None:
        """Delete the buckets of keys that nobody has used for as long as they take to fill."""
        self._write(sweeping.forget_full_buckets)

    def work_left(self, queues: Collection[str] | None = None, *, slots: int | None = None) -> bool:
        """Tell whether a worker of so many *slots* for *queues* (None: all) has work, or will."""
        return self.reader.work_left(queues, slots=slots)

    def environment(self, environment_id: int) -> dict[str, str]:
        """Return the variables stored under *environment_id*."""
        with self._database.read() as connection:
            return environments.read(connection, environment_id)

    def set_progress(self, job_id: JobId, token: int, text: str) -> bool:
        """Record what a run says of its progress; False when *token* is no longer the job's."""
        values = {"job": job_id, "run": token, "text": spec.clean(text)}
        return self._write(lambda c, _: c.execute(upkeep.SET_PROGRESS, values).first() is not None)

    def listen(self) -> Listener:
        """Return a listener that wakes when work may have come."""
        return self._database.engine.listen()

    def maintain(self) -> None:
        """Do the upkeep that is due: on SQLite the guarded checkpoint; cheap when none is."""
        self._database.engine.maintain()

    def close(self) -> None:
        """Let go of every connection."""
        self._database.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _write(self, work: Callable[[sa.Connection, Times], T], *, repeatable: bool = False) -> T:
        # The clock is read after the write lock was taken: waiting for it is not time past.
        times = self._database.engine.times
        return self._database.write(lambda c: work(c, dict(times())), repeatable=repeatable)


def _scalar(connection: sa.Connection, statement: Any, values: dict[str, Any]) -> Any:
    return connection.execute(statement, values).scalar_one()
