"""Jobs that the store makes of its rows, quicker than the class itself does."""

from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import pytest

from queuectl_store import Job, connect
from tests.conformance.story import a_worker, claim_one, enqueue_one


@pytest.fixture
def job(tmp_path: Path) -> Job:
    with connect(str(tmp_path / "queue.db")) as store:
        enqueue_one(store, name="nightly", tags={"who": "alice"})
        return claim_one(store, a_worker(store)).job


def test_a_job_from_a_row_is_one_like_any_other(job: Job) -> None:
    made = Job(**{field.name: getattr(job, field.name) for field in fields(Job)})

    assert type(job) is Job
    assert job == made
    assert replace(job, note="x") == replace(made, note="x")


def test_a_job_from_a_row_is_frozen(job: Job) -> None:
    with pytest.raises(FrozenInstanceError):
        job.note = "x"  # type: ignore[misc]
