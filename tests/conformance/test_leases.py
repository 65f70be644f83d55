"""The lease belongs to the worker; whoever loses it loses its jobs, and its late results."""

import pytest

from queuectl_store import (
    Claim,
    Dead,
    Finish,
    JobState,
    ManualClock,
    Released,
    Retry,
    Snoozed,
    StopRequest,
    Store,
    Succeeded,
    UnknownWorker,
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
    vanished,
)


def test_a_silent_worker_loses_its_jobs_when_its_lease_ends(
    store: Store, clock: ManualClock
) -> None:
    job_id = enqueue_one(store)
    worker = a_worker(store, lease_ms=1_000)
    claim_one(store, worker)

    clock.advance(ms=999)
    early = store.rescue(vanished)
    clock.advance(ms=1)
    rescued = store.rescue(vanished)

    assert early == []
    assert [finish.claim.job.id for finish in rescued] == [job_id]
    stored = job(store, job_id)
    assert (stored.state, stored.attempt, stored.crashes) == (JobState.RETRYING, 1, 1)
    assert [each.state for each in store.reader.attempts(job_id)] == ["crashed"]
    assert story_of(store, job_id) == ["enqueue", "claim", "back_off"]


def test_a_renewal_extends_the_lease_from_now(store: Store, clock: ManualClock) -> None:
    enqueue_one(store)
    worker = a_worker(store, lease_ms=1_000)
    claim = claim_one(store, worker)

    clock.advance(ms=900)
    renewal = store.renew(worker)
    clock.advance(ms=999)

    assert renewal.held == {(claim.job.id, claim.token)}
    assert store.rescue(vanished) == []


def test_finish_after_a_rescue_changes_nothing(store: Store, clock: ManualClock) -> None:
    """A slow worker must not overwrite the worker that replaced it."""
    job_id = enqueue_one(store)
    slow = a_worker(store, lease_ms=1_000)
    claim = claim_one(store, slow)
    clock.advance(ms=1_001)
    store.rescue(vanished)

    refused = store.finish(slow, [ended(claim, Succeeded())])

    assert len(refused) == 1
    assert job(store, job_id).state is JobState.RETRYING


def test_a_late_finish_before_any_rescue_still_counts(store: Store, clock: ManualClock) -> None:
    """Nobody took the job: the token is still the newest."""
    job_id = enqueue_one(store)
    worker = a_worker(store, lease_ms=1_000)
    claim = claim_one(store, worker)
    clock.advance(ms=60_000)

    assert store.finish(worker, [ended(claim, Succeeded())]) == []
    assert job(store, job_id).state is JobState.SUCCEEDED


def test_a_worker_whose_lease_was_taken_is_told_at_its_renewal(
    store: Store, clock: ManualClock
) -> None:
    worker = a_worker(store, lease_ms=1_000)
    clock.advance(ms=1_001)
    store.rescue(vanished)

    with pytest.raises(UnknownWorker):
        store.renew(worker)


def test_a_worker_past_its_lease_claims_nothing_until_it_renews(
    store: Store, clock: ManualClock
) -> None:
    enqueue_one(store)
    worker = a_worker(store, lease_ms=1_000)
    clock.advance(ms=1_001)

    late = store.claim(worker, limit=1)
    store.renew(worker)
    renewed = store.claim(worker, limit=1)

    assert late == []
    assert len(renewed) == 1


def test_a_stepped_wall_clock_rescues_nothing_and_delays_nothing(
    store: Store, clock: ManualClock, store_url: str
) -> None:
    enqueue_one(store)
    worker = a_worker(store, lease_ms=1_000)
    claim_one(store, worker)

    clock.step_wall(ms=3_600_000)
    forward = store.rescue(vanished)
    clock.step_wall(ms=-7_200_000)
    clock.advance(ms=1_001)
    backward = store.rescue(vanished)

    assert forward == []
    assert len(backward) == 1


def test_a_reboot_frees_everything_at_once(
    store: Store, clock: ManualClock, request: pytest.FixtureRequest
) -> None:
    job_id = enqueue_one(store)
    claim_one(store, a_worker(store, lease_ms=3_600_000))

    clock.reboot()
    rescued = store.rescue(vanished)

    if "postgres" in request.node.name:
        # The host's reboot says nothing about the server's clock: the lease runs on.
        assert rescued == []
    else:
        assert [finish.claim.job.id for finish in rescued] == [job_id]


def test_a_worker_that_ends_leaves_what_it_holds_to_the_rescuer(store: Store) -> None:
    job_id = enqueue_one(store)
    worker = a_worker(store)
    claim_one(store, worker)

    store.unregister(worker)
    store.rescue(vanished)

    assert job(store, job_id).state is JobState.RETRYING
    with pytest.raises(UnknownWorker):
        store.renew(worker)


def test_the_rescuer_decides_as_the_worker_would(store: Store, clock: ManualClock) -> None:
    ids = store.enqueue([a_job(), a_job()])
    worker = a_worker(store, lease_ms=1_000)
    store.claim(worker, limit=2)
    clock.advance(ms=1_001)

    def decide(claim: Claim) -> Finish:
        outcome = Dead(reason="poison") if claim.job.id == ids[0] else Retry(delay_ms=0, reason="x")
        return Finish(claim=claim, outcome=outcome, crashed=True)

    store.rescue(decide)

    assert states(store, ids) == ["dead", "retrying"]
    assert job(store, ids[0]).note == "poison"


def test_the_token_never_goes_back(store: Store, clock: ManualClock) -> None:
    job_id = enqueue_one(store)
    tokens = []
    for _ in range(3):
        worker = a_worker(store, lease_ms=1_000)
        tokens.append(claim_one(store, worker).token)
        clock.advance(ms=1_001)
        store.rescue(vanished)
        store.admin.cancel([job_id])
        store.admin.rerun([job_id])

    assert tokens == [1, 2, 3]


def test_a_cancelled_run_shows_at_the_next_renewal(store: Store) -> None:
    ids = store.enqueue([a_job(), a_job()])
    worker = a_worker(store)
    claims = store.claim(worker, limit=2)

    moved = store.admin.cancel([ids[0]])
    renewal = store.renew(worker)

    assert moved.done == (ids[0],)
    assert renewal.cancelled == {(ids[0], claims[0].token)}
    assert states(store, ids) == ["running", "running"]


def test_a_stop_request_reaches_the_worker_and_ends_its_claims(store: Store) -> None:
    enqueue_one(store)
    worker = a_worker(store)

    asked = store.admin.stop_workers([worker, 99])

    assert asked == [worker]
    assert store.renew(worker).stop is StopRequest.DRAIN
    assert store.claim(worker, limit=1) == []
    assert [each.state for each in store.reader.workers()] == ["stopping"]


def test_a_quiet_worker_claims_no_more_and_keeps_what_it_has(store: Store) -> None:
    enqueue_one(store)
    enqueue_one(store)
    worker = a_worker(store)
    claim = claim_one(store, worker)

    assert store.admin.quiet_workers([worker, 99]) == [worker]

    assert store.renew(worker).stop is StopRequest.QUIET
    assert store.claim(worker, limit=1) == []
    assert [(each.state, each.alive) for each in store.reader.workers()] == [("quiet", True)]
    assert store.finish(worker, [ended(claim, Succeeded())]) == []


def test_a_wish_to_stop_is_not_weakened_by_one_for_quiet(store: Store) -> None:
    worker = a_worker(store)
    store.admin.quiet_workers()

    assert store.admin.stop_workers() == [worker]
    assert store.admin.quiet_workers() == []
    assert store.renew(worker).stop is StopRequest.DRAIN


def test_stop_now_goes_to_every_live_worker(store: Store, clock: ManualClock) -> None:
    gone = a_worker(store, lease_ms=1_000)
    clock.advance(ms=1_001)
    store.rescue(vanished)
    live = [a_worker(store), a_worker(store)]

    asked = store.admin.stop_workers(now=True)

    assert asked == live
    assert gone not in asked
    assert store.renew(live[0]).stop is StopRequest.NOW


def test_runs_that_the_worker_never_heard_of_can_be_given_back(store: Store) -> None:
    """A claim whose answer was lost would otherwise be held as long as the worker lives."""
    job_id = enqueue_one(store)
    worker = a_worker(store)
    claim = claim_one(store, worker)

    given = store.release(
        worker, [*[(job_id, claim.token)] * 2, (job_id, 99)], reason="never started"
    )

    stored = job(store, job_id)
    assert given == 1
    assert (stored.state, stored.attempt, stored.token) == (JobState.PENDING, 0, 1)


def test_due_jobs_become_pending_at_their_time(store: Store, clock: ManualClock) -> None:
    ids = store.enqueue([a_job(delay_ms=1_000), a_job(delay_ms=2_000)])

    waits = [store.due_in_ms(), store.stage()]
    clock.advance(ms=1_000)
    now = [store.due_in_ms(), store.stage(), store.due_in_ms()]

    assert waits == [1_000, 0]
    assert now == [0, 1, 1_000]
    assert states(store, ids) == ["pending", "scheduled"]
    assert story_of(store, ids[0]) == ["enqueue", "stage"]


def test_staging_stops_at_its_limit(store: Store, clock: ManualClock) -> None:
    store.enqueue([a_job(delay_ms=1) for _ in range(5)])
    clock.advance(ms=1)

    assert [store.stage(limit=2), store.stage(limit=2), store.stage(limit=2)] == [2, 2, 1]
    assert store.due_in_ms() is None


def test_work_is_left_while_anything_is_pending_running_or_retrying(store: Store) -> None:
    worker = a_worker(store)
    seen = [store.work_left()]
    store.enqueue([a_job(delay_ms=60_000, queue="later")])
    seen.append(store.work_left())
    enqueue_one(store, queue="q")
    seen.append(store.work_left())
    claim = claim_one(store, worker)
    seen.append(store.work_left(("q",)))
    store.finish(worker, [ended(claim, Retry(delay_ms=60_000, reason="x"))])
    seen += [store.work_left(("q",)), store.work_left(("other",)), store.work_left()]

    assert seen == [False, False, True, True, True, False, True]


def test_progress_is_taken_from_the_current_run_alone(store: Store) -> None:
    job_id = enqueue_one(store)
    worker = a_worker(store)
    claim = claim_one(store, worker)

    told = [store.set_progress(job_id, claim.token, "42 encoding"), store.set_progress(1, 7, "x")]

    assert told == [True, False]
    assert job(store, job_id).progress == "42 encoding"


AGAIN = {
    "retry": Retry(delay_ms=5, reason="exit code 1"),
    "snooze": Snoozed(delay_ms=5),
    "release": Released(reason="its worker stopped"),
}


@pytest.mark.parametrize("kind", AGAIN)
def test_a_run_that_was_cancelled_does_not_run_again(store: Store, kind: str) -> None:
    """Whoever cancelled it was told that it would stop; its worker may not have heard yet."""
    job_id = enqueue_one(store)
    worker = a_worker(store)
    finish = ended(claim_one(store, worker), AGAIN[kind], exit_code=1)
    store.admin.cancel([job_id])

    refused = [store.finish(worker, [finish]), store.finish(worker, [finish])]

    assert refused == [[], []]
    assert job(store, job_id).state is JobState.CANCELLED
    assert story_of(store, job_id) == ["enqueue", "claim", "stop"]
    assert [each.state for each in store.reader.attempts(job_id)] == ["cancelled"]


@pytest.mark.parametrize("outcome", [Succeeded(), Dead(reason="no")])
def test_a_run_that_ended_for_good_before_its_cancel_was_heard_stays_so(
    store: Store, outcome: Succeeded | Dead
) -> None:
    job_id = enqueue_one(store)
    worker = a_worker(store)
    claim = claim_one(store, worker)
    store.admin.cancel([job_id])

    store.finish(worker, [ended(claim, outcome)])

    assert job(store, job_id).state in (JobState.SUCCEEDED, JobState.DEAD)
    assert not job(store, job_id).cancel_requested


def test_a_late_finish_changes_nothing_while_the_next_run_goes_on(
    store: Store, clock: ManualClock
) -> None:
    """The state alone says running again: only the token tells the two runs apart."""
    slow, job_id = a_worker(store, lease_ms=10_000), enqueue_one(store)
    old = claim_one(store, slow)
    clock.advance(ms=10_001)
    store.rescue(vanished)
    store.stage()
    new = claim_one(store, a_worker(store))

    refused = store.finish(slow, [ended(old, Succeeded())])

    assert [each.claim.token for each in refused] == [old.token]
    assert (job(store, job_id).state, job(store, job_id).token) == (JobState.RUNNING, new.token)
