import pytest

from queuectl_store import (
    FINAL,
    TRANSITIONS,
    Dead,
    InvalidSetting,
    JobState,
    ManualClock,
    RefusedInState,
    Retry,
    Store,
    Succeeded,
    UnknownJob,
    Verb,
)
from tests.conformance.story import a_worker, claim_one, ended, enqueue_one, job, story_of

BY_HAND = ("cancel", "hold", "release", "retry", "rerun")


def job_in(store: Store, state: JobState) -> int:
    """Bring a job into *state* by the verbs that lead there."""
    if state is JobState.SCHEDULED:
        return enqueue_one(store, delay_ms=60_000)
    job_id = enqueue_one(store, hold=state is JobState.HELD)
    if state in (JobState.PENDING, JobState.HELD):
        return job_id
    if state is JobState.CANCELLED:
        store.admin.cancel([job_id])
        return job_id
    worker = a_worker(store)
    claim = claim_one(store, worker)
    outcomes = {
        JobState.SUCCEEDED: Succeeded(),
        JobState.DEAD: Dead(reason="no"),
        JobState.RETRYING: Retry(delay_ms=60_000, reason="no"),
    }
    if state in outcomes:
        store.finish(worker, [ended(claim, outcomes[state])])
    return job_id


REACHABLE = [state for state in JobState if state is not JobState.BLOCKED]


@pytest.mark.parametrize("state", REACHABLE)
@pytest.mark.parametrize("verb", BY_HAND)
def test_a_verb_by_hand_moves_a_job_only_as_the_table_says(
    store: Store, verb: str, state: JobState
) -> None:
    job_id = job_in(store, state)
    sources, target, *_ = TRANSITIONS[Verb(verb)]
    before = story_of(store, job_id)

    moved = getattr(store.admin, verb)([job_id])

    stored = job(store, job_id)
    if state in sources:
        assert moved.done == (job_id,)
        assert stored.state is target
        assert story_of(store, job_id) == [*before, verb]
    elif verb == "cancel" and state is JobState.RUNNING:
        assert moved.done == (job_id,)
        assert (stored.state, stored.cancel_requested) == (JobState.RUNNING, True)
    else:
        (refusal,) = moved.refused
        assert isinstance(refusal, RefusedInState)
        assert (refusal.job_id, refusal.verb, refusal.state) == (job_id, verb, state)
        assert stored.state is state
        assert story_of(store, job_id) == before


def test_partial_success_is_told_per_job(store: Store) -> None:
    ended_job = job_in(store, JobState.SUCCEEDED)
    waiting = enqueue_one(store)

    moved = store.admin.cancel([ended_job, waiting, 99], reason="not needed")

    assert moved.done == (waiting,)
    assert [type(each) for each in moved.refused] == [RefusedInState, UnknownJob]
    assert job(store, waiting).note == "not needed"
    assert job(store, waiting).finished_at is not None


def test_a_persons_retry_gives_a_full_new_allowance(store: Store) -> None:
    job_id = enqueue_one(store, max_retries=1)
    worker = a_worker(store)
    store.finish(worker, [ended(claim_one(store, worker), Retry(delay_ms=0, reason="x"))])
    store.stage()
    store.finish(worker, [ended(claim_one(store, worker), Dead(reason="x"))])
    exhausted = job(store, job_id).attempts_left

    store.admin.retry([job_id])
    fresh = claim_one(store, worker)

    assert exhausted == 0
    assert (fresh.job.attempt, fresh.job.attempts_left, fresh.token) == (3, 1, 3)
    assert job(store, job_id).note is None


def test_a_released_job_waits_on_for_its_time(store: Store, clock: ManualClock) -> None:
    early = enqueue_one(store, delay_ms=60_000)
    late = enqueue_one(store, delay_ms=1_000)
    store.admin.hold([early, late], reason="wait for the disk")
    noted = job(store, early).note
    clock.advance(ms=2_000)

    store.admin.release([early, late])

    assert noted == "wait for the disk"
    assert job(store, early).state is JobState.SCHEDULED
    assert job(store, late).state is JobState.PENDING


def test_every_state_that_is_final_is_left_only_by_a_person_or_for_a_parent() -> None:
    leaving = {verb for verb, move in TRANSITIONS.items() if (move.sources - move.stays) & FINAL}

    assert leaving == {Verb.RETRY, Verb.RERUN, Verb.BLOCK}
    assert TRANSITIONS[Verb.BLOCK].sources == {JobState.CANCELLED}


def test_settings_are_shared_checked_and_forgotten(store: Store) -> None:
    store.settings.set("max_retries", "7")
    store.settings.set("max_retries", "8")
    store.settings.set("backoff_max", "1h")
    seen = store.settings.all()
    store.settings.unset("backoff_max")

    assert seen == {"backoff_max": "1h", "max_retries": "8"}
    assert store.settings.all() == {"max_retries": "8"}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("max_retrys", "3", "did you mean 'max_retries'?"),
        ("max_retries", "many", "whole number"),
        ("max_retries", "-1", "from 0"),
        ("lease", "1s", "at least 3s"),
        ("backoff_base", "nan", "from 1"),
        ("durability", "maybe", "full, normal"),
        ("timeout", "10 parsecs", "duration"),
    ],
)
def test_a_bad_setting_is_refused_with_what_would_do(
    store: Store, name: str, value: str, says: str
) -> None:
    with pytest.raises(InvalidSetting, match=says.replace("?", r"\?")):
        store.settings.set(name, value)

    assert store.settings.all() == {}
