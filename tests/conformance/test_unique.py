"""Unique jobs: two that may not stand beside one another never do."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from queuectl_store import (
    FINAL,
    Dead,
    Dependency,
    DuplicateJob,
    InvalidJob,
    JobId,
    JobState,
    KeyTaken,
    ManualClock,
    NewJob,
    OnDuplicate,
    Retry,
    Store,
    Succeeded,
    Unique,
    UniqueScope,
    Verb,
    connect,
)
from tests.conformance.crowd import in_a_crowd
from tests.conformance.story import (
    a_job,
    a_worker,
    claim_one,
    ended,
    enqueue_one,
    job,
    states,
    story_of,
)

MINUTE = 60_000


def unique_job(word: str = "k", script: str = "true", **fields: Any) -> NewJob:
    names = ("scope", "lasts_ms", "while_waiting", "on_duplicate")
    said = {name: fields.pop(name) for name in names if name in fields}
    return a_job(script, unique=Unique(key=word, **said), **fields)


def add(store: Store, word: str = "k", **fields: Any) -> JobId:
    return store.enqueue([unique_job(word, **fields)])[0]


def run(store: Store, outcome: Succeeded | Dead | Retry | None = None) -> None:
    worker = a_worker(store)
    store.finish(worker, [ended(claim_one(store, worker), outcome or Succeeded())])


def test_the_second_job_of_a_key_is_not_stored_and_the_first_ones_id_comes_back(
    store: Store,
) -> None:
    first = add(store)

    again = add(store)

    assert again == first
    assert len(store.reader.events()) == 1


def test_a_key_is_unique_within_its_queue_unless_it_says_the_store(store: Store) -> None:
    here = add(store, queue="a")
    there = add(store, queue="b")
    anywhere = add(store, queue="a", scope=UniqueScope.STORE)

    assert len({here, there, anywhere}) == 3
    assert add(store, queue="b", scope=UniqueScope.STORE) == anywhere


def test_no_queue_and_key_look_like_another_queue_and_key(store: Store) -> None:
    assert add(store, "b:c", queue="a") != add(store, "c", queue="a:b")


@pytest.mark.parametrize("key", ["x" * 1_000, "☃" * 1_000, "a" * 300 + "1", "#", "queue:a b"])
def test_keys_of_any_length_and_script_are_told_apart(store: Store, key: str) -> None:
    first = add(store, key)

    assert add(store, key) == first
    assert add(store, key[:-1] + "!") != first
    assert job(store, first).unique_key == key


@pytest.mark.parametrize("outcome", [Succeeded(), Dead(reason="no")])
def test_a_job_that_has_ended_frees_its_key(store: Store, outcome: Succeeded | Dead) -> None:
    first = add(store)
    run(store, outcome)

    assert add(store) != first


def test_a_job_that_waits_for_a_retry_keeps_its_key(store: Store) -> None:
    first = add(store)
    run(store, Retry(delay_ms=5, reason="x"))

    assert add(store) == first


def test_a_cancelled_job_frees_its_key(store: Store) -> None:
    first = add(store)
    store.admin.cancel([first])

    assert add(store) != first


def test_a_key_that_lasts_stays_taken_though_its_job_has_ended(
    store: Store, clock: ManualClock
) -> None:
    first = add(store, lasts_ms=MINUTE)
    run(store)

    clock.advance(ms=MINUTE - 1)
    before = add(store, lasts_ms=MINUTE)
    clock.advance(ms=1)
    after = add(store, lasts_ms=MINUTE)

    assert before == first
    assert after != first


def test_a_job_that_outlives_the_time_of_its_key_keeps_it_until_it_ends(
    store: Store, clock: ManualClock
) -> None:
    first = add(store, lasts_ms=MINUTE)
    clock.advance(ms=2 * MINUTE)

    assert add(store) == first
    run(store)
    assert add(store) != first


def test_a_key_for_the_wait_alone_is_free_once_the_job_starts(store: Store) -> None:
    first = add(store, while_waiting=True)
    assert add(store, while_waiting=True) == first
    claim_one(store, a_worker(store))

    assert add(store, while_waiting=True) != first


def test_a_duplicate_that_is_to_be_rejected_stores_nothing_of_its_call(store: Store) -> None:
    first = add(store)

    with pytest.raises(DuplicateJob, match=f"'k' is taken: job {first} has it") as caught:
        store.enqueue([a_job(), unique_job(on_duplicate=OnDuplicate.REJECT)])

    assert (caught.value.job_id, caught.value.index) == (first, 1)
    assert store.reader.counts() == {"default": {JobState.PENDING: 1}}


def test_a_waiting_job_is_replaced_and_says_by_which(store: Store) -> None:
    first = add(store, script="old", delay_ms=MINUTE)

    second = add(store, script="new", on_duplicate=OnDuplicate.REPLACE)

    assert states(store, [first, second]) == ["cancelled", "pending"]
    assert job(store, first).note == f"replaced by job {second}"
    assert story_of(store, first) == ["enqueue", "cancel"]
    assert store.reader.events(job_id=first)[-1].note == f"replaced by job {second}"
    assert add(store) == second


def test_a_waiting_job_is_replaced_though_its_key_was_to_last(store: Store) -> None:
    add(store, lasts_ms=MINUTE)

    second = add(store, lasts_ms=MINUTE, on_duplicate=OnDuplicate.REPLACE)

    assert add(store) == second


def test_a_job_that_runs_is_not_replaced(store: Store) -> None:
    first = add(store)
    claim_one(store, a_worker(store))

    with pytest.raises(DuplicateJob, match="is running"):
        add(store, on_duplicate=OnDuplicate.REPLACE)

    assert states(store, [first]) == ["running"]


def test_a_repeated_enqueue_finds_its_own_job_before_it_looks_at_the_unique_key(
    store: Store,
) -> None:
    wishes = (OnDuplicate.REJECT, OnDuplicate.REPLACE, OnDuplicate.SKIP)
    for n, wish in enumerate(wishes):
        first = add(store, f"k{n}", key=f"call-{n}", on_duplicate=wish)
        assert add(store, f"k{n}", key=f"call-{n}", on_duplicate=wish) == first
    assert store.reader.counts() == {"default": {JobState.PENDING: 3}}


def test_duplicates_within_one_call_follow_their_own_wish(store: Store) -> None:
    skip, replace = OnDuplicate.SKIP, OnDuplicate.REPLACE

    ids = store.enqueue(
        [
            unique_job("a", "1"),
            unique_job("a", "2", on_duplicate=skip),
            a_job("plain"),
            unique_job("b", "3"),
            unique_job("b", "4", on_duplicate=replace),
            unique_job("b", "5", on_duplicate=skip),
        ]
    )

    assert ids[0] == ids[1]
    assert ids[3] == ids[4] == ids[5]
    assert [each.command for each in store.reader.find(sorted(set(ids)))] == ["1", "plain", "4"]


def test_a_duplicate_within_one_call_that_is_to_be_rejected_stores_nothing(store: Store) -> None:
    with pytest.raises(DuplicateJob, match="another job of this call") as caught:
        store.enqueue([a_job(), unique_job(), unique_job(on_duplicate=OnDuplicate.REJECT)])

    assert (caught.value.index, caught.value.job_id) == (2, None)
    assert store.reader.counts() == {}


def test_a_twin_is_stored_where_the_other_was_stored_and_ended_before(store: Store) -> None:
    first = add(store, key="call-1")
    run(store)

    ids = store.enqueue([unique_job(key="call-1"), unique_job(key="call-2")])

    assert ids[0] == first
    assert states(store, ids) == ["succeeded", "pending"]


def test_ten_thousand_jobs_of_which_half_are_duplicates_go_in_as_five_thousand(
    store: Store,
) -> None:
    before = store.enqueue([unique_job(str(n)) for n in range(0, 5_000, 100)])

    ids = store.enqueue([unique_job(str(n % 5_000)) for n in range(10_000)])

    assert ids[:5_000] == ids[5_000:]
    assert [ids[n] for n in range(0, 5_000, 100)] == before
    assert store.reader.counts() == {"default": {JobState.PENDING: 5_000}}
    assert len(store.reader.events(limit=20_000)) == 5_000


BAD = {
    "empty": Unique(key=""),
    "NUL": Unique(key="a\0"),
    "lone surrogate": Unique(key="\ud800"),
    "1,001 characters": Unique(key="k" * 1_001),
    "no time": Unique(key="k", lasts_ms=0),
    "beyond the calendar": Unique(key="k", lasts_ms=2**62),
    "for the wait and for a time": Unique(key="k", lasts_ms=5, while_waiting=True),
}


@pytest.mark.parametrize("what", BAD)
def test_a_unique_key_that_means_nothing_is_refused(store: Store, what: str) -> None:
    with pytest.raises(InvalidJob, match="unique key"):
        enqueue_one(store, unique=BAD[what])


# Running again.


@pytest.mark.parametrize("verb", [Verb.RETRY, Verb.RERUN])
def test_a_job_does_not_run_again_while_another_has_its_key(store: Store, verb: Verb) -> None:
    first = add(store)
    run(store, Dead(reason="no"))
    second = add(store)
    again = getattr(store.admin, verb.value)

    moved = again([first, 99])

    assert moved.done == ()
    assert isinstance(moved.refused[0], KeyTaken)
    assert str(moved.refused[0]).startswith(
        f"cannot {verb} job {first}: job {second} has its unique key 'k'"
    )
    assert states(store, [first]) == ["dead"]
    run(store)
    assert again([first]).done == (first,)


def test_a_job_that_runs_again_has_its_key_again(store: Store) -> None:
    first = add(store)
    run(store)
    store.admin.rerun([first])

    assert add(store) == first


def test_of_two_dead_jobs_with_one_key_the_older_runs_again(store: Store) -> None:
    first = add(store)
    run(store, Dead(reason="no"))
    second = add(store)
    run(store, Dead(reason="no"))

    moved = store.admin.retry([second, first])

    assert moved.done == (first,)
    assert isinstance(moved.refused[0], KeyTaken)
    assert states(store, [first, second]) == ["pending", "dead"]


def test_a_key_whose_time_is_over_is_taken_by_a_rerun(store: Store, clock: ManualClock) -> None:
    first = add(store, lasts_ms=MINUTE)
    store.admin.cancel([first])
    clock.advance(ms=MINUTE)
    second = add(store, lasts_ms=MINUTE)
    run(store)
    assert store.admin.rerun([first]).done == ()

    clock.advance(ms=MINUTE)

    assert store.admin.rerun([first]).done == (first,)
    assert states(store, [first, second]) == ["pending", "succeeded"]


# Together.


def two_live(store: Store) -> list[str]:
    """Replay the event log: where were two jobs of the one key alive at once?"""
    alive: set[int] = set()
    wrong = []
    after = 0
    while events := store.reader.events(after=after, limit=5_000):
        after = events[-1].id
        for event in events:
            (alive.discard if event.state in FINAL else alive.add)(event.job_id)
            # The cancel of a replaced job follows the enqueue in the same transaction.
            if len(alive) > 1 and event.verb is not Verb.ENQUEUE:
                wrong.append(f"event {event.id}: {sorted(alive)}")
    return wrong


def test_nobody_who_races_for_one_key_sees_two_live_jobs_or_an_error(store_url: str) -> None:
    with connect(store_url) as store:
        said = in_a_crowd(store_url, seconds=5)
        wrong = two_live(store)

    assert not [what for what in said if what.startswith("error")], said
    assert min(said["id"], said["ran"], said["duplicate"], said["refused"]) > 0, said
    assert not wrong


def test_calls_with_the_same_keys_in_opposite_orders_do_not_block_one_another(
    store_url: str,
) -> None:
    keys = [str(n) for n in range(200)]

    def enqueue(n: int) -> list[JobId]:
        with connect(store_url) as own:
            mine = keys if n % 2 else keys[::-1]
            ids = own.enqueue([unique_job(key) for key in mine])
            return ids if n % 2 else ids[::-1]

    connect(store_url).close()
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(enqueue, range(8)))

    assert len({tuple(ids) for ids in seen}) == 1


def test_what_waits_for_a_replaced_job_is_told(store: Store) -> None:
    old = add(store)
    (child,) = store.enqueue([a_job(after=((Dependency(parent=old),),))])

    add(store, on_duplicate=OnDuplicate.REPLACE)

    assert states(store, [old, child]) == ["cancelled", "cancelled"]


def test_a_job_that_another_stands_for_ties_nothing_to_that_one(store: Store) -> None:
    (parent,) = store.enqueue([a_job(hold=True)])
    ties = ((Dependency(parent=parent),),)

    first, second = store.enqueue([unique_job("a"), unique_job("a", after=ties)])

    assert first == second
    assert states(store, [first]) == ["pending"]
    assert list(job(store, first).after) == []
