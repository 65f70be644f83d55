"""`db check` finds what contradicts the store's own rules, and nothing in a sound store."""

from collections.abc import Iterator

import pytest

from queuectl_store import Edit, ManualClock, Store, Succeeded, connect
from tests.conformance.story import a_job, a_worker, claim_one, ended, enqueue_one
from tests.store.full import fill

DAY_MS = 86_400_000
PARKED = """
UPDATE queuectl_jobs SET state = 'pending', concurrency_key = 'a', waits_for = 'key:mail/a'
WHERE id = 9
"""
LIES = [
    ("UPDATE queuectl_jobs SET state = 'lost' WHERE id = 7", "unknown_state"),
    ("UPDATE queuectl_jobs SET finished_at = NULL WHERE id = 1", "ended_without_end"),
    ("UPDATE queuectl_jobs SET finished_at = 1 WHERE id = 7", "end_without_ended"),
    ("UPDATE queuectl_jobs SET worker_id = 77 WHERE id = 5", "running_for_nobody"),
    ("UPDATE queuectl_jobs SET environment_id = 77 WHERE id = 5", "no_environment"),
    ("UPDATE queuectl_jobs SET group_id = 77 WHERE id = 5", "no_group"),
    ("UPDATE queuectl_attempts SET job_id = 77 WHERE job_id = 1", "attempts_of_nobody"),
    ("UPDATE queuectl_dependencies SET child_id = 77 WHERE child_id = 9", "edges_of_nobody"),
    ("UPDATE queuectl_dependencies SET parent_id = 77 WHERE child_id = 9", "edges_to_nobody"),
    ("UPDATE queuectl_jobs SET unmet = 2 WHERE id = 9", "unmet_not_its_edges"),
    ("UPDATE queuectl_jobs SET unmet = 0 WHERE id = 9", "blocked_by_nothing"),
    (PARKED, "parked_with_room"),
    ("UPDATE queuectl_jobs SET unique_live = 1 WHERE id = 9", "unique_without_slot"),
    ("UPDATE queuectl_groups SET finished_at = NULL", "group_not_finished"),
    ("UPDATE queuectl_schedules SET next_at = NULL", "schedule_without_next"),
    ("UPDATE queuectl_schedules SET last_job_id = 77", "schedule_without_last"),
    ("UPDATE queuectl_jobs SET attempt = 5 WHERE id = 1", "log_not_the_job"),
    ("UPDATE queuectl_jobs SET state = 'held' WHERE id = 7", "log_not_the_job"),
    ("UPDATE queuectl_events SET state = 'dead' WHERE verb = 'succeed'", "move_not_allowed"),
    ("UPDATE queuectl_jobs SET token = 2 WHERE id = 1", "claims_not_the_token"),
    ("DELETE FROM queuectl_attempts WHERE job_id = 1", "attempts_not_the_log"),
]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(store_url: str, clock: ManualClock) -> Iterator[Store]:
    with connect(store_url, clock=clock) as opened:
        fill(opened)
        yield opened


def test_a_store_with_everything_in_it_is_sound(store: Store) -> None:
    assert store.maintenance.check() == []


def test_jobs_that_an_edit_left_in_their_state_are_sound(store: Store) -> None:
    ids = [store.enqueue([a_job(**fields)])[0] for fields in ({"hold": True}, {"delay_ms": 1}, {})]
    moved = store.admin.edit(ids, Edit(priority=7, run_at=0))

    assert list(moved.done) == ids
    assert store.maintenance.check() == []


@pytest.mark.parametrize(("lie", "kind"), LIES, ids=[kind for _, kind in LIES])
def test_each_lie_is_found_and_a_remedy_named(store: Store, lie: str, kind: str) -> None:
    store._database.write(lambda c: c.exec_driver_sql(lie))

    found = {finding.kind: finding for finding in store.maintenance.check()}

    assert kind in found, found
    assert found[kind].remedy
    assert found[kind].ids
    assert str(found[kind].ids[0]) in found[kind].text


def test_jobs_that_were_not_counted_are_found_and_counted_again(store: Store) -> None:
    store._database.write(lambda c: c.exec_driver_sql("DELETE FROM queuectl_rollups"))

    (finding,) = store.maintenance.check()
    store.rollups.recount()

    assert finding.kind == "counts_not_the_jobs"
    assert "default dead by +1" in finding.text
    assert store.maintenance.check() == []


def test_a_job_whose_beginning_was_pruned_is_believed(store: Store, clock: ManualClock) -> None:
    worker = a_worker(store, lease_ms=100 * DAY_MS)
    old = enqueue_one(store, queue="old")
    clock.advance(ms=8 * DAY_MS)
    (claim,) = store.claim(worker, limit=1, queues={"old"})
    list(store.maintenance.prune(store.maintenance.retention()))

    assert claim.job.id == old
    assert [event.verb for event in store.reader.events(job_id=old)] == ["claim"]
    assert store.maintenance.check() == []
    store.finish(worker, [ended(claim, Succeeded())])
    assert store.maintenance.check() == []


def test_ids_that_would_be_given_again_are_found(store: Store) -> None:
    store._database.write(lambda c: store._database.engine.care.set_last_id(c, "queuectl_jobs", 2))

    assert [finding.kind for finding in store.maintenance.check()] == ["ids_used_again"]


def test_a_damaged_file_is_told_as_damage(sqlite_url: str, clock: ManualClock) -> None:
    with connect(sqlite_url, clock=clock) as store:
        store.enqueue([a_job() for _ in range(600)])
        assert store.path is not None
        path = store.path
    content = bytearray(path.read_bytes())
    page = 4096
    # The later half: the pages of the schema come first, and without them nothing opens.
    for start in range(len(content) // page // 2 * page, len(content) - page, 3 * page):
        content[start + 100 : start + 400] = b"\xff" * 300
    path.write_bytes(content)

    with connect(sqlite_url, clock=clock) as store:
        findings = store.maintenance.check()

    assert [finding.is_damage for finding in findings] == [True]


def test_stats_count_and_measure(store: Store, clock: ManualClock) -> None:
    a_worker(store)
    stats = store.maintenance.stats()

    assert stats.rows["jobs"] == 9
    assert stats.rows["settings"] == 1
    assert sum(stats.events_a_day.values()) == stats.rows["events"]
    assert all(size >= 0 for size in stats.sizes.values())
    expected = {"file_bytes", "page_count"} if store.path else {"jobs_bytes", "jobs_dead_rows"}
    assert expected <= set(stats.sizes)


def test_stats_name_the_longest_waiting_job(store: Store, clock: ManualClock) -> None:
    assert store.maintenance.stats().oldest_pending_at is None
    now = store.reader.now_ms()
    enqueue_one(store)
    clock.advance(ms=500)
    enqueue_one(store)

    assert store.maintenance.stats().oldest_pending_at == now
    claim_one(store, a_worker(store))
    assert store.maintenance.stats().oldest_pending_at == now + 500
