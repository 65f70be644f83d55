"""What a worker's stager sees at one look, on both databases."""

from queuectl_store import ManualClock, Outlook, Store, Succeeded
from tests.conformance.story import a_job, a_worker, claim_one, ended, enqueue_one
from tests.conformance.ties import after


def test_a_store_without_anything_to_do_shows_nothing(store: Store) -> None:
    enqueue_one(store)

    outlook = store.outlook()

    assert outlook == Outlook(has_consequences=False, has_waiting=False, due_in_ms=None)


def test_the_earliest_of_what_will_be_due_is_shown(store: Store, clock: ManualClock) -> None:
    store.enqueue([a_job(delay_ms=60_000), a_job(delay_ms=20_000)])

    clock.advance(ms=5_000)

    assert store.outlook().due_in_ms == 15_000


def test_a_job_that_waits_for_a_limit_is_shown_until_it_need_not(store: Store) -> None:
    worker = a_worker(store)
    store.enqueue([a_job(concurrency_key="alice") for _ in range(2)])
    running, *_ = store.claim(worker, limit=2)
    meanwhile = store.outlook()

    store.finish(worker, [ended(running, Succeeded())])

    assert meanwhile.has_waiting
    assert not store.outlook().has_waiting


def test_children_that_were_not_told_yet_are_shown(store: Store) -> None:
    """One transaction tells a thousand children at most."""
    worker, parent = a_worker(store), enqueue_one(store, priority=1)
    store.enqueue([a_job(after=after(parent)) for _ in range(1_001)])
    store.finish(worker, [ended(claim_one(store, worker), Succeeded())])
    before = store.outlook()

    store.resolve()

    assert before.has_consequences
    assert not store.outlook().has_consequences
