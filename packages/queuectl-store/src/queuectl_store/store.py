"""The hot path: enqueue, claim, finish; and what keeps it going: renew, stage, rescue."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, TypeVar

from queuectl_store.bell import EVERYTHING, JOBS
from queuectl_store.bounds import words
from queuectl_store.clock import Times
from queuectl_store.database import Database
from queuectl_store.errors import OutcomeUnknown
from queuectl_store.job import Claim, JobId, NewWorker, WorkerId
from queuectl_store.outcome import Exchange, Finish, Released, Renewal
from queuectl_store.outlook import Outlook
from queuectl_store.rooms import Rooms
from queuectl_store.schema import HEAD
from queuectl_store.sql.plain import upkeep
from queuectl_store.sql.plain.outlook import OUTLOOK
from queuectl_store.sql.statement import Connection

if TYPE_CHECKING:
    # Imported where it is used: who changes a setting does not wait for it (decision 34).

    from queuectl_store.turn import Run

_ROWS_A_STATEMENT = 1_000

T = TypeVar("T")


class Store(Rooms):
    """One store; safe to use from several threads, not across a fork.

    Every method is one transaction. One that lost against another process is repeated; what
    it raises is in errors.py.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        # That of the store, which opening brings up to date.
        self.schema: str = HEAD

    def register(self, worker: NewWorker) -> WorkerId:
        """Introduce *worker*; its lease begins now.

        Raises:
            StoreTooNew: A newer program has changed the schema since the store was opened.
        """
        from queuectl_store import leasing

        return self._write(lambda c, times: leasing.register(c, times, self.url, worker))

    def unregister(self, worker_id: WorkerId) -> None:
        """Say that the worker ends; whatever it still holds is rescued at once."""
        self._write(lambda c, times: upkeep.UNREGISTER.run(c, {"worker": worker_id, **times}))

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
        beside: int | None = None,
    ) -> Exchange:
        """Record *finishes* and claim jobs for up to *limit* slots, in one transaction.

        Best is highest priority, then lowest id; between queues, whose best job is best.
        Exactly one caller gets each job. A worker whose lease ran out, or that was asked to
        stop, gets none. Nothing is claimed beyond a limit (docs/limits.md). Other workers are
        woken where jobs were given back, or let go by a limit, and not claimed here.

        Args:
            queues: The queues to claim from; None is all.
            beside: Up to so many slots for deliveries of hooks, which then take nothing of *limit*;
                None: they are jobs like others.
        """

        from queuectl_store.claiming import Wish
        from queuectl_store.straight import claim_straight
        from queuectl_store.turn import finish, trade

        is_alone = self._database.engine.writes_alone
        wish = Wish(limit, queues, beside)
        try:
            if self._database.engine.joins_writes and limit > 0 and not finishes:
                return claim_straight(self._write, worker_id, wish)
            exchange, _ = self._write(
                lambda c, times: trade(c, times, worker_id, finishes, wish, is_alone=is_alone),
                rings=lambda traded: traded[1],
            )
        except OutcomeUnknown:
            # The finishes are found again by their tokens. Claims that were made and not
            # heard of show in the next renewals, and the worker gives them back.
            recorded = self._write(
                lambda c, times: finish(c, times, worker_id, finishes), repeatable=True
            )
            return Exchange(claims=[], refused=recorded.refused)
        return exchange

    def release(self, worker_id: WorkerId, runs: "Collection[Run]", *, reason: str) -> int:
        """Give back running jobs of the worker by id and token; no attempt is used."""

        from queuectl_store import records
        from queuectl_store.turn import finish, runs_json

        def work(connection: Connection, times: "Times") -> int:
            values = {"runs": runs_json(set(runs)), "worker": worker_id}
            rows = upkeep.RUNNING_OF.run(connection, values).all()
            given = [
                Finish(claim=records.claim(row), outcome=Released(reason=reason)) for row in rows
            ]
            finish(connection, times, worker_id, given)
            return len(given)

        return self._write(work, rings=JOBS)

    def renew(self, worker_id: WorkerId) -> Renewal:
        """Extend the worker's lease by its length, from now.

        Raises:
            UnknownWorker: The lease ran out and was taken; none of its claims holds any more.
        """
        from queuectl_store import leasing

        return self._write(
            lambda c, times: leasing.renew(c, times, self.url, worker_id), repeatable=True
        )

    def stage(self, *, limit: int = _ROWS_A_STATEMENT) -> int:
        """Make up to *limit* jobs pending whose time has come; returns how many.

        Jobs whose rate, or whose turn in a paced retry, lets them start by now are let go
        besides, and counted.
        """

        from queuectl_store import keeping

        return self._write(
            lambda c, times: keeping.stage(c, times, limit), rings=lambda n: JOBS if n else 0
        )

    def fire(self, *, limit: int = 20) -> int:
        """Make the jobs of up to *limit* schedules that are due; returns how many were."""
        return self.schedules.fire(limit=limit)

    def resolve(self, *, limit: int = _ROWS_A_STATEMENT) -> int:
        """Go on with what ends of jobs left due: children to be told, groups that were halted.

        Returns:
            How many jobs and edges it touched, about *limit* at most; 0 when nothing is due.
        """
        from queuectl_store.graph.consequences import DUE, follow_due

        with self._database.read() as connection:
            if not any(each.run(connection).scalar_one() for each in DUE):
                return 0
        # What waited for its parent may now wait for its time, and a halt stops what runs.
        return self._write(
            lambda c, times: follow_due(c, times, limit=limit),
            rings=lambda n: EVERYTHING if n else 0,
        )

    def due_in_ms(self, *, slots: bool = True) -> int | None:
        """Return the milliseconds until a job, slot or rate is due; 0 if one is, None if none.

        Args:
            slots: Those of schedules count, which never come to an end.
        """
        return self.outlook(slots=slots).due_in_ms

    def outlook(self, *, slots: bool = True) -> Outlook:
        """Look at all that `resolve`, `stage`, `fire` and the sweep of limits may find to do.

        Args:
            slots: Those of schedules count, which never come to an end.
        """
        times = self._database.engine.times()
        with self._database.read() as connection:
            row = OUTLOOK.run(connection, times).one()
        recurring = row.recurring if slots else None
        waits = (row.scheduled, row.retrying, recurring, row.paced)
        due_in_ms = min((wait for wait in waits if wait is not None), default=None)
        return Outlook(
            has_consequences=bool(row.has_consequences),
            has_waiting=bool(row.has_waiting),
            due_in_ms=due_in_ms if due_in_ms is None else max(0, due_in_ms),
        )

    def rescue(self, decide: Callable[[Claim], Finish], *, limit: int = 100) -> list[Finish]:
        """Take the jobs of workers whose lease ran out, and record what *decide* makes of each.

        The worker loses its lease and its jobs in one transaction, so that it cannot renew
        in between.

        Args:
            decide: Pure; called inside the transaction, perhaps more than once.
        """

        from queuectl_store import keeping

        return self._write(
            lambda c, times: keeping.rescue(c, times, decide, limit),
            rings=lambda rescued: EVERYTHING if rescued else 0,
        )

    def work_left(self, queues: Collection[str] | None = None, *, slots: int | None = None) -> bool:
        """Tell whether a worker of so many *slots* for *queues* (None: all) has work, or will."""
        return self.reader.work_left(queues, slots=slots)

    def environment(self, environment_id: int) -> dict[str, str]:
        """Return the variables stored under *environment_id*."""
        from queuectl_store.enqueue import environments

        with self._database.read() as connection:
            return environments.read(connection, environment_id)

    def set_progress(self, job_id: JobId, token: int, text: str) -> bool:
        """Record what a run says of its progress; False when *token* is no longer the job's."""
        values = {"job": job_id, "run": token, "text": words(text)}
        return self._write(lambda c, _: upkeep.SET_PROGRESS.run(c, values).first() is not None)

    def settle(self, claims: Sequence[Claim]) -> None:
        """Record what their tasks say of *claims* that left it to them; see `NewJob`."""
        from queuectl_store import settling

        self._write(lambda c, _: settling.settle(c, claims))

    def maintain(self) -> None:
        """Do the upkeep that is due: on SQLite the guarded checkpoint; cheap when none is."""
        self._database.engine.maintain()

    def _write(
        self,
        work: "Callable[[Connection, Times], T]",
        *,
        repeatable: bool = False,
        rings: int | Callable[[T], int] = 0,
    ) -> T:
        # The clock is read after the write lock was taken: waiting for it is not time past.
        times = self._database.engine.times
        return self._database.write(
            lambda c: work(c, dict(times())), repeatable=repeatable, rings=rings
        )
