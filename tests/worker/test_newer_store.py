"""A worker whose store a newer program changed gives back what it runs, and says why it ends."""

from pathlib import Path

import pytest

from queuectl_store import JobState, Store, StoreTooNew
from tests.store.schema import set_version
from tests.worker.story import attempts, enqueue, job, reaches, running, shell


def test_it_gives_back_its_jobs_and_ends(store: Store, tmp_path: Path) -> None:
    (job_id,) = enqueue(store, shell("sleep 60"))
    with running(store, settings={"lease": "3s"}) as live:
        reaches(store, job_id, JobState.RUNNING)
        set_version(store.url, "9999")

        with pytest.raises(StoreTooNew, match="schema 9999"):
            live.ended(within=30)

    assert job(store, job_id).state is JobState.PENDING
    assert job(store, job_id).attempt == 0
    assert [attempt.state for attempt in attempts(store, job_id)] == ["released"]


def test_one_that_lost_its_lease_does_not_join_again(store: Store) -> None:
    with running(store, settings={"lease": "3s"}) as live:
        set_version(store.url, "9999")
        gone = "UPDATE queuectl_workers SET state = 'gone'"
        store._database.write(lambda c: c.exec_driver_sql(gone))

        with pytest.raises(StoreTooNew, match="schema 9999"):
            live.ended(within=30)
