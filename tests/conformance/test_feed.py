"""The feed gives every event exactly once, and a job's own in their order, on both databases."""

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
import sqlalchemy as sa

from queuectl_store import Cursor, Event, InvalidCursor, JobId, Page, Store, Succeeded, connect
from queuectl_store.ledger import Moved
from queuectl_store.recording import write_moves
from queuectl_store.states import JobState, Verb
from tests.conformance.story import a_job, a_worker, ended, enqueue_one
from tests.conformance.test_plans import listening, plan_of

WRITERS, ROUNDS, BATCH = 8, 6, 4
FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO queuectl_events (at, job_id, verb, state, attempt, tx)
SELECT i, i, 'enqueue', 'pending', 0, 0 FROM n
"""


def test_the_feed_goes_on_from_its_cursor(store: Store) -> None:
    ids = [enqueue_one(store) for _ in range(5)]

    first = store.reader.feed(limit=2)
    rest = store.reader.feed(first.cursor)

    assert [event.job_id for event in first.events + rest.events] == ids
    assert rest.cursor == rest.cursors[-1]
    assert store.reader.feed(rest.cursor) == Page(events=(), cursor=rest.cursor, cursors=())


def test_a_cursor_outlives_the_connection(store: Store, store_url: str) -> None:
    enqueue_one(store)
    cursor = store.reader.feed().cursor
    second = enqueue_one(store)

    with connect(store_url) as again:
        page = again.reader.feed(cursor)

    assert [event.job_id for event in page.events] == [second]


def test_the_newest_events_come_with_the_cursor_to_follow_from(store: Store) -> None:
    ids = [enqueue_one(store) for _ in range(4)]

    page = store.reader.newest_events(2)
    later = enqueue_one(store)

    assert [event.job_id for event in page.events] == ids[2:]
    assert [event.job_id for event in store.reader.feed(page.cursor).events] == [later]
    assert store.reader.newest_events(0).events == ()


@pytest.mark.parametrize("text", ["", "12", "0.x", "-1.0", "1.99999999999999999999"])
def test_what_is_no_cursor_is_refused(store: Store, text: str) -> None:
    with pytest.raises(InvalidCursor, match="is not a cursor"):
        store.reader.feed(Cursor(text))


def test_a_cursor_from_the_future_of_another_store_is_refused(store: Store) -> None:
    enqueue_one(store)

    with pytest.raises(InvalidCursor, match="another store"):
        store.reader.feed(Cursor("9000000000000000000.1"))


def test_an_event_that_commits_late_is_not_skipped(postgres_url: str) -> None:
    """The later id commits first: who went by ids alone would pass the earlier one for ever."""
    with connect(postgres_url) as store, opened_twice(postgres_url) as (early, late):
        write_event(early, 1)
        write_event(late, 2)
        late.commit()

        before = store.reader.feed()
        early.commit()
        after = store.reader.feed(before.cursor)

    assert [event.job_id for event in before.events + after.events] == [1, 2]


def test_a_transaction_that_began_early_and_moves_a_job_late_comes_late(postgres_url: str) -> None:
    """By the number of the transaction alone, the claim would come before its enqueue."""
    with connect(postgres_url) as store, opened_twice(postgres_url) as (claimer, _):
        claimer.exec_driver_sql("SELECT pg_current_xact_id()")
        job_id = enqueue_one(store)
        write_event(claimer, job_id, Verb.CLAIM, JobState.RUNNING)
        claimer.commit()

        page = store.reader.feed()

    assert [event.verb for event in page.events] == [Verb.ENQUEUE, Verb.CLAIM]


def test_a_job_is_told_in_order_while_others_stay_open(postgres_url: str) -> None:
    """The horizon may not fall between two events of a job the wrong way round."""
    with (
        connect(postgres_url) as store,
        opened_twice(postgres_url) as (claimer, bystander),
    ):
        claimer.exec_driver_sql("SELECT pg_current_xact_id()")
        bystander.exec_driver_sql("SELECT pg_current_xact_id()")
        job_id = enqueue_one(store)
        write_event(claimer, job_id, Verb.CLAIM, JobState.RUNNING)
        claimer.commit()
        before = store.reader.feed()
        bystander.commit()
        after = store.reader.feed(before.cursor)

    told = [event.verb for event in before.events + after.events]
    assert told == [Verb.ENQUEUE, Verb.CLAIM]


def test_a_transaction_that_is_rolled_back_holds_nothing_back(postgres_url: str) -> None:
    with connect(postgres_url) as store, opened_twice(postgres_url) as (doomed, _):
        write_event(doomed, 99)
        job_id = enqueue_one(store)
        assert store.reader.feed().events == ()

        doomed.rollback()

        assert [event.job_id for event in store.reader.feed().events] == [job_id]


def test_every_change_shows_in_the_version_though_it_commits_late(postgres_url: str) -> None:
    with connect(postgres_url) as store, opened_twice(postgres_url) as (early, late):
        write_event(early, 1)
        write_event(late, 2)
        late.commit()
        seen = store.reader.version()

        early.commit()

        assert store.reader.version() != seen


def test_a_follower_sees_every_event_of_eight_writers_once_and_each_job_in_order(
    store: Store, store_url: str
) -> None:
    done = threading.Event()
    followed: list[Event] = []
    follower = threading.Thread(target=lambda: followed.extend(follow(store, done.is_set)))
    follower.start()
    with ExitStack() as stack:
        # Without waits for the disk, which would hide the race, and take long.
        stores = [
            stack.enter_context(connect(store_url, durability="normal")) for _ in range(WRITERS)
        ]
        writers = [threading.Thread(target=live_and_die, args=(each,)) for each in stores]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    done.set()
    follower.join()

    ids = [event.id for event in followed]
    assert len(ids) == len(set(ids)) == WRITERS * ROUNDS * BATCH * 3
    for job_id, events in by_job(followed).items():
        assert [event.verb for event in events] == [Verb.ENQUEUE, Verb.CLAIM, Verb.SUCCEED], job_id


def live_and_die(store: Store) -> None:
    """Enqueue, and run whatever is there: other writers' jobs as well as one's own."""
    worker = a_worker(store, lease_ms=600_000)
    for _ in range(ROUNDS):
        store.enqueue([a_job() for _ in range(BATCH)])
        claims = store.claim(worker, limit=BATCH)
        store.finish(worker, [ended(claim, Succeeded()) for claim in claims])
    while claims := store.claim(worker, limit=BATCH):
        store.finish(worker, [ended(claim, Succeeded()) for claim in claims])


def follow(store: Store, is_over: Callable[[], bool]) -> Iterator[Event]:
    cursor = None
    while True:
        over = is_over()  # asked before the last look
        page = store.reader.feed(cursor, limit=50)
        yield from page.events
        cursor = page.cursor if page.events else cursor
        if over and not page.events:
            return


def by_job(events: list[Event]) -> dict[JobId, list[Event]]:
    found: dict[JobId, list[Event]] = defaultdict(list)
    for event in events:
        found[event.job_id].append(event)
    return found


def write_event(
    connection: sa.Connection,
    job_id: int,
    verb: Verb = Verb.ENQUEUE,
    state: JobState = JobState.PENDING,
) -> None:
    write_moves(connection, {"now": 0}, [Moved(job_id, verb, state, 0, "default", None, None)])


@contextmanager
def opened_twice(url: str) -> Iterator[tuple[sa.Connection, sa.Connection]]:
    """Give two connections that hold their transactions open until they are told to end."""
    driver = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(driver, poolclass=sa.NullPool)
    with engine.connect() as first, engine.connect() as second:
        yield first, second
    engine.dispose()


def test_the_history_of_a_job_is_read_by_its_index(store: Store) -> None:
    job_id = enqueue_one(store)
    with listening() as sent:
        store.reader.events(job_id=job_id)
    ((text, values),) = [each for each in sent if "queuectl_events" in each[0]]

    assert "queuectl_events_job" in plan_of(store, text, values)


def test_the_feed_reads_its_own_index_and_sorts_nothing(store: Store) -> None:
    with store._database.engine.begin_write() as connection:
        connection.exec_driver_sql(FILL)
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    cursor = store.reader.feed().cursor

    with listening() as sent:
        store.reader.feed(cursor)
        store.reader.newest_events(5)

    plans = [plan_of(store, *each) for each in sent if "ORDER BY" in each[0]]
    assert len(plans) == 2
    for plan in plans:
        assert re.search("queuectl_events_tx|INTEGER PRIMARY KEY", plan), plan
        assert not re.search("Sort|TEMP B-TREE", plan), plan
