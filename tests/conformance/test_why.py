"""Why a job is not running: the reason, the jobs that it waits for, and what would change it."""

import pytest

from queuectl_store import (
    Dead,
    Dependency,
    JobId,
    ManualClock,
    Needs,
    NewJob,
    Retry,
    Shell,
    Store,
    Succeeded,
    UnknownJob,
    why_document,
)
from tests.conformance.story import a_worker, claim_one, ended, enqueue_one, vanished


def told(store: Store, job_id: JobId) -> str:
    """The whole answer as one line."""
    answer = store.reader.why(job_id)
    return f"{answer.detail} | {answer.remedy} | {list(answer.blockers)}"


def test_a_job_of_a_queue_that_nobody_serves_names_the_worker_to_start(store: Store) -> None:
    a_worker(store, queues=("other",))

    answer = store.reader.why(enqueue_one(store, queue="mail"))

    assert answer.reason == "no worker serves mail"
    assert answer.detail == "no worker serves the queue mail"
    assert answer.remedy == "`queuectl worker start --queue mail`"


def test_a_job_in_line_says_how_many_come_first(store: Store) -> None:
    a_worker(store, concurrency=3)
    enqueue_one(store), enqueue_one(store, priority=5)
    last = enqueue_one(store)

    assert told(store, last).startswith("2 jobs come first; workers hold 0 jobs in 3 slots")


def test_a_job_that_was_given_back_says_why(store: Store) -> None:
    worker, job_id = a_worker(store), enqueue_one(store)
    claim = claim_one(store, worker)
    store.release(worker, [(claim.job.id, claim.token)], reason="no room on /logs")

    answer = told(store, job_id)

    assert answer.startswith("a worker gave it back: no room on /logs; 0 jobs come first; workers")
    assert "`queuectl doctor`" in answer


def test_the_length_of_the_line_is_counted_up_to_a_thousand(store: Store) -> None:
    a_worker(store)
    *_, last = store.enqueue([NewJob(work=Shell(script="true"))] * 1_200)

    assert told(store, last).startswith("1000 or more jobs come first")


def test_a_job_that_needs_more_slots_than_any_worker_has_says_so(store: Store) -> None:
    a_worker(store, concurrency=2)

    answer = told(store, enqueue_one(store, slots=3))

    assert answer.startswith("it takes 3 slots, and no worker has so many")
    assert "`queuectl worker start --concurrency 3`" in answer


def test_a_scheduled_job_names_its_time(store: Store, clock: ManualClock) -> None:
    job_id = enqueue_one(store, run_at=clock.wall_ms() + 3_600_000)

    assert told(store, job_id).startswith("its time is 2027-01-15T09:00:00.000Z")


def test_a_held_job_is_released_by_the_named_command(store: Store) -> None:
    job_id = enqueue_one(store)
    store.admin.hold([job_id], reason="the disk is full")

    assert told(store, job_id) == f"it is held: the disk is full | `queuectl release {job_id}` | []"


def test_a_retrying_job_tells_its_error_its_time_and_what_is_left(store: Store) -> None:
    worker, job_id = a_worker(store), enqueue_one(store, max_retries=3)
    outcome = Retry(delay_ms=2_000, reason="exit code 7")
    store.finish(worker, [ended(claim_one(store, worker), outcome, error="exit code 7")])

    answer = told(store, job_id)

    assert answer.startswith("attempt 1 failed (exit code 7); the next is at 2027-01-15T08:00:02")
    assert "and 2 may follow" in answer
    assert f"`queuectl retry {job_id}` tries at once" in answer


def test_a_running_job_names_its_worker_and_one_whose_worker_is_gone_says_that(
    store: Store, clock: ManualClock
) -> None:
    worker, job_id = a_worker(store, lease_ms=10_000), enqueue_one(store)
    claim_one(store, worker)

    assert told(store, job_id).startswith(f"attempt 1 runs on worker {worker} on host-a since")

    clock.advance(ms=10_001)
    assert f"worker {worker}, which is gone" in told(store, job_id)


def test_ended_jobs_say_how_and_what_brings_them_back(store: Store) -> None:
    worker = a_worker(store)
    good, bad, stopped = (enqueue_one(store) for _ in range(3))
    store.finish(worker, [ended(claim_one(store, worker), Succeeded())])
    store.finish(worker, [ended(claim_one(store, worker), Dead(reason="exit code 1"))])
    store.admin.cancel([stopped])

    assert told(store, good).startswith("it succeeded at 2027-01-15T08:00:00.000Z | None")
    assert told(store, bad) == f"it is dead: exit code 1 | `queuectl dlq retry {bad}` | []"
    assert told(store, stopped).startswith("it was cancelled: cancelled by a person | `queuectl re")


def test_the_document_has_the_fields_of_the_contract(store: Store) -> None:
    job_id = enqueue_one(store)
    document = why_document(store.reader.why(job_id))

    assert list(document) == ["id", "state", "reason", "detail", "remedy", "blockers"]
    assert (document["id"], document["state"], document["blockers"]) == (job_id, "pending", [])


def test_an_unknown_job_is_told_of(store: Store) -> None:
    with pytest.raises(UnknownJob):
        store.reader.why(JobId(4711))


def test_a_job_of_a_rescued_worker_waits_for_its_backoff(store: Store, clock: ManualClock) -> None:
    worker, job_id = a_worker(store, lease_ms=10_000), enqueue_one(store)
    claim_one(store, worker)
    clock.advance(ms=10_001)
    store.rescue(vanished)

    assert told(store, job_id).startswith("attempt 1 failed (")


def test_a_job_of_a_paused_queue_names_the_command_that_resumes_it(store: Store) -> None:
    a_worker(store)
    job_id = enqueue_one(store, queue="mail")
    store.admin.pause("mail")

    answer = store.reader.why(job_id)

    assert (answer.reason, answer.remedy) == ("queue paused", "`queuectl queue resume mail`")


def test_a_job_behind_its_queues_limit_names_those_that_run(store: Store) -> None:
    store.admin.set_queue("mail", concurrency=1)
    worker = a_worker(store)
    first, second = (enqueue_one(store, queue="mail") for _ in range(2))
    store.claim(worker, limit=2)

    answer = store.reader.why(second)

    assert answer.reason == "limit 1 reached (queue mail)"
    assert answer.blockers == (first,)
    assert "`queuectl queue set mail --concurrency N` allows more" in (answer.remedy or "")


def test_a_job_behind_its_key_names_the_one_that_has_it(store: Store) -> None:
    worker = a_worker(store)
    first, second = (enqueue_one(store, concurrency_key="alice") for _ in range(2))
    store.claim(worker, limit=2)

    answer = store.reader.why(second)

    assert answer.reason == "limit 1 reached (key alice)"
    assert answer.blockers == (first,)


def test_a_job_that_lacks_a_resource_says_how_much_there_is(store: Store) -> None:
    worker = a_worker(store)
    nobody, much = (
        enqueue_one(store, resources={"tpu": 1}),
        enqueue_one(store, resources={"gpu": 3}),
    )
    store.admin.set_resource("gpu", 2)
    store.claim(worker, limit=4)

    assert told(store, nobody).startswith("nobody said how much tpu there is")
    assert told(store, much).startswith("it needs 3 of gpu, and there is 2 in all")


def test_a_blocked_job_names_its_parents_and_how_they_must_end(store: Store) -> None:
    first, second = enqueue_one(store), enqueue_one(store)
    child = enqueue_one(
        store,
        after=(
            (Dependency(parent=first), Dependency(parent=second, needs=Needs.FAILURE)),
            (Dependency(parent=second, needs=Needs.END),),
        ),
    )

    answer = store.reader.why(child)

    assert answer.reason == f"after {first}, {second}"
    assert answer.detail == (
        f"it waits for job {first} (pending) to succeed or job {second} (pending) to fail;"
        f" job {second} (pending) to end"
    )
    assert set(answer.blockers) == {first, second}


def test_a_job_cancelled_for_its_parent_names_the_way_back(store: Store) -> None:
    parent = enqueue_one(store)
    child = enqueue_one(store, after=((Dependency(parent=parent),),))
    store.admin.cancel([parent])

    answer = store.reader.why(child)

    assert answer.reason == f"job {parent} was cancelled" or answer.reason == f"job {parent} failed"
    assert answer.remedy == f"`queuectl rerun {parent}` lets it follow after all"
