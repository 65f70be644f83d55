"""What people set for queues and resources. Claims read it, so it holds from the next one on."""

from collections.abc import Callable
from typing import Any, TypeVar

from queuectl_store import demands
from queuectl_store.bell import EVERYTHING
from queuectl_store.database import Database
from queuectl_store.errors import InvalidLimit, UnknownResource
from queuectl_store.limits import sweeping
from queuectl_store.limits import transaction as limits
from queuectl_store.limits.queues import KEEP, Keep, QueueLimits, QueueState, limits_of
from queuectl_store.limits.rates import Rate
from queuectl_store.limits.waits import missing_name, rate_name, resource_name
from queuectl_store.spec import queue_problem
from queuectl_store.sql.names import LIMITS
from queuectl_store.sql.plain import limits as limits_sql
from queuectl_store.sql.plain import queues as sql
from queuectl_store.sql.statement import Connection

MOST_RUNNING = 1_000_000

T = TypeVar("T")


class QueueAdmin:
    """Sets limits, pauses, resumes and drains.

    A change waits until no claim is under way and keeps further ones out until it is stored, so
    that no job starts by the old rule once it has returned.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def set_queue(
        self,
        name: str,
        *,
        concurrency: int | Keep | None = KEEP,
        key_concurrency: int | Keep | None = KEEP,
        rate: Rate | Keep | None = KEEP,
        key_rate: Rate | Keep | None = KEEP,
    ) -> QueueLimits:
        """Change limits of a queue, known or not, and return all that it has then.

        Raises:
            InvalidLimit: A limit or the name makes no sense; nothing was changed.
        """
        for what, count in (("concurrency", concurrency), ("key_concurrency", key_concurrency)):
            _check_count(what, count)
        for each in (rate, key_rate):
            _check_rate(each)
        wanted = {
            "concurrency": concurrency,
            "key_concurrency": key_concurrency,
            **_rate_columns("rate", rate),
            **_rate_columns("key_rate", key_rate),
        }

        def work(connection: Connection) -> QueueLimits:
            row = _queue_row(connection, name)
            values = {
                f"to_{column}": getattr(row, column) if wanted[column] is KEEP else wanted[column]
                for column in LIMITS
            }
            sql.SET_LIMITS.run(connection, {"of": name, **values})
            times = self._database.engine.times()
            for prefix in (rate_name(name), rate_name(name, "")):
                sql.HURRY_BUCKETS.run(connection, {"prefix": prefix, **times})
            sweeping.let_go_of_queue(connection, name)
            return limits_of(limits_sql.QUEUE.run(connection, {"of": name}).one())

        return self._change(name, work)

    def pause(self, name: str) -> None:
        """Start nothing more of a queue; what runs goes on."""
        self._set_state(name, QueueState.PAUSED)

    def resume(self, name: str) -> None:
        """Let a queue that was paused or drained take and start jobs again."""
        self._set_state(name, QueueState.ACTIVE)

    def drain(self, name: str) -> None:
        """Refuse new jobs for a queue, and let those that it has come to their end."""
        self._set_state(name, QueueState.DRAINING)

    def set_resource(self, name: str, capacity: int) -> None:
        """Say how much there is of a resource in the whole store.

        Raises:
            InvalidLimit: The name or the number is not usable.
        """
        _check_resource(name)
        if not 0 <= capacity <= demands.MOST_UNITS:
            raise InvalidLimit(
                f"there may be 0 to {demands.MOST_UNITS} of a resource, not {capacity}"
            )

        def work(connection: Connection) -> None:
            if sql.SET_RESOURCE.run(connection, {"of": name, "to": capacity}).first() is None:
                sql.ADD_RESOURCE.run(connection, {"name": name, "capacity": capacity})
            _let_all_go(connection, name)

        self._write(work)

    def remove_resource(self, name: str) -> None:
        """Forget a resource; jobs that ask for it wait until it is there again.

        Raises:
            UnknownResource: There is none of that name.
        """

        def work(connection: Connection) -> None:
            if sql.REMOVE_RESOURCE.run(connection, {"of": name}).first() is None:
                raise UnknownResource(name)
            _let_all_go(connection, name)

        self._write(work)

    def _set_state(self, name: str, state: QueueState) -> None:
        def work(connection: Connection) -> None:
            _queue_row(connection, name)
            sql.SET_STATE.run(connection, {"of": name, "to": state.value})

        self._change(name, work)

    def _change(self, name: str, work: Callable[[Connection], T]) -> T:
        if problem := queue_problem(name):
            raise InvalidLimit(problem)
        return self._write(work)

    def _write(self, work: Callable[[Connection], T]) -> T:
        def locked(connection: Connection) -> T:
            limits.lock_rules(connection)
            return work(connection)

        return self._database.write(locked, repeatable=True, rings=EVERYTHING)


def _queue_row(connection: Connection, name: str) -> Any:
    sql.ADD_QUEUE.run(connection, {"of": name})
    return limits_sql.QUEUE.run(connection, {"of": name}).one()


def _let_all_go(connection: Connection, name: str) -> None:
    names = {"one": resource_name(name), "other": missing_name(name)}
    sql.LET_ALL_GO.run(connection, names)


def _rate_columns(name: str, rate: Rate | Keep | None) -> dict[str, Any]:
    if isinstance(rate, Keep):
        return {name: rate, f"{name}_ms": rate, f"{name}_burst": rate}
    values = (None, None, None) if rate is None else (rate.count, rate.per_ms, rate.burst)
    return dict(zip((name, f"{name}_ms", f"{name}_burst"), values, strict=True))


def _check_count(what: str, count: int | Keep | None) -> None:
    if isinstance(count, int) and not 1 <= count <= MOST_RUNNING:
        raise InvalidLimit(
            f"{what} must be from 1 to {MOST_RUNNING}, got {count}; pause the queue to stop it"
        )


def _check_rate(rate: Rate | Keep | None) -> None:
    if isinstance(rate, Rate):
        try:
            rate.check()
        except ValueError as error:
            raise InvalidLimit(str(error)) from error


def _check_resource(name: str) -> None:
    if problem := demands.resource_problem(name):
        raise InvalidLimit(problem)
