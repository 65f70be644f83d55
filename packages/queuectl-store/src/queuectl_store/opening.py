"""Opens a store by its URL: picks the engine, brings the schema up to date, wires the parts."""

from pathlib import Path
from typing import Literal

from queuectl_store.clock import Clock, SystemClock
from queuectl_store.database import Database
from queuectl_store.engines.engine import Engine
from queuectl_store.errors import MissingDriver, StoreUnreachable
from queuectl_store.migrate import migrate
from queuectl_store.store import Store


def connect(
    url: str,
    *,
    clock: Clock | None = None,
    durability: Literal["full", "normal"] = "full",
    create: bool = True,
) -> Store:
    """Open the store at *url*.

    Args:
        url: `sqlite:///path`, a bare path, or `postgresql://user@host/name`.
        durability: `normal` may lose the last commits before a power cut (SQLite alone).
        create: Make a SQLite file that does not exist.

    Raises:
        StoreUnreachable: It cannot be opened, or is not a store; see errors.py for the kinds.
        StoreDamaged: It fails its own checks.
    """
    engine = _engine(url, clock or SystemClock(), durability, create=create)
    database = Database(engine)
    try:
        migrate(database)
    except BaseException:
        engine.close()
        raise
    return Store(database)


def _engine(
    url: str, clock: Clock, durability: Literal["full", "normal"], *, create: bool
) -> Engine:
    scheme, separator, rest = url.partition("://")
    if not separator:
        return _sqlite(Path(url), clock, durability, create=create)
    match scheme:
        case "sqlite":
            return _sqlite(Path(rest.removeprefix("/")), clock, durability, create=create)
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return _postgres(url, clock)
        case _:
            raise StoreUnreachable(
                f"{scheme}:// is not a kind of store; give a path, sqlite:///path or postgresql://…"
            )


def _sqlite(
    path: Path, clock: Clock, durability: Literal["full", "normal"], *, create: bool
) -> Engine:
    from queuectl_store.engines.sqlite import SqliteEngine

    if str(path) in ("", ".", ":memory:"):
        raise StoreUnreachable("a SQLite store needs a file, such as sqlite:///queue.db")
    return SqliteEngine(path.absolute(), clock=clock, durability=durability, create=create)


def _postgres(url: str, clock: Clock) -> Engine:
    import sqlalchemy as sa

    try:
        from queuectl_store.engines.postgres import PostgresEngine
    except ModuleNotFoundError as error:
        raise MissingDriver(
            "PostgreSQL needs the psycopg package: install the extra `postgres` of queuectl or"
            " queuectl-worker"
        ) from error

    try:
        parsed = sa.make_url(url.replace("postgres://", "postgresql://", 1))
    except (sa.exc.ArgumentError, ValueError) as error:
        raise StoreUnreachable(
            "that PostgreSQL address cannot be read; write postgresql://user@host:5432/name"
        ) from error
    return PostgresEngine(parsed, clock=clock)
