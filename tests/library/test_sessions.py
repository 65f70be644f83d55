"""Enqueueing in the caller's own transaction: a Session or Connection, asyncio's too."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from queuectl_store import JobFilter, JobState, Listener, StoreUnreachable
from queuectl_worker import Queue
from queuectl_worker.tasks import TaskFunction

Thumbnail = TaskFunction[[str, int], None]


@pytest.fixture
def queue(store_url: str) -> Iterator[Queue]:
    queue = Queue(store_url)
    yield queue
    queue.close()


@pytest.fixture
def thumbnail(queue: Queue) -> Thumbnail:
    @queue.task
    def thumbnail(path: str, width: int = 200) -> None: ...

    return thumbnail  # type: ignore[return-value]


@pytest.fixture
def engine(store_url: str, queue: Queue) -> Iterator[sa.Engine]:
    """An engine of the caller's own, with a table of its own."""
    assert queue.store  # its tables are made at the first use, which no open transaction allows
    engine = sa.create_engine(store_url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE orders (id INTEGER)")
    yield engine
    engine.dispose()


def stored(queue: Queue) -> int:
    return len(queue.store.reader.page(JobFilter()))


def quiet(queue: Queue) -> "closing[Listener]":
    """Give a listener that has heard all that came before."""
    listener = queue.store.listen()
    while listener.wait(0.2):
        pass
    return closing(listener)


def test_a_job_of_a_session_is_stored_with_its_rows_and_wakes_workers_after_the_commit(
    queue: Queue, thumbnail: Thumbnail, engine: sa.Engine
) -> None:
    listener = queue.store.listen()
    while listener.wait(0.2):
        pass  # what came before
    with Session(engine) as session, session.begin():
        session.execute(sa.text("INSERT INTO orders VALUES (1)"))
        job = thumbnail.options(session=session).enqueue("a", 1)
        session.flush()

        assert stored(queue) == 0
        assert not listener.wait(0)

    assert listener.wait(10)
    listener.close()
    assert job.refresh().state is JobState.PENDING


def test_a_rolled_back_session_leaves_no_job(
    queue: Queue, thumbnail: Thumbnail, engine: sa.Engine
) -> None:
    with Session(engine) as session:
        session.execute(sa.text("INSERT INTO orders VALUES (1)"))
        thumbnail.options(session=session).enqueue_many([{"path": "a"}, {"path": "b"}])
        session.rollback()

    assert stored(queue) == 0


def test_a_job_of_a_connection_is_stored_with_it_and_wakes_workers(
    queue: Queue, thumbnail: Thumbnail, engine: sa.Engine
) -> None:
    listener = queue.store.listen()
    while listener.wait(0.2):
        pass
    with engine.begin() as connection:
        job = thumbnail.options(session=connection).enqueue("a", 1)
        assert stored(queue) == 0

    assert listener.wait(10)
    listener.close()
    assert job.refresh().state is JobState.PENDING
    with engine.connect() as connection:
        thumbnail.options(session=connection).enqueue("b", 1)
        connection.rollback()
    assert stored(queue) == 1


def test_a_savepoint_that_is_rolled_back_takes_its_job_with_it(
    queue: Queue, thumbnail: Thumbnail, engine: sa.Engine
) -> None:
    with Session(engine) as session, session.begin():
        kept = thumbnail.options(session=session).enqueue("a", 1)
        nested = session.begin_nested()
        thumbnail.options(session=session).enqueue("b", 1)
        nested.rollback()

    assert stored(queue) == 1
    assert kept.refresh().state is JobState.PENDING


def test_a_session_of_another_database_is_refused(
    queue: Queue, thumbnail: Thumbnail, tmp_path: Path
) -> None:
    other = sa.create_engine(f"sqlite:///{tmp_path}/other.db")
    with Session(other) as session, pytest.raises(StoreUnreachable, match="one database"):
        thumbnail.options(session=session).enqueue("a", 1)
    other.dispose()

    with pytest.raises(StoreUnreachable, match="no SQLAlchemy Session"):
        thumbnail.options(session=object()).enqueue("a", 1)
    assert stored(queue) == 0


def test_a_session_of_another_database_of_the_server_is_refused(
    postgres_url: str, bare_postgres_url: str
) -> None:
    """Where that has tables of QueueCTL too, the job would wait there for ever."""
    queue, neighbour = Queue(postgres_url), Queue(bare_postgres_url)

    @queue.task
    def work() -> None: ...

    assert stored(queue) == stored(neighbour) == 0
    engine = sa.create_engine(bare_postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    refused = pytest.raises(StoreUnreachable, match="the session is on the PostgreSQL database")
    with Session(engine) as session, session.begin(), refused:
        work.options(session=session).enqueue()

    assert stored(queue) == stored(neighbour) == 0
    engine.dispose()
    neighbour.close()
    queue.close()


def test_a_session_wakes_workers_after_its_commit_and_not_after_that_of_a_savepoint(
    queue: Queue, thumbnail: Thumbnail, engine: sa.Engine
) -> None:
    with quiet(queue) as listener:
        with Session(engine) as session, session.begin():
            session.execute(sa.text("INSERT INTO orders VALUES (1)"))
            with session.begin_nested():
                thumbnail.options(session=session).enqueue("a", 1)

            assert not listener.wait(0)

        assert listener.wait(10)


def test_with_the_recipe_of_the_page_sqlite_rolls_back_a_first_savepoint_too(
    sqlite_url: str,
) -> None:
    """PostgreSQL begins a transaction before a SAVEPOINT."""
    queue, engine = Queue(sqlite_url), sa.create_engine(sqlite_url)

    @queue.task
    def work() -> None: ...

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def began(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    assert stored(queue) == 0
    with Session(engine) as session:
        with session.begin_nested():
            work.options(session=session).enqueue()
        session.rollback()

    assert stored(queue) == 0
    engine.dispose()
    queue.close()


def test_a_session_that_fails_at_its_commit_leaves_no_job(
    queue: Queue, thumbnail: Thumbnail, engine: sa.Engine
) -> None:
    def fail(_session: Session) -> None:
        raise KeyError("no")

    with Session(engine) as session:
        sa.event.listen(session, "before_commit", fail)
        thumbnail.options(session=session).enqueue("a", 1)
        with pytest.raises(KeyError):
            session.commit()

    assert stored(queue) == 0


def test_a_session_that_lives_long_is_listened_to_once(
    queue: Queue, thumbnail: Thumbnail, engine: sa.Engine
) -> None:
    """SQLAlchemy keeps each listener until the session is gone, and asks all at each commit."""
    session = scoped_session(sessionmaker(engine))
    for _ in range(20):
        thumbnail.options(session=session).enqueue("a", 1)
        session.commit()

    assert stored(queue) == 20
    assert len(list(session().dispatch.after_commit)) == 1  # type: ignore[attr-defined]
    session.remove()


def test_a_task_in_a_session_is_stored_in_as_few_statements_as_by_itself(
    thumbnail: Thumbnail, engine: sa.Engine
) -> None:
    def note(*of: Any) -> None:
        texts.append(of[2])

    texts: list[str] = []
    with Session(engine) as session:
        bound = thumbnail.options(session=session)
        bound.enqueue("a", 1)
        sa.event.listen(engine, "before_cursor_execute", note)
        bound.enqueue("b", 1)

    written = [text for text in texts if text.startswith(("INSERT", "WITH"))]
    assert len(written) == {"postgresql": 1, "sqlite": 3}[engine.dialect.name]


@asynccontextmanager
async def on_the_loop(engine: sa.Engine) -> AsyncIterator[AsyncEngine]:
    """Give asyncio's engine of the same database."""
    url = engine.url
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite+aiosqlite")
    made = create_async_engine(url)
    try:
        yield made
    finally:
        await made.dispose()


Story = Callable[[AsyncEngine], Awaitable[None]]


def told(engine: sa.Engine, story: Story) -> None:
    """Tell *story* on an event loop."""

    async def tell() -> None:
        async with on_the_loop(engine) as loops:
            await story(loops)

    asyncio.run(tell())


def test_a_job_of_an_asyncio_session_is_stored_with_it_and_wakes_workers(
    queue: Queue, thumbnail: Thumbnail, engine: sa.Engine
) -> None:
    async def story(engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session, session.begin():
            await session.execute(sa.text("INSERT INTO orders VALUES (1)"))
            job = await thumbnail.options(session=session).enqueue_async("a", 1)
            assert stored(queue) == 0
        assert job.refresh().state is JobState.PENDING

        async with AsyncSession(engine) as session:
            await thumbnail.options(session=session).enqueue_many_async([{"path": "b"}])
            await session.rollback()

    with quiet(queue) as listener:
        told(engine, story)

        assert listener.wait(10)
    assert stored(queue) == 1


def test_a_job_of_an_asyncio_connection_is_stored_with_it(
    queue: Queue, thumbnail: Thumbnail, engine: sa.Engine
) -> None:
    async def story(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await thumbnail.options(session=connection).enqueue_async("a", 1)
            assert stored(queue) == 0

    told(engine, story)

    assert stored(queue) == 1


def test_an_asyncio_session_in_a_call_that_cannot_wait_is_refused_with_what_to_say_instead(
    queue: Queue, thumbnail: Thumbnail, engine: sa.Engine
) -> None:
    async def story(engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session:
            with pytest.raises(StoreUnreachable, match=r"enqueue_async"):
                thumbnail.options(session=session).enqueue("a", 1)

    told(engine, story)

    assert stored(queue) == 0


def test_a_coroutine_enqueues_and_waits_without_blocking_its_loop(
    queue: Queue, thumbnail: Thumbnail
) -> None:
    async def story() -> list[int]:
        one = await thumbnail.enqueue_async("a", 1)
        two, three = await thumbnail.enqueue_many_async({"path": path} for path in "bc")
        return [one.id, two.id, three.id]

    ids = asyncio.run(story())

    assert [job.id for job in queue.store.reader.find(ids)] == ids
