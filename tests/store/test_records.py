"""Jobs that the store makes of its rows, quicker than the class itself does."""

import pickle
from concurrent.futures import ThreadPoolExecutor
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


def test_a_field_of_a_claim_is_read_when_it_is_asked_for(job: Job) -> None:
    """By several threads at once as by one."""
    with ThreadPoolExecutor(4) as threads:
        names = list(threads.map(lambda _: (job.name, job.tags, job.cwd), range(20)))

    assert set(map(repr, names)) == {repr(("nightly", {"who": "alice"}, None))}
    assert pickle.loads(pickle.dumps(job)) == job


def test_a_claim_has_no_other_fields(job: Job) -> None:
    with pytest.raises(AttributeError, match="colour"):
        _ = job.colour  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="colour"):
        _ = replace(job).colour  # type: ignore[attr-defined]
