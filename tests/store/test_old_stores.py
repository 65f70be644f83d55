"""From every schema that there ever was to the newest, with data, while workers run."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from queuectl_store import (
    Edit,
    JobFilter,
    ManualClock,
    Store,
    StoreTooNew,
    Succeeded,
    Task,
    WorkerId,
    connect,
    schema,
)
from tests.conformance.story import a_worker, ended, enqueue_one, vanished
from tests.store.old_store import VERSIONS, make_old_store
from tests.store.schema import opened, set_version

STATES = {
    "0001": {"succeeded", "cancelled", "dead", "pending", "held", "scheduled"},
    "0003": {"succeeded", "cancelled", "dead", "pending", "held", "scheduled", "retrying"},
    "0002": {"succeeded", "cancelled", "dead", "pending", "held", "retrying", "blocked"},
    "0004": {"succeeded", "cancelled", "dead", "pending", "held", "scheduled", "retrying"},
}
# As the program of schema 0001 sent them; only the parameters' spelling is ours.
OLD_CLAIM = """
UPDATE queuectl_jobs SET state = 'running', attempt = attempt + 1, token = token + 1, worker_id = 1
WHERE id IN (SELECT id FROM queuectl_jobs WHERE state = 'pending' AND EXISTS (
    SELECT 1 FROM queuectl_workers WHERE queuectl_workers.id = 1
        AND queuectl_workers.state = 'running') LIMIT 4)
"""
OLD_EVENT = """
INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note)
VALUES (0, 1, 'succeed', 'succeeded', 1, 1, NULL)
"""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def test_a_dump_of_every_earlier_schema_is_kept() -> None:
    folder = Path(schema.__file__).with_name("migrations") / "versions"
    assert [*VERSIONS, schema.HEAD] == sorted(path.name[:4] for path in folder.glob("0*.py"))


@pytest.mark.parametrize("version", VERSIONS)
def test_an_old_store_is_sound_after_its_migration(
    bare_url: str, clock: ManualClock, version: str
) -> None:
    make_old_store(bare_url, version)
    before = facts(bare_url)

    with connect(bare_url, clock=clock) as store:
        assert facts(bare_url) == before
        assert {job.state for job in store.reader.page(JobFilter())} > STATES[version]
        assert store.maintenance.check() == []
        assert [event.id for event in store.reader.feed().events] == list(range(1, before[2] + 1))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_job_of_an_old_store_comes_to_its_end(
    bare_url: str, clock: ManualClock, version: str
) -> None:
    make_old_store(bare_url, version)
    with connect(bare_url, clock=clock) as store:
        worker = a_worker(store, lease_ms=10_000_000)
        clock.advance(ms=3_600_000)
        held = [job.id for job in store.reader.page(JobFilter()) if job.state == "held"]
        store.admin.release(held)
        run_everything(store, worker)

        states = {job.state.value for job in store.reader.page(JobFilter())}
        assert states == {"succeeded", "cancelled", "dead"}
        assert store.maintenance.check() == []
        assert enqueue_one(store) == max(job.id for job in store.reader.page(JobFilter()))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_task_of_an_old_store_is_called_as_it_was_enqueued(
    bare_url: str, clock: ManualClock, version: str
) -> None:
    """Its name was in the spec, too; what an edit does not touch stays."""
    make_old_store(bare_url, version)
    with connect(bare_url, clock=clock) as store:
        (before,) = store.reader.page(JobFilter(task="mail.send"))
        store.admin.edit([before.id], Edit(tags={"seen": "yes"}))
        (after,) = store.reader.page(JobFilter(search="mail.send"))

    assert before.work == after.work == Task(name="mail.send", args=(1,))
    assert after.tags == {"seen": "yes"}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_worker_of_before_takes_and_ends_nothing_after_the_migration(
    bare_url: str, clock: ManualClock, version: str
) -> None:
    """It is asked to stop, claims nothing more, and whatever it writes is refused whole."""
    make_old_store(bare_url, version)
    with connect(bare_url, clock=clock):
        with opened(bare_url) as connection:
            assert connection.execute(sa.text(OLD_CLAIM)).rowcount == 0
        with pytest.raises(sa.exc.IntegrityError, match="tx"), opened(bare_url) as connection:
            connection.execute(sa.text(OLD_EVENT))
        with opened(bare_url) as connection:
            asked = connection.exec_driver_sql("SELECT state, stop FROM queuectl_workers").one()

    assert tuple(asked) == ("stopping", "now")


def test_a_worker_gives_back_what_it_runs_when_the_store_becomes_newer(
    store_url: str, clock: ManualClock
) -> None:
    with connect(store_url, clock=clock) as store:
        job_id = enqueue_one(store)
        worker = a_worker(store)
        (claim,) = store.claim(worker, limit=1)
        set_version(store_url, "9999")

        renewal = store.renew(worker)
        given = store.release(worker, renewal.held, reason="the store is newer")

        assert "schema 9999" in str(renewal.refusal)
        assert given == 1
        assert store.reader.get(job_id).state == "pending"
        assert claim.token == 1


def test_no_worker_joins_a_store_that_became_newer(store_url: str, clock: ManualClock) -> None:
    with connect(store_url, clock=clock) as store:
        assert store.renew(a_worker(store)).refusal is None
        set_version(store_url, "9999")

        with pytest.raises(StoreTooNew, match="schema 9999"):
            a_worker(store)


def run_everything(store: Store, worker: WorkerId) -> None:
    while store.rescue(vanished) or store.stage() or store.reader.work_left():
        claims = store.claim(worker, limit=20)
        store.finish(worker, [ended(claim, Succeeded()) for claim in claims])


def facts(url: str) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]], int]:
    """What has to be the same before and after: jobs, attempts, the number of events."""
    with opened(url) as connection:
        jobs = "SELECT id, key, state, attempt, token, spec, result FROM queuectl_jobs ORDER BY id"
        attempts = "SELECT job_id, token, state, error FROM queuectl_attempts ORDER BY 1, 2"
        return (
            [tuple(row) for row in connection.exec_driver_sql(jobs)],
            [tuple(row) for row in connection.exec_driver_sql(attempts)],
            connection.exec_driver_sql("SELECT count(*) FROM queuectl_events").scalar_one(),
        )
