"""Transactions on PostgreSQL: few round trips, and every error is told in time."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from queuectl_store import (
    Claim,
    Finish,
    NewJob,
    Store,
    StoreBusy,
    Succeeded,
    Task,
    WorkerId,
    connect,
)
from queuectl_store.claiming import Wish
from queuectl_store.engines.postgres import PostgresEngine
from queuectl_store.engines.postgres_plain import PostgresConnection
from queuectl_store.engines.wire import LostConnection, Wire
from queuectl_store.enqueue.mould import Mould
from queuectl_store.turn import trade
from tests.conformance.story import a_job, a_worker, ended

DIVIDE = "SELECT 1 / 0"
HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711"
FRAME = ("BEGIN", "COMMIT", "NOTIFY queuectl, '1'")


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    with connect(postgres_url) as opened:
        yield opened


@pytest.fixture
def connection(store: Store) -> Iterator[PostgresConnection]:
    with begun(store) as connection:
        yield connection


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The first words of what was sent, a list for each round trip."""
    seen: list[list[str]] = []
    sync = Wire.sync

    def noting(self: Wire, *, then: str = "") -> None:
        texts = [each.text for each in self._kept_back] + ([then] if then else [])
        if texts:
            seen.append([" ".join(each.split()[:3]) for each in texts])
        sync(self, then=then)

    monkeypatch.setattr(Wire, "sync", noting)
    return seen


def claimed(store: Store, connection: PostgresConnection, worker: WorkerId) -> list[Claim]:
    """Claim a job in a transaction that goes on."""
    times = dict(store._database.engine.times())
    exchange, _ = trade(connection, times, worker, (), Wish(1, None, None), is_alone=False)
    return exchange.claims


def begun(store: Store) -> PostgresConnection:
    engine = store._database.engine
    assert isinstance(engine, PostgresEngine)
    return engine.begin_write()


def test_an_enqueue_takes_one_round_trip_and_rings_in_it(
    store: Store, trips: list[list[str]]
) -> None:
    store.enqueue([a_job()])
    trips.clear()

    store.enqueue([a_job()])

    assert trips == [["BEGIN", "WITH job AS", "COMMIT", "NOTIFY queuectl, '1'"]]


def test_many_jobs_of_a_task_take_one_round_trip(store: Store, trips: list[list[str]]) -> None:
    # What leaves nothing to the settings, which are read again now and then.
    mould = Mould(NewJob(work=Task(name="work"), max_retries=0, timeout_ms=0))
    store.enqueue_calls(mould, [([], {})])
    trips.clear()

    store.enqueue_calls(mould, [([], {})] * 1_000)

    assert [[word for word in trip if word not in FRAME] for trip in trips] == [["WITH job AS"]]


def test_an_enqueue_under_a_key_of_the_callers_takes_two(
    store: Store, trips: list[list[str]]
) -> None:
    """Whether the key is there is known before the commit."""
    store.enqueue([a_job()])
    trips.clear()

    store.enqueue([a_job(key="mine")])

    assert trips == [
        ["BEGIN", "INSERT INTO queuectl_jobs"],
        [
            "INSERT INTO queuectl_events",
            "INSERT INTO queuectl_tallies",
            "COMMIT",
            "NOTIFY queuectl, '1'",
        ],
    ]


def test_what_goes_out_at_once_is_one_transaction_without_a_frame(
    store: Store, trips: list[list[str]]
) -> None:
    with begun(store) as connection:
        connection.exec_driver_sql("DELETE FROM queuectl_schema_version")
        connection.exec_driver_sql(DIVIDE)
        with pytest.raises(psycopg.errors.DivisionByZero):
            connection.commit()
    with begun(store) as connection:
        connection.exec_driver_sql("CREATE TABLE kept (n INTEGER)")
        connection.exec_driver_sql("INSERT INTO kept VALUES (1)")
        connection.commit()

    assert [trip[0].split()[0] for trip in trips] == ["DELETE", "CREATE"]
    assert store._database.engine.schema_version() is not None
    with begun(store) as connection:
        assert connection.exec_driver_sql("SELECT n FROM kept").scalar_one() == 1


def test_a_lock_of_what_goes_out_at_once_lasts_to_its_end(store: Store) -> None:
    """A claim keeps changes of limits out until it is committed."""
    with begun(store) as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4711)")
        held = connection.exec_driver_sql(HELD)
        connection.commit()

        assert held.scalar_one() == 1
        assert connection.exec_driver_sql(HELD).scalar_one() == 0


def test_a_ring_that_the_server_refuses_does_not_undo_what_was_committed(store: Store) -> None:
    with begun(store) as connection:
        connection.exec_driver_sql("CREATE TABLE kept (n INTEGER)")
        connection.commit(then=DIVIDE)

    with begun(store) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM kept").scalar_one() == 0


def test_a_commit_that_is_refused_does_not_ring(store: Store) -> None:
    with closing(store.listen()) as listener, begun(store) as connection:
        while listener.wait(0.3):
            pass
        connection.exec_driver_sql(DIVIDE)
        with pytest.raises(psycopg.errors.DivisionByZero):
            connection.commit(then="NOTIFY queuectl")

        assert not listener.wait(0.3)


def test_an_exchange_sends_what_nobody_waits_for_with_what_comes_next(
    store: Store, trips: list[list[str]]
) -> None:
    worker = a_worker(store)
    store.enqueue([a_job(), a_job()])
    finishes: list[Finish] = []
    counts = []
    for _ in range(2):
        trips.clear()
        claims = store.exchange(worker, finishes, limit=1).claims
        finishes = [ended(claim, Succeeded()) for claim in claims]
        counts.append(len(trips))

    assert counts == [1, 4]
    assert trips[2][:2] == ["INSERT INTO queuectl_attempts", "INSERT INTO queuectl_events"]
    assert trips[-1][-1] == "COMMIT"


def test_a_claim_that_comes_second_gives_up_after_one_look(
    store: Store, trips: list[list[str]]
) -> None:
    """Of two idle workers that wake for one job the other must not wait for the first."""
    first, second = a_worker(store), a_worker(store)
    store.enqueue([a_job()])
    with begun(store) as connection:
        assert len(claimed(store, connection, first)) == 1
        trips.clear()

        assert store.claim(second, limit=4) == []
        assert [len(trip) for trip in trips] == [3]  # the lock, the claim, what is left


def test_a_claim_of_one_queue_takes_one_round_trip(store: Store, trips: list[list[str]]) -> None:
    worker = a_worker(store)
    store.enqueue([a_job(), a_job()])
    trips.clear()

    assert len(store.claim(worker, limit=4)) == 2
    assert [len(trip) for trip in trips] == [3]  # the lock, the claim, what is left


def test_what_was_claimed_is_the_callers_though_the_look_for_more_fails(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise StoreBusy("others came first")

    worker = a_worker(store)
    store.enqueue([a_job(queue="a"), a_job(queue="b")])
    monkeypatch.setattr("queuectl_store.straight.trade", busy)
    monkeypatch.setattr("queuectl_store.database._DEADLINE_S", 0.0)

    exchange = store.exchange(worker, (), limit=4)

    assert [each.job.queue for each in exchange.claims] == ["a"]
    assert exchange.again


def test_a_claim_whose_best_queue_others_have_goes_on_with_the_next(store: Store) -> None:
    first, second = a_worker(store), a_worker(store)
    store.enqueue([a_job(queue="a", priority=10), a_job(queue="b")])
    with begun(store) as connection:
        assert [each.job.queue for each in claimed(store, connection, first)] == ["a"]

        assert [each.job.queue for each in store.claim(second, limit=4)] == ["b"]


def test_a_claim_takes_of_the_best_queue_first_and_then_of_the_others(store: Store) -> None:
    worker = a_worker(store)
    jobs = (("a", 0), ("b", 5), ("b", 1), ("c", 9), ("d", 9))
    store.enqueue([a_job(queue=queue, priority=priority) for queue, priority in jobs])

    claims = store.claim(worker, limit=3, queues=["a", "b", "c"])

    assert [(each.job.queue, each.job.priority) for each in claims] == [
        ("c", 9),
        ("b", 5),
        ("b", 1),
    ]


def test_a_transaction_that_did_nothing_says_nothing(store: Store, trips: list[list[str]]) -> None:
    with begun(store) as connection:
        connection.commit()

    assert trips == []


def test_what_was_not_sent_is_not_sent_to_be_rolled_back(
    store: Store, trips: list[list[str]]
) -> None:
    with begun(store) as connection:
        connection.exec_driver_sql(DIVIDE)

    assert trips == []


def test_an_error_that_nobody_asked_for_stops_the_commit(store: Store) -> None:
    with begun(store) as connection:
        connection.exec_driver_sql("DELETE FROM queuectl_schema_version")
        connection.exec_driver_sql(DIVIDE)
        with pytest.raises(psycopg.errors.DivisionByZero):
            connection.commit()

    assert store._database.engine.schema_version() is not None


def test_an_error_in_a_nested_block_undoes_the_block_alone(connection: PostgresConnection) -> None:
    connection.exec_driver_sql("CREATE TEMPORARY TABLE kept (n INTEGER)")
    with pytest.raises(psycopg.errors.DivisionByZero):
        add_and_fail(connection)

    assert connection.exec_driver_sql("SELECT count(*) FROM kept").scalar_one() == 0


def test_a_statement_whose_preparation_was_skipped_is_prepared_the_next_time(store: Store) -> None:
    """What follows an error in a round trip is not done, preparing neither."""
    wire = session_of(store)
    wire.ask(DIVIDE)
    wire.ask("SELECT 41 + 1", prepared=True)
    with pytest.raises(psycopg.errors.DivisionByZero):
        wire.sync()

    assert wire.ask("SELECT 41 + 1", prepared=True).scalar_one() == 42
    assert wire.ask("SELECT 41 + 1", prepared=True).scalar_one() == 42
    give_back(store, wire)


@pytest.mark.parametrize(
    "value", [None, True, False, -(2**63), 1.5, "", "ü\n'\\%", b"", b"\0\xff"], ids=repr
)
def test_a_value_comes_back_as_it_was_given(connection: PostgresConnection, value: Any) -> None:
    kind = {bool: "boolean", int: "bigint", float: "float8", bytes: "bytea"}
    text = f"SELECT CAST(%(it)s AS {kind.get(type(value), 'text')}), '%%' AS sign"

    assert connection.exec_driver_sql(text, {"it": value}).all() == [(value, "%")]


def test_a_text_with_a_nul_is_refused_and_not_cut_off(connection: PostgresConnection) -> None:
    with pytest.raises(psycopg.DataError, match="NUL"):
        connection.exec_driver_sql("SELECT %(it)s::text", {"it": "a\0b"})


def test_more_than_a_socket_takes_at_once_goes_both_ways(connection: PostgresConnection) -> None:
    long = "x" * 8_000_000
    rows = [connection.exec_driver_sql("SELECT $1::text AS it", [long]) for _ in range(4)]

    assert [each.scalar_one() == long for each in rows] == [True] * 4


def test_a_session_that_the_server_ended_is_not_used_again(store: Store, postgres_url: str) -> None:
    with begun(store) as connection:
        [(pid,)] = connection.exec_driver_sql("SELECT pg_backend_pid()").all()

    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    assert len(store.enqueue([a_job()])) == 1


def test_a_session_that_ends_under_a_transaction_is_told_as_lost(
    store: Store, postgres_url: str
) -> None:
    with begun(store) as connection:
        [(pid,)] = connection.exec_driver_sql("SELECT pg_backend_pid()").all()
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

        with pytest.raises(LostConnection):
            connection.exec_driver_sql("SELECT 1").all()

    assert len(store.enqueue([a_job()])) == 1


def test_a_process_has_at_most_fifteen_sessions(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queuectl_store.engines.postgres_plain._PATIENCE_S", 0.01)
    taken = [begun(store) for _ in range(15)]

    with pytest.raises(StoreBusy):
        begun(store)

    taken.pop().close()
    begun(store).close()
    for each in taken:
        each.close()


def add_and_fail(connection: PostgresConnection) -> None:
    with connection.begin_nested():
        connection.exec_driver_sql("INSERT INTO kept VALUES (1)")
        connection.exec_driver_sql(DIVIDE)


def session_of(store: Store) -> Wire:
    engine = store._database.engine
    assert isinstance(engine, PostgresEngine)
    return engine._pool.take()


def give_back(store: Store, wire: Wire) -> None:
    engine = store._database.engine
    assert isinstance(engine, PostgresEngine)
    engine._pool.give(wire)
