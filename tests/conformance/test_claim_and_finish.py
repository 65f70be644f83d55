from concurrent.futures import ThreadPoolExecutor

import pytest

from queuectl_store import (
    HOOK_QUEUE,
    Cancelled,
    Dead,
    JobState,
    ManualClock,
    Outcome,
    Released,
    Retry,
    Snoozed,
    Store,
    Succeeded,
    connect,
)
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
from tests.waiting import eventually


def test_best_is_highest_priority_then_first_in(store: Store) -> None:
    store.enqueue([a_job(priority=0), a_job(priority=10), a_job(priority=10), a_job(priority=-10)])
    worker = a_worker(store)

    order = [claim.job.id for claim in store.claim(worker, limit=10)]

    assert order == [2, 3, 1, 4]


def test_the_limit_holds_and_the_best_are_taken(store: Store) -> None:
    store.enqueue([a_job(priority=n % 3) for n in range(30)])
    worker = a_worker(store)

    taken = store.claim(worker, limit=7)

    assert len(taken) == 7
    assert {claim.job.priority for claim in taken} == {2}
    assert store.reader.counts()["default"] == {JobState.PENDING: 23, JobState.RUNNING: 7}


def test_between_queues_the_best_job_decides(store: Store) -> None:
    store.enqueue([a_job(queue="a"), a_job(queue="b", priority=5), a_job(queue="c", priority=5)])
    worker = a_worker(store)

    order = [claim.job.queue for claim in store.claim(worker, limit=3)]

    assert order == ["b", "c", "a"]


def test_a_worker_takes_only_from_its_queues(store: Store) -> None:
    store.enqueue([a_job(queue="a"), a_job(queue="b")])
    worker = a_worker(store)

    taken = store.claim(worker, limit=5, queues=("b",))

    assert [claim.job.queue for claim in taken] == ["b"]
    assert store.claim(worker, limit=5, queues=("b",)) == []


def test_a_claim_counts_the_attempt_and_raises_the_token(store: Store, clock: ManualClock) -> None:
    job_id = enqueue_one(store)
    worker = a_worker(store)

    claim = claim_one(store, worker)

    stored = job(store, job_id)
    assert (stored.state, stored.attempt, stored.token) == (JobState.RUNNING, 1, 1)
    assert (stored.worker_id, stored.started_at) == (worker, clock.wall_ms())
    assert claim.token == 1
    assert story_of(store, job_id) == ["enqueue", "claim"]


def test_scheduled_held_and_retrying_jobs_are_not_claimed(store: Store) -> None:
    store.enqueue([a_job(delay_ms=1), a_job(hold=True), a_job()])
    worker = a_worker(store)
    store.finish(worker, [ended(claim_one(store, worker), Retry(delay_ms=5, reason="x"))])

    assert store.claim(worker, limit=9) == []


OUTCOMES: dict[str, tuple[Outcome, JobState, int, str]] = {
    "succeeded": (Succeeded(result="[1]"), JobState.SUCCEEDED, 1, "succeeded"),
    "retry": (Retry(delay_ms=700, reason="exit code 3"), JobState.RETRYING, 1, "failed"),
    "dead": (Dead(reason="attempt 1 of 1 failed"), JobState.DEAD, 1, "failed"),
    "snoozed": (Snoozed(delay_ms=700), JobState.RETRYING, 0, "snoozed"),
    "released": (Released(reason="worker stops"), JobState.PENDING, 0, "released"),
    "cancelled": (Cancelled(), JobState.CANCELLED, 0, "cancelled"),
}


@pytest.mark.parametrize("kind", OUTCOMES)
def test_an_outcome_moves_the_job_and_records_the_attempt(
    store: Store, clock: ManualClock, kind: str
) -> None:
    outcome, state, used, recorded = OUTCOMES[kind]
    job_id = enqueue_one(store)
    worker = a_worker(store)
    claim = claim_one(store, worker)
    clock.advance(ms=250)

    refused = store.finish(
        worker,
        [
            ended(
                claim,
                outcome,
                started_at=clock.wall_ms() - 200,
                exit_code=3,
                error="exit code 3",
                max_rss=5_000_000_000,
                cpu_ms=12,
                log_bytes=7,
            )
        ],
    )

    stored = job(store, job_id)
    assert refused == []
    assert (stored.state, stored.attempt, stored.token) == (state, used, 1)
    final = state in (JobState.SUCCEEDED, JobState.DEAD, JobState.CANCELLED)
    assert stored.finished_at == (clock.wall_ms() if final else None)
    if isinstance(outcome, Retry | Snoozed):
        assert stored.run_at == clock.wall_ms() + 700
    (attempt,) = store.reader.attempts(job_id)
    assert stored.last == attempt
    assert (attempt.number, attempt.token, attempt.state) == (1, 1, recorded)
    assert (attempt.exit_code, attempt.error, attempt.log_bytes) == (3, "exit code 3", 7)
    assert (attempt.max_rss, attempt.cpu_ms) == (5_000_000_000, 12)
    assert attempt.finished_at - (attempt.started_at or 0) == 200


def test_a_second_run_has_the_next_number_and_token(store: Store) -> None:
    job_id = enqueue_one(store)
    worker = a_worker(store)
    store.finish(worker, [ended(claim_one(store, worker), Released(reason="stop"))])
    store.finish(worker, [ended(claim_one(store, worker), Retry(delay_ms=0, reason="no"))])
    store.stage()
    store.finish(worker, [ended(claim_one(store, worker), Succeeded())])

    runs = [(each.number, each.token, each.state) for each in store.reader.attempts(job_id)]

    assert runs == [(1, 1, "released"), (1, 2, "failed"), (2, 3, "succeeded")]
    assert story_of(store, job_id) == [
        "enqueue",
        "claim",
        "give_back",
        "claim",
        "back_off",
        "stage",
        "claim",
        "succeed",
    ]


def test_a_lost_claim_is_refused_and_its_neighbours_are_recorded(store: Store) -> None:
    ids = store.enqueue([a_job() for _ in range(3)])
    worker = a_worker(store)
    claims = store.claim(worker, limit=3)
    store.finish(worker, [ended(claims[1], Released(reason="given back"))])
    newer = claim_one(store, worker)

    refused = store.finish(worker, [ended(claim, Succeeded()) for claim in claims])

    assert [finish.claim for finish in refused] == [claims[1]]
    assert states(store, ids) == ["succeeded", "running", "succeeded"]
    assert job(store, newer.job.id).token == newer.token == 2


def test_an_old_claim_and_the_new_one_of_the_same_job_are_told_apart(store: Store) -> None:
    """A worker that lost a job and got it again may report both runs at once."""
    job_id = enqueue_one(store)
    worker = a_worker(store)
    old = claim_one(store, worker)
    store.finish(worker, [ended(old, Released(reason="given back"))])
    new = claim_one(store, worker)

    refused = store.finish(worker, [ended(old, Dead(reason="late")), ended(new, Succeeded())])

    assert [finish.claim.token for finish in refused] == [old.token]
    assert job(store, job_id).state is JobState.SUCCEEDED
    assert [each.state for each in store.reader.attempts(job_id)] == ["released", "succeeded"]


def test_finishing_twice_records_once_and_is_not_a_loss(store: Store) -> None:
    """After a lost reply to COMMIT the same finish comes again."""
    job_id = enqueue_one(store)
    worker = a_worker(store)
    finish = ended(claim_one(store, worker), Succeeded())
    store.finish(worker, [finish])

    assert store.finish(worker, [finish]) == []
    assert len(store.reader.attempts(job_id)) == 1
    assert story_of(store, job_id) == ["enqueue", "claim", "succeed"]


def test_another_outcome_for_a_finished_run_is_refused(store: Store) -> None:
    enqueue_one(store)
    worker = a_worker(store)
    claim = claim_one(store, worker)
    store.finish(worker, [ended(claim, Succeeded())])

    refused = store.finish(worker, [ended(claim, Dead(reason="late"))])

    assert len(refused) == 1
    assert job(store, claim.job.id).state is JobState.SUCCEEDED


def test_an_exchange_finishes_and_claims_at_once(store: Store) -> None:
    store.enqueue([a_job("one"), a_job("two")])
    worker = a_worker(store)
    first = claim_one(store, worker)

    turn = store.exchange(worker, [ended(first, Succeeded())], limit=1)

    assert [claim.job.command for claim in turn.claims] == ["two"]
    assert turn.refused == []


@pytest.mark.parametrize(
    ("limit", "beside", "claimed"),
    [
        (1, None, ["told 1"]),
        (4, None, ["told 1", "told 2", "one", "two"]),
        (1, 0, ["one"]),
        (0, 1, ["told 1"]),
        (1, 1, ["told 1", "one"]),
        (9, 9, ["told 1", "told 2", "one", "two"]),
        (0, 0, []),
    ],
)
def test_deliveries_of_hooks_are_claimed_beside_the_others_where_that_is_asked_for(
    store: Store, limit: int, beside: int | None, claimed: list[str]
) -> None:
    told = {"queue": HOOK_QUEUE, "priority": 5}
    store.enqueue([a_job("told 1", **told), a_job("told 2", **told), a_job("one"), a_job("two")])

    claims = store.exchange(a_worker(store), [], limit=limit, beside=beside).claims

    assert [claim.job.command for claim in claims] == claimed


def test_a_delivery_keeps_no_slot_of_its_worker_busy(store: Store) -> None:
    store.enqueue([a_job("told", queue=HOOK_QUEUE), a_job("one")])
    worker = a_worker(store)

    claims = store.exchange(worker, [], limit=9, beside=9).claims

    assert len(claims) == 2
    assert [each.running for each in store.reader.workers()] == [1]


def test_whoever_does_not_serve_hooks_claims_no_delivery(store: Store) -> None:
    store.enqueue([a_job("told", queue=HOOK_QUEUE), a_job("one")])
    worker = a_worker(store, queues=("default",))

    claims = store.exchange(worker, [], limit=9, queues=("default",), beside=9).claims

    assert [claim.job.command for claim in claims] == ["one"]


def test_text_that_no_database_takes_is_made_visible(store: Store) -> None:
    enqueue_one(store)
    worker = a_worker(store)
    claim = claim_one(store, worker)

    store.finish(worker, [ended(claim, Dead(reason="a\0b\ud800"), error="c\0\udcff")])

    stored = job(store, claim.job.id)
    assert stored.note == "a\\x00b\\ud800"
    assert stored.last is not None
    assert stored.last.error == "c\\x00\\udcff"


def test_each_job_is_claimed_once_by_many_claimers(store_url: str) -> None:
    with connect(store_url) as first:
        first.enqueue([a_job() for _ in range(400)])

    def drain(_: int) -> list[int]:
        taken: list[int] = []
        with connect(store_url) as own:
            worker = a_worker(own)
            while claims := own.claim(worker, limit=7):
                assert len(claims) <= 7
                taken += [claim.job.id for claim in claims]
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = [job_id for part in pool.map(drain, range(8)) for job_id in part]

    assert sorted(taken) == list(range(1, 401))


def test_a_job_that_is_given_back_wakes_other_workers_at_once(store: Store) -> None:
    """It waited for a slot behind another; a free worker must not find it at its next look only."""
    worker = a_worker(store)
    enqueue_one(store)
    claim = claim_one(store, worker)
    listener = store.listen()
    eventually(lambda: not listener.wait(0.2), within=20, what="a quiet bell")

    store.finish(worker, [ended(claim, Released(reason="it waited too long"))])

    assert listener.wait(10)
    listener.close()
