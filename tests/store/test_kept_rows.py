"""Rows that several statements of a transaction read: on SQLite, in a table of the connection."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl_store import Dead, Finish, Retry, RunFacts, Store, Succeeded, connect
from queuectl_store.engines.plain import PlainConnection, make_kept, open_raw
from queuectl_store.sql.names import kept_in
from queuectl_store.sql.on_postgres import encoded
from queuectl_store.sql.plain import hot
from tests.conformance.story import a_worker, enqueue_one


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with connect(store_url) as opened:
        yield opened


def test_ends_of_every_kind_are_recorded_together(store: Store) -> None:
    worker = a_worker(store, concurrency=4)
    ids = [enqueue_one(store, name=name) for name in ("good", "again", "over", "odd")]
    claims = {claim.job.id: claim for claim in store.claim(worker, limit=4)}
    good, again, over, odd = (claims[job_id] for job_id in ids)

    refused = store.finish(
        worker,
        [
            Finish(good, Succeeded(result='{"a": "é\\u0000"}'), RunFacts(started_at=5)),
            Finish(again, Retry(delay_ms=60_000, reason="tried"), RunFacts(5, 1, error="no")),
            Finish(over, Dead(reason="given up"), RunFacts(5, None, 9, "killed", 10, 11, 12, 13)),
            Finish(odd, Succeeded(), crashed=True),
        ],
    )

    assert not refused
    jobs = [store.reader.get(job_id) for job_id in ids]
    assert [job.state for job in jobs] == ["succeeded", "retrying", "dead", "succeeded"]
    assert [job.crashes for job in jobs] == [0, 0, 0, 1]
    assert [job.note for job in jobs] == [None, "tried", "given up", None]
    [attempt] = store.reader.attempts(over.job.id)
    facts = ("exit_code", "signal", "error", "max_rss", "cpu_ms", "log_bytes", "log_lost")
    assert [getattr(attempt, fact) for fact in facts] == [None, 9, "killed", 10, 11, 12, 13]
    assert [len(store.reader.attempts(job_id)) for job_id in ids] == [1, 1, 1, 1]


def test_what_the_rows_of_a_batch_share_is_sent_once() -> None:
    rows = [(1, "dead", None, "a", 0), (2, "dead", None, None, 0), (3, "dead", None, "a", 0)]

    own, shared = encoded(("id", "state", "signal", "note", "crash"), rows)

    assert json.loads(shared) == {"state": "dead", "crash": 0}
    assert json.loads(own) == [
        {"id": 1, "note": "a"},
        {"id": 2, "note": None},
        {"id": 3, "note": "a"},
    ]
    assert encoded(("id",), [(7,), (7,)]) == ("[{},{}]", '{"id":7}')
    assert encoded(("id",), []) == ("[]", "{}")


def test_what_an_earlier_batch_kept_is_not_recorded_again(store: Store) -> None:
    worker = a_worker(store, concurrency=4)
    for name in ("first", "second"):
        job_id = enqueue_one(store, name=name)
        [claim] = store.claim(worker, limit=1)
        assert not store.finish(worker, [Finish(claim, Succeeded())])
        assert len(store.reader.attempts(job_id)) == 1


def test_a_batch_that_is_refused_whole_leaves_nothing(store: Store) -> None:
    worker = a_worker(store)
    job_id = enqueue_one(store)
    [claim] = store.claim(worker, limit=1)
    late = Finish(claim._replace(token=claim.token + 1), Succeeded())

    assert store.finish(worker, [late, late]) == [late, late]

    assert store.reader.get(job_id).state == "running"
    assert not store.reader.attempts(job_id)


def test_rows_are_kept_again_after_a_transaction_that_was_undone(tmp_path: Path) -> None:
    """Undoing the transaction that made the table takes the table with it."""
    rows = [(1, *[None] * (len(hot.ENDED.columns) - 1))]
    raw = open_raw(tmp_path / "any.db", "full", reads_only=False)
    connection = PlainConnection(raw, lambda it: it.execute("BEGIN"), lambda it, _: it.close())
    with connection:
        hot.ENDED.put(connection, rows)
        connection.rollback()
        connection.begin()
        hot.ENDED.put(connection, rows)
        hot.ENDED.put(connection, rows * 2)

        kept = connection.exec_driver_sql("SELECT job_id FROM temp.queuectl_ended").all()

    assert kept == [(1,), (1,)]


def test_ends_are_looked_up_by_id_in_a_store_with_statistics(tmp_path: Path) -> None:
    """A table of an unknown size is taken for a large one, for which all jobs would be read."""
    path = tmp_path / "queue.db"
    with connect(str(path)) as store:
        for _ in range(50):
            enqueue_one(store)
    raw = open_raw(path, "full", reads_only=False)
    raw.execute("ANALYZE")
    make_kept(raw, kept_in("ended"), hot.ENDED.columns)

    text, values = hot.FINISH.filled({"now": 1})
    plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    raw.close()

    assert plan == ["SCAN ended", "SEARCH queuectl_jobs USING INTEGER PRIMARY KEY (rowid=?)"]
