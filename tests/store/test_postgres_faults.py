"""PostgreSQL behind a bad network: what was said is true, and nothing hangs."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import psycopg
import pytest

from queuectl_store import (
    JobFilter,
    JobState,
    Listener,
    NewGroup,
    OutcomeUnknown,
    Store,
    StoreError,
    StoreUnreachable,
    Succeeded,
    connect,
)
from tests.conformance.story import a_job, a_worker, claim_one, ended, job, states, story_of
from tests.conformance.ties import after, wrong_with_ties
from tests.store.cutting_proxy import Proxy, proxy_before
from tests.waiting import eventually

JOBS = 20
# The watchdog's ten seconds, the half second between its looks, and a slow machine.
LONGEST_CALL_S = 14.0


@pytest.fixture
def link(postgres_url: str) -> Iterator[tuple[Proxy, str]]:
    with proxy_before(postgres_url) as both:
        yield both


@pytest.fixture
def proxy(link: tuple[Proxy, str]) -> Proxy:
    return link[0]


@pytest.fixture
def store(link: tuple[Proxy, str]) -> Iterator[Store]:
    """A store that is reached through the proxy."""
    with connect(link[1]) as opened:
        yield opened


@pytest.fixture
def honest(postgres_url: str) -> Iterator[Store]:
    """The same store without the proxy."""
    with connect(postgres_url) as opened:
        yield opened


def test_an_enqueue_whose_reply_is_lost_stores_each_job_once(
    store: Store, honest: Store, proxy: Proxy
) -> None:
    ids = []

    for n in range(JOBS):
        proxy.cuts = 1
        ids += store.enqueue([a_job(script=f"echo {n}"), a_job(script=f"echo {n} again")])

    assert proxy.swallowed == JOBS
    stored = honest.reader.page(JobFilter(), limit=1000)
    assert sorted(ids) == sorted(each.id for each in stored)
    assert len({each.command for each in stored}) == len(stored) == 2 * JOBS
    assert all(story_of(honest, job_id) == ["enqueue"] for job_id in ids)


def test_a_dag_whose_reply_is_lost_is_stored_once_with_its_edges(
    store: Store, honest: Store, proxy: Proxy
) -> None:
    dag = [a_job(name="a"), a_job(name="b", after=after("a")), a_job(after=after("a", "b"))]
    group = NewGroup(name="g", on_finish=a_job("echo done"))

    for n in range(JOBS):
        proxy.cuts = 1
        a, b, c = store.enqueue(dag, key=f"dag {n}", group=group)
        assert [each.after for each in honest.reader.find([a, b, c])] == [(), (a,), (a, b)]

    assert proxy.swallowed == JOBS
    assert len(honest.reader.page(JobFilter(), limit=1000)) == 3 * JOBS
    assert honest.reader.group("g").total == 3 * JOBS
    assert wrong_with_ties(honest) == []


def test_a_parents_end_whose_reply_is_lost_frees_each_child_once(
    store: Store, honest: Store, proxy: Proxy
) -> None:
    worker = a_worker(honest)

    for _ in range(JOBS):
        [parent] = honest.enqueue([a_job()])
        children = honest.enqueue([a_job(after=after(parent)), a_job(after=after(parent))])
        claim = claim_one(honest, worker)
        proxy.cuts = 1
        assert store.finish(worker, [ended(claim, Succeeded())]) == []
        assert [story_of(honest, each) for each in children] == [["enqueue", "unblock"]] * 2
        honest.admin.cancel(children)

    assert proxy.swallowed == JOBS


def test_a_finish_whose_reply_is_lost_is_recorded_once_and_not_refused(
    store: Store, honest: Store, proxy: Proxy
) -> None:
    ids = honest.enqueue([a_job() for _ in range(JOBS)])
    worker = a_worker(honest)

    for _ in range(JOBS):
        claim = claim_one(honest, worker)
        proxy.cuts = 1
        assert store.finish(worker, [ended(claim, Succeeded())]) == []

    assert proxy.swallowed == JOBS
    assert set(states(honest, ids)) == {"succeeded"}
    assert all(story_of(honest, job_id) == ["enqueue", "claim", "succeed"] for job_id in ids)
    assert all(len(honest.reader.attempts(job_id)) == 1 for job_id in ids)


def test_claims_whose_reply_is_lost_show_at_the_next_renewal_and_can_be_given_back(
    store: Store, honest: Store, proxy: Proxy
) -> None:
    (job_id,) = honest.enqueue([a_job()])
    worker = a_worker(honest)
    proxy.cuts = 1

    with suppress(OutcomeUnknown):
        assert store.claim(worker, limit=1) == []

    held = honest.renew(worker).held
    assert held == {(job_id, 1)}
    assert honest.release(worker, held, reason="answer lost") == 1
    assert job(honest, job_id).state is JobState.PENDING
    assert job(honest, job_id).attempt == 0


@pytest.mark.parametrize("verb", ["read", "write"])
def test_a_server_that_falls_silent_gives_an_error_and_does_not_hang(
    store: Store, proxy: Proxy, verb: str
) -> None:
    calls: dict[str, Callable[[], object]] = {
        "read": store.reader.counts,
        "write": lambda: store.enqueue([a_job()]),
    }
    calls[verb]()
    proxy.is_black_hole = True
    began = time.monotonic()

    with pytest.raises(StoreError) as failed:
        calls[verb]()

    assert time.monotonic() - began < LONGEST_CALL_S
    assert isinstance(failed.value, StoreUnreachable | OutcomeUnknown)
    assert "\n" not in str(failed.value)
    proxy.is_black_hole = False
    calls[verb]()  # and it works again when the network does


def test_a_notification_wakes_a_listener_of_another_connection(store: Store, honest: Store) -> None:
    listener = honest.listen()
    drain(listener)

    store.enqueue([a_job()])

    assert listener.wait(5)
    listener.close()


def test_a_listener_survives_the_loss_of_its_connection(honest: Store, postgres_url: str) -> None:
    listener = honest.listen()
    drain(listener)

    terminate_listeners(postgres_url)
    eventually(
        lambda: listener.wait(0.1) and has_a_session(postgres_url),
        within=20,
        what="the listener to connect again",
    )
    drain(listener)

    honest.enqueue([a_job()])
    assert listener.wait(5)
    listener.close()


def drain(listener: Listener) -> None:
    """Take what was rung before the test began to listen for its own."""
    while listener.wait(0.3):
        pass


def terminate_listeners(url: str) -> None:
    assert about_listeners(url, "count(pg_terminate_backend(pid))") == 1
    eventually(lambda: not has_a_session(url), within=20, what="the session to end")


def has_a_session(url: str) -> bool:
    return about_listeners(url, "count(*)") == 1


def about_listeners(url: str, what: str) -> int:
    statement = (
        f"SELECT {what} FROM pg_stat_activity"
        " WHERE query ILIKE 'LISTEN%' AND datname = current_database()"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        (count,) = connection.execute(statement).fetchone() or (0,)
    return int(count)
