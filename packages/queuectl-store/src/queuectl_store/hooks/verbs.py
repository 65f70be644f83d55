"""Hooks: what people do to them, and the one call by which workers serve them.

What makes jobs is imported where they are made: who looks or pauses does not wait for it.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from queuectl_store import template
from queuectl_store.bell import EVERYTHING, JOBS
from queuectl_store.database import Database
from queuectl_store.errors import HookExists, QueueDraining, UnknownHook
from queuectl_store.fallbacks import CurrentFallbacks
from queuectl_store.hooks.hook import Hook, HookId, NewHook, check_hook
from queuectl_store.hooks.rows import columns, read_hook
from queuectl_store.job import JobId, NewJob
from queuectl_store.shared import Settings
from queuectl_store.spec import clean
from queuectl_store.sql.plain import feed, read
from queuectl_store.sql.plain import hooks as sql
from queuectl_store.sql.statement import Connection, Statement

if TYPE_CHECKING:
    from queuectl_store.hooks.dispatching import Dispatched

T = TypeVar("T")


class Hooks:
    """The hooks of a store, by name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fallbacks = CurrentFallbacks(Settings(database))

    def add(self, new: NewHook) -> Hook:
        """Store *new*; it is told of what happens from now on.

        Raises:
            InvalidHook: It could never deliver.
            InvalidJob: Its job could not be stored.
            HookExists: Another one has this name.
        """
        from queuectl_store.enqueue.inside import refuse_unfit

        check_hook(new)
        values = columns(new)
        refuse_unfit(template.from_json(values["job"]))

        def work(connection: Connection) -> Hook:
            if sql.NAMED.run(connection, {"of": new.name}).first():
                raise HookExists(new.name)
            row = values | self._now(connection) | _end(connection)
            try:
                with connection.begin_nested():
                    return read_hook(sql.ADD.run(connection, row).one())
            except (
                self._database.engine.conflict
            ) as error:  # another one was added at the same moment
                raise HookExists(new.name) from error

        return self._database.write(work)

    def all(self) -> list[Hook]:
        """Return every hook, by name."""
        with self._database.read() as connection:
            return [read_hook(row) for row in sql.ALL.run(connection)]

    def get(self, name: str) -> Hook:
        """Return one hook.

        Raises:
            UnknownHook: There is none of that name.
        """
        with self._database.read() as connection:
            return read_hook(_found(connection, sql.NAMED, name))

    def find(self, hook_id: int) -> Hook | None:
        """Return the hook of that id, if there is one."""
        with self._database.read() as connection:
            row = sql.BY_ID.run(connection, {"of": hook_id}).first()
            return None if row is None else read_hook(row)

    def remove(self, name: str) -> None:
        """Remove a hook; deliveries that were made already go on to their end.

        Raises:
            UnknownHook: There is none of that name.
        """
        self._database.write(lambda c: _found(c, sql.REMOVE, name))

    def pause(self, name: str) -> Hook:
        """Tell it of nothing until `resume`.

        Raises:
            UnknownHook: There is none of that name.
        """

        def work(connection: Connection) -> Hook:
            row = _found(connection, sql.LOCKED, name)
            values = {"of": row.id, "because": None}
            return read_hook(sql.PAUSE.run(connection, values).one())

        return self._database.write(work)

    def resume(self, name: str) -> Hook:
        """Tell it of what happens from now on; the events of the pause are not made up for.

        Raises:
            UnknownHook: There is none of that name.
        """

        def work(connection: Connection) -> Hook:
            row = _found(connection, sql.LOCKED, name)
            if not row.paused:
                return read_hook(row)
            return read_hook(sql.RESUME.run(connection, {"of": row.id} | _end(connection)).one())

        return self._database.write(work)

    def give_up(self, hook_id: HookId, reason: str) -> None:
        """Pause a hook because it cannot deliver; *reason* is shown with it."""
        values = {"of": hook_id, "because": clean(reason[:500])}
        self._database.write(lambda c: sql.PAUSE.run(c, values).all())

    def test(self, name: str) -> JobId:
        """Deliver an event that did not happen, paused or not; return the job that does.

        Raises:
            UnknownHook: There is none of that name.
        """
        import secrets

        from queuectl_store.hooks import dispatching
        from queuectl_store.hooks.happening import rehearsal

        def work(connection: Connection) -> JobId:
            hook = read_hook(_found(connection, sql.NAMED, name))
            told = rehearsal(hook, now=self._now(connection)["created_at"])
            key = f"hook.{hook.id}.test.{secrets.token_urlsafe(12)}"
            return self._enqueue(connection, [dispatching.job_for(hook, told, key=key)])[0]

        return self._told(work)

    def dispatch(self) -> "Dispatched":
        """Make the jobs that deliver what happened; no write where nothing did."""
        from queuectl_store.feed import Place
        from queuectl_store.hooks import dispatching
        from queuectl_store.hooks.dispatching import Dispatched

        with self._database.read() as connection:
            places = [Place(row.tx, row.event_id) for row in sql.ACTIVE.run(connection)]
            if not any(dispatching.newest_after(connection, place) for place in places):
                return Dispatched.NOTHING if places else Dispatched.NO_HOOKS
        try:
            return self._database.write(
                lambda c: dispatching.dispatch(c, self._enqueue),
                repeatable=True,
                rings=JOBS,
            )
        except QueueDraining:  # a person wants no deliveries now; the events wait in the feed
            return Dispatched.NOTHING

    def _enqueue(self, connection: Connection, new: Sequence[NewJob]) -> list[JobId]:
        from queuectl_store.enqueue.inside import enqueue_inside

        return enqueue_inside(connection, self._times(), self._fallbacks, new)

    def _told(self, work: Callable[[Connection], T]) -> T:
        return self._database.write(work, rings=EVERYTHING)

    def _now(self, connection: Connection) -> dict[str, int]:
        return {"created_at": int(read.NOW.run(connection, self._times()).scalar_one())}

    def _times(self) -> dict[str, Any]:
        return dict(self._database.engine.times())


def _found(connection: Connection, statement: Statement, name: str) -> Any:
    row = statement.run(connection, {"of": name}).first()
    if row is None:
        raise UnknownHook(name)
    return row


def _end(connection: Connection) -> dict[str, int]:
    """Return the end of the feed, as the columns of a place."""
    row = feed.END.run(connection).one()
    return {"tx": row.tx, "event_id": row.id}
