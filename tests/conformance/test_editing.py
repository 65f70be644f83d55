"""Changing jobs that wait or are dead: what may change, what stays, and what an audit finds."""

import json
from typing import Any

import pytest

from queuectl_store import (
    Argv,
    Backoff,
    Dead,
    Edit,
    InvalidJob,
    JobId,
    JobState,
    KeyTaken,
    ManualClock,
    RefusedInState,
    Retry,
    Shell,
    Store,
    Succeeded,
    Task,
    Unique,
    UnknownJob,
    instant,
)
from tests.conformance.story import (
    a_worker,
    claim_one,
    ended,
    enqueue_one,
    job,
    states,
    story_of,
)

LATER_MS = 3_600_000
EDITABLE = {
    JobState.SCHEDULED,
    JobState.HELD,
    JobState.PENDING,
    JobState.RETRYING,
    JobState.DEAD,
}


def a_job_that_is(store: Store, state: JobState, **fields: Any) -> JobId:
    fields |= {"hold": state is JobState.HELD}
    if state is JobState.SCHEDULED:
        fields["delay_ms"] = LATER_MS
    job_id = enqueue_one(store, **fields)
    worker = a_worker(store)
    outcomes = {
        JobState.RETRYING: Retry(delay_ms=LATER_MS, reason="x"),
        JobState.DEAD: Dead(reason="x"),
        JobState.SUCCEEDED: Succeeded(),
    }
    if state in outcomes:
        store.finish(worker, [ended(claim_one(store, worker), outcomes[state])])
    if state is JobState.RUNNING:
        claim_one(store, worker)
    if state is JobState.CANCELLED:
        store.admin.cancel([job_id])
    assert job(store, job_id).state is state
    return job_id


def last_note(store: Store, job_id: JobId) -> Any:
    return json.loads(store.reader.events(job_id=job_id)[-1].note or "null")


@pytest.mark.parametrize("state", sorted(EDITABLE))
def test_a_job_that_does_not_run_is_changed_and_stays_in_its_state(
    store: Store, state: JobState
) -> None:
    job_id = a_job_that_is(store, state, tags={"a": "1"}, cwd="/srv", env={"E": "1"})

    moved = store.admin.edit(
        [job_id],
        Edit(
            work=Argv(argv=("echo", "new")),
            queue="other",
            priority=7,
            name="n",
            tags={"b": "2"},
            max_retries=9,
            timeout_ms=1_500,
            backoff=Backoff(base=3),
        ),
    )

    now = job(store, job_id)
    assert moved.done == (job_id,)
    assert now.state is state
    assert (now.work, now.queue, now.priority) == (Argv(argv=("echo", "new")), "other", 7)
    assert (now.name, now.tags, now.max_retries) == ("n", {"b": "2"}, 9)
    assert (now.timeout_ms, now.backoff) == (1_500, Backoff(base=3))
    assert (now.cwd, now.env) == ("/srv", {"E": "1"})


@pytest.mark.parametrize("state", sorted(set(JobState) - EDITABLE - {JobState.BLOCKED}))
def test_a_job_that_runs_or_has_ended_well_is_not_changed(store: Store, state: JobState) -> None:
    job_id = a_job_that_is(store, state)
    before = job(store, job_id)

    moved = store.admin.edit([job_id, 99], Edit(priority=1))

    assert [type(error) for error in moved.refused] == [RefusedInState, UnknownJob]
    assert str(moved.refused[0]).startswith(f"cannot edit job {job_id}: it is {state}")
    assert job(store, job_id) == before


def test_an_edit_tells_in_the_log_what_was_before(store: Store, clock: ManualClock) -> None:
    job_id = enqueue_one(store, script="old", delay_ms=LATER_MS, timeout_ms=2_000)
    due = clock.now_ms + LATER_MS

    edit = Edit(work=Shell(script="new"), priority=5, run_at=due + 1, timeout_ms=0)
    store.admin.edit([job_id], edit)

    assert story_of(store, job_id) == ["enqueue", "edit"]
    assert last_note(store, job_id) == {
        "command": "old",
        "priority": 0,
        "timeout": 2.0,
        "run_at": instant(due),
    }


def test_an_edit_that_changes_nothing_is_no_event(store: Store) -> None:
    job_id = enqueue_one(store)

    assert store.admin.edit([job_id], Edit(priority=0)).done == (job_id,)
    assert story_of(store, job_id) == ["enqueue"]


def test_an_edit_that_finds_a_job_due_says_so_in_the_log(store: Store, clock: ManualClock) -> None:
    """The log replayed is the table, whoever made the job pending."""
    job_id = enqueue_one(store, delay_ms=LATER_MS, priority=3)
    clock.advance(ms=LATER_MS)

    store.admin.edit([job_id], Edit(priority=3))

    assert job(store, job_id).state is JobState.PENDING
    assert story_of(store, job_id)[-1] == "edit"
    assert store.maintenance.check() == []


def test_a_new_time_moves_a_job_that_waits_for_nothing_else(
    store: Store, clock: ManualClock
) -> None:
    job_id = enqueue_one(store)
    later = clock.now_ms + LATER_MS

    store.admin.edit([job_id], Edit(run_at=later))
    assert (job(store, job_id).state, job(store, job_id).run_at) == (JobState.SCHEDULED, later)
    assert store.due_in_ms() == LATER_MS
    store.admin.edit([job_id], Edit(run_at=0))

    assert job(store, job_id).state is JobState.PENDING
    assert [event.state.value for event in store.reader.events(job_id=job_id)] == [
        "pending",
        "scheduled",
        "pending",
    ]


def test_a_new_time_of_a_held_or_retrying_job_counts_when_it_is_its_turn(
    store: Store, clock: ManualClock
) -> None:
    held = a_job_that_is(store, JobState.HELD)
    retrying = a_job_that_is(store, JobState.RETRYING)

    store.admin.edit([held, retrying], Edit(run_at=clock.now_ms + 5))

    assert states(store, [held, retrying]) == ["held", "retrying"]
    store.admin.release([held])
    assert states(store, [held]) == ["scheduled"]
    clock.advance(ms=5)
    store.stage()
    assert states(store, [held, retrying]) == ["pending", "pending"]


def test_a_dead_job_has_no_time_to_change(store: Store) -> None:
    job_id = a_job_that_is(store, JobState.DEAD)

    moved = store.admin.edit([job_id], Edit(run_at=0))

    assert str(moved.refused[0]).startswith(f"cannot edit the time of job {job_id}: it is dead")


def test_an_edit_that_makes_no_job_changes_none(store: Store) -> None:
    ids = [enqueue_one(store), enqueue_one(store)]

    with pytest.raises(InvalidJob, match="a shell command needs something to run"):
        store.admin.edit(ids, Edit(work=Shell(script=" "), priority=3))

    assert [each.priority for each in store.reader.find(ids)] == [0, 0]


def test_a_task_is_given_other_arguments_and_a_command_becomes_a_task(store: Store) -> None:
    job_id = enqueue_one(store)

    store.admin.edit([job_id], Edit(work=Task(name="mail", args=(1,), kwargs={"a": 2})))

    assert job(store, job_id).work == Task(name="mail", args=(1,), kwargs={"a": 2})
    assert [each.id for each in store.reader.page(filter_of(task="mail"))] == [job_id]
    assert claim_one(store, a_worker(store)).job.work == Task(
        name="mail", args=(1,), kwargs={"a": 2}
    )


def filter_of(**fields: Any) -> Any:
    from queuectl_store import JobFilter

    return JobFilter(**fields)


def test_a_unique_job_takes_its_key_along_to_another_queue(store: Store) -> None:
    unique = Unique(key="k")
    here, there = enqueue_one(store, unique=unique), enqueue_one(store, unique=unique, queue="b")

    moved = store.admin.edit([here], Edit(queue="b"))
    assert isinstance(moved.refused[0], KeyTaken)
    store.admin.cancel([there])
    assert store.admin.edit([here], Edit(queue="b")).done == (here,)

    assert enqueue_one(store, unique=unique, queue="b") == here
    assert enqueue_one(store, unique=unique) != here


def test_a_dead_job_is_edited_and_retried_as_one_act(store: Store) -> None:
    job_id = a_job_that_is(store, JobState.DEAD, script="typo", max_retries=0)

    moved = store.dead.edit_and_retry(job_id, Edit(work=Shell(script="true")))

    assert moved.done == (job_id,)
    assert story_of(store, job_id)[-2:] == ["edit", "retry"]
    assert (job(store, job_id).state, job(store, job_id).command) == (JobState.PENDING, "true")


def test_a_job_that_is_not_dead_is_neither_edited_nor_retried(store: Store) -> None:
    job_id = a_job_that_is(store, JobState.HELD, script="old")

    moved = store.dead.edit_and_retry(job_id, Edit(work=Shell(script="new")))

    assert isinstance(moved.refused[0], RefusedInState)
    assert (job(store, job_id).state, job(store, job_id).command) == (JobState.HELD, "old")
