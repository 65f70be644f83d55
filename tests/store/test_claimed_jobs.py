"""A claim holds the job as the store has it, also what its statement does not give back."""

from dataclasses import fields

import pytest

from queuectl_store import Backoff, Job, NewJob, NewWorker, Shell, Task, connect

PLAIN = NewJob(work=Task(name="mend", args=(1,), kwargs={"a": "b"}), queue="mail")
RICH = NewJob(
    work=Shell(script="true"),
    queue="mail",
    priority=3,
    name="nightly",
    tags={"team": "a"},
    cwd="/",
    env={"A": "1"},
    environment={"B": "2"},
    max_retries=7,
    timeout_ms=9_000,
    backoff=Backoff(base=3.0),
    exit_dead=frozenset({2}),
    memory=2_097_152,
    split_output=True,
    input="text",
)
# Limits hold it back by more than its queue's: it is claimed by another statement.
GUARDED = NewJob(work=Shell(script="true"), queue="mail", slots=2, concurrency_key="alice")
# Of the job's surroundings, which only who reads it is given.
AROUND = {"last", "group", "after"}


@pytest.mark.parametrize("new", [PLAIN, RICH, GUARDED], ids=["plain", "rich", "guarded"])
def test_a_claim_has_what_reading_the_job_gives(store_url: str, new: NewJob) -> None:
    with connect(store_url) as store:
        worker = store.register(
            NewWorker(
                host="here", pid=1, concurrency=4, queues=None, lease_ms=60_000, version="test"
            )
        )
        store.enqueue([new])
        claims = store.exchange(worker, [], limit=4).claims
        # What limits may hold back is looked at by the next claim.
        [claim] = claims or store.exchange(worker, [], limit=4).claims
        read = store.reader.get(claim.job.id)

    names = [each.name for each in fields(Job) if each.name not in AROUND]
    assert {name: getattr(claim.job, name) for name in names} == {
        name: getattr(read, name) for name in names
    }
    assert claim.token == read.token
    assert claim.ready_at == read.created_at
