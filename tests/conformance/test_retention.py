"""What has ended long enough ago goes, in small steps; what is still needed stays."""

import json
import threading
from collections.abc import Iterable
from dataclasses import replace

import pytest

from queuectl_store import (
    Dead,
    Dependency,
    Freed,
    InvalidSetting,
    JobId,
    JobState,
    ManualClock,
    Retry,
    Store,
    Succeeded,
    UnknownJob,
    connect,
)
from queuectl_store.sql.plain.sizes import NEWEST
from queuectl_store.sql.sizes import OF_AN_ATTEMPT, OF_AN_EVENT
from queuectl_store.upkeep import sizing
from queuectl_store.upkeep.retention import STEP, delete_jobs
from tests import raw_sql
from tests.conformance.story import a_job, a_worker, claim_one, ended, enqueue_one, job

DAY_MS = 86_400_000
SCHEDULE = """
INSERT INTO queuectl_schedules
    (id, name, tz, job, missed, window_ms, overlap, created_at, last_job_id)
VALUES (1, 's', 'UTC', '', 'skip', 0, 'skip', 0, :job)
"""
UNIQUE = """
UPDATE queuectl_jobs SET unique_slot = 'a', unique_live = 1, unique_until = 9000000000000000
WHERE id = :job
"""


def test_jobs_go_when_they_are_older_than_their_state_is_kept(
    store: Store, clock: ManualClock
) -> None:
    worker = a_worker(store, lease_ms=1000 * DAY_MS)
    enqueue_one(store)
    succeeded = finish_one(store, worker)
    enqueue_one(store)
    dead = finish_one(store, worker, Dead(reason="no"))
    cancelled, waiting = enqueue_one(store), enqueue_one(store)
    store.admin.cancel([cancelled])

    clock.advance(ms=8 * DAY_MS)
    freed = prune(store)

    assert (freed.jobs, freed.attempts) == (2, 1)
    assert left(store, succeeded, dead, cancelled, waiting) == [dead, waiting]
    assert store.reader.attempts(succeeded) == []
    assert store.reader.events(job_id=succeeded) == []
    clock.advance(ms=90 * DAY_MS)
    assert prune(store).jobs == 1
    assert left(store, dead, waiting) == [waiting]


def test_what_is_not_old_enough_stays(store: Store, clock: ManualClock) -> None:
    succeeded = succeed(store, 1)
    clock.advance(ms=7 * DAY_MS - 1)

    assert prune(store) == store.maintenance.prunable(store.maintenance.retention()) == Freed()

    assert left(store, *succeeded) == succeeded


def test_forever_keeps_and_a_queue_has_its_own_say(store: Store, clock: ManualClock) -> None:
    store.settings.set("keep_succeeded", "forever")
    set_queue(store, "short", '{"keep_succeeded": "1h"}')
    kept, short = succeed(store, 1), succeed(store, 1, queue="short")

    clock.advance(ms=2 * 3_600_000)
    prune(store)

    assert left(store, *kept, *short) == kept


def test_only_the_newest_are_kept_where_a_number_is_set(store: Store, clock: ManualClock) -> None:
    store.settings.set("keep_jobs", "2")
    ids = succeed(store, 5)
    dead = enqueue_one(store)
    finish_one(store, a_worker(store), Dead(reason="no"))

    assert store.maintenance.prunable(store.maintenance.retention()).jobs == 3
    assert prune(store).jobs == 3

    assert left(store, *ids, dead) == [*ids[3:], dead]


def test_only_as_many_bytes_are_kept_as_are_set(store: Store, clock: ManualClock) -> None:
    ids = succeed(store, 5)
    sizes = measured(store)
    store.settings.set("keep_jobs_bytes", str(sizes[0] + sizes[1]))

    assert store.maintenance.prunable(store.maintenance.retention()).jobs == 3
    assert prune(store).jobs == 3

    assert left(store, *ids) == ids[3:]
    store.settings.set("keep_jobs_bytes", str(sizes[0] + sizes[1] - 1))
    prune(store)
    assert left(store, *ids) == ids[4:]


def test_bytes_are_kept_of_each_queue_and_state_and_a_queue_has_its_own_say(
    store: Store, clock: ManualClock
) -> None:
    store.settings.set("keep_jobs_bytes", "0")
    store.settings.set_for_queue("mail", "keep_jobs_bytes", "1G")
    mail, others = succeed(store, 2, queue="mail"), succeed(store, 2)
    dead = enqueue_one(store)
    finish_one(store, a_worker(store), Dead(reason="no"))
    waiting = enqueue_one(store)

    prune(store)

    assert left(store, *mail, *others, dead, waiting) == [*mail, waiting]


def test_what_is_needed_stays_beyond_any_number_of_bytes(store: Store, clock: ManualClock) -> None:
    (parent,) = succeed(store, 1)
    child = enqueue_one(store, after=((Dependency(parent=parent),),), hold=True)
    store.settings.set("keep_jobs_bytes", "0")

    assert prune(store) == store.maintenance.prunable(store.maintenance.retention()) == Freed()

    assert left(store, parent, child) == [parent, child]


def test_the_size_of_a_job_is_that_of_its_texts_and_rows(store: Store, clock: ManualClock) -> None:
    """In bytes, not in characters, and with all its attempts and events."""
    worker = a_worker(store)
    enqueue_one(store, queue="of_this_test")
    failed = claim_one(store, worker)
    store.finish(worker, [ended(failed, Retry(delay_ms=0, reason="no"))])
    store.stage(limit=1)
    again = claim_one(store, worker)
    store.finish(worker, [ended(again, Succeeded())])
    (size,) = measured(store)

    enqueue_one(store, queue="of_this_test")
    result = json.dumps("ä" * 1_000, ensure_ascii=False)
    finish_one(store, worker, Succeeded(result=result))
    large, small = measured(store)

    # One attempt, and back_off, stage and claim, more than the other; the reason stands twice.
    plain = large - len(result.encode())
    assert small == size == plain + OF_AN_ATTEMPT + 3 * OF_AN_EVENT + len("no")


def test_measuring_reads_what_is_kept_in_short_looks(store: Store, clock: ManualClock) -> None:
    succeed(store, 2 * sizing.STEP + 1)

    places = list(sizing.beyond(store._database, "of_this_test", JobState.SUCCEEDED, 2**40))

    assert places == [None, None, None]
    (first,) = sizing.beyond(store._database, "of_this_test", JobState.SUCCEEDED, 0)
    assert first is not None


def test_what_would_go_is_counted_and_not_touched(store: Store, clock: ManualClock) -> None:
    ids = succeed(store, 3)
    clock.advance(ms=8 * DAY_MS)

    freed = store.maintenance.prunable(store.maintenance.retention())

    assert (freed.jobs, freed.attempts, freed.log_bytes, freed.events) == (3, 3, 3 * 7, 9)
    assert left(store, *ids) == ids


def test_a_prune_of_more_than_a_step_comes_to_its_end(store: Store, clock: ManualClock) -> None:
    succeed(store, STEP + 3)
    clock.advance(ms=8 * DAY_MS)

    assert prune(store).jobs == STEP + 3
    assert prune(store) == Freed()


@pytest.mark.parametrize(
    ("needed", "why"),
    [
        ("UPDATE queuectl_jobs SET children_due = 1 WHERE id = :job", "children are not told yet"),
        (SCHEDULE, "the latest job of a schedule"),
        (UNIQUE, "its unique key is still taken"),
    ],
)
def test_what_something_else_needs_stays(
    store: Store, clock: ManualClock, needed: str, why: str
) -> None:
    (needed_job,) = succeed(store, 1)
    write(store, needed, job=needed_job)
    others = succeed(store, 1)
    clock.advance(ms=8 * DAY_MS)

    assert store.maintenance.prunable(store.maintenance.retention()).jobs == 1
    prune(store)

    assert left(store, needed_job, *others) == [needed_job], why


@pytest.mark.parametrize(("child_state", "stays"), [("blocked", True), ("cancelled", False)])
def test_a_parent_stays_while_a_child_has_not_ended(
    store: Store, clock: ManualClock, child_state: str, stays: bool
) -> None:
    (parent,) = succeed(store, 1)
    child = enqueue_one(store)
    write(store, "UPDATE queuectl_jobs SET has_children = 1 WHERE id = :job", job=parent)
    write(
        store,
        "INSERT INTO queuectl_dependencies (child_id, clause, parent_id, needs, met)"
        " VALUES (:child, 0, :job, 'success', 1)",
        job=parent,
        child=child,
    )
    text = "UPDATE queuectl_jobs SET state = :state, finished_at = 9000000000000 WHERE id = :job"
    write(store, text, job=child, state=child_state)
    clock.advance(ms=8 * DAY_MS)

    prune(store)

    assert left(store, parent) == ([parent] if stays else [])
    assert rows(store, "SELECT * FROM queuectl_dependencies") == 1  # the child knows its parent


@pytest.mark.parametrize(("finished_at", "stays"), [("NULL", True), ("0", False)])
def test_the_members_of_a_group_go_after_it_is_finished(
    store: Store, clock: ManualClock, finished_at: str, stays: bool
) -> None:
    (member,) = succeed(store, 1)
    write(
        store,
        "INSERT INTO queuectl_groups (id, name, created_at, finished_at)"
        f" VALUES (5, 'g', 0, {finished_at})",
    )
    write(store, "UPDATE queuectl_jobs SET group_id = 5 WHERE id = :job", job=member)
    clock.advance(ms=8 * DAY_MS)

    prune(store)

    assert left(store, member) == ([member] if stays else [])
    assert rows(store, "SELECT * FROM queuectl_groups") == (1 if stays else 0)


def test_a_chosen_prune_leaves_everything_else_alone(store: Store, clock: ManualClock) -> None:
    mail, other = succeed(store, 1, queue="mail"), succeed(store, 1)
    events = len(store.reader.events())
    clock.advance(ms=8 * DAY_MS)
    rules = chosen(store, queues={"mail"}, states=[JobState.SUCCEEDED])

    prune(store, rules)

    assert left(store, *mail, *other) == other
    assert len(store.reader.events()) == events - 3


def test_old_events_go_and_a_reader_from_before_is_told(store: Store, clock: ManualClock) -> None:
    waiting = enqueue_one(store)
    before = store.reader.feed().cursor
    enqueue_one(store)
    clock.advance(ms=7 * DAY_MS + 1)
    new = enqueue_one(store)

    assert prune(store).events == 2

    page = store.reader.feed(before)
    assert page.is_pruned
    assert [event.job_id for event in page.events] == [new]
    assert not store.reader.feed(page.cursor).is_pruned
    assert not store.reader.feed().is_pruned
    assert job(store, waiting).state is JobState.PENDING


def test_workers_that_ended_and_environments_that_nobody_uses_go(
    store: Store, clock: ManualClock
) -> None:
    store.unregister(a_worker(store))
    used = enqueue_one(store, environment={"A": "used"})
    (done,) = succeed(store, 1, environment={"A": "unused"})
    unused = job(store, done).environment_id
    clock.advance(ms=8 * DAY_MS)

    freed = prune(store)

    assert (freed.environments, freed.workers) == (1, 1)
    assert store.environment(job(store, used).environment_id or 0) == {"A": "used"}
    assert rows(store, f"SELECT * FROM queuectl_environments WHERE id = {unused}") == 0
    again = enqueue_one(store, environment={"A": "unused"})
    assert store.environment(job(store, again).environment_id or 0) == {"A": "unused"}


def test_an_unreadable_age_is_refused(store: Store) -> None:
    with pytest.raises(InvalidSetting, match="keep_dead"):
        store.settings.set("keep_dead", "sometimes")
    with pytest.raises(InvalidSetting, match="keep_jobs"):
        store.maintenance.retention({"keep_jobs": "-1"})


def test_a_child_that_comes_while_its_parent_is_deleted_saves_it(
    postgres_url: str, clock: ManualClock
) -> None:
    """The deleting statement sees what was committed before it had the parent's lock."""
    with connect(postgres_url, clock=clock) as store:
        (parent,) = succeed(store, 1)
        child = enqueue_one(store)
        clock.advance(ms=8 * DAY_MS)
        adding = store._database.engine.begin_write()
        raw_sql.run(
            adding, "UPDATE queuectl_jobs SET has_children = 1 WHERE id = :job", {"job": parent}
        )
        raw_sql.run(
            adding,
            "INSERT INTO queuectl_dependencies VALUES (:child, 0, :job, 'success', 0)",
            {"job": parent, "child": child},
        )
        prune(store)
        adding.commit()
        adding.close()
        prune(store)

        assert left(store, parent) == [parent]


def test_the_deleting_statement_looks_again_at_what_was_locked(
    store: Store, clock: ManualClock
) -> None:
    running, waiting = enqueue_one(store), enqueue_one(store)
    claim_one(store, a_worker(store))

    freed = store._database.write(lambda c: delete_jobs(c, [running, waiting], now=0))

    assert freed == Freed()
    assert left(store, running, waiting) == [running, waiting]


def test_pruners_beside_each_other_and_beside_writers_delete_each_job_once(
    store: Store, store_url: str, clock: ManualClock
) -> None:
    ids = succeed(store, 600)
    clock.advance(ms=8 * DAY_MS)
    freed: list[Freed] = []
    new: list[JobId] = []
    with connect(store_url, clock=clock) as other:
        threads = [
            threading.Thread(target=lambda s=each: freed.append(prune(s)))  # type: ignore[misc]
            for each in (store, other, store, other)
        ]
        threads.append(threading.Thread(target=lambda: new.extend(succeed(other, 40))))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    # One that was locked by another pruner was left to that one.
    assert sum(each.jobs for each in freed) == 600
    assert left(store, *ids, *new) == new


def finish_one(store: Store, worker: object, outcome: object = Succeeded()) -> JobId:
    claim = claim_one(store, worker)  # type: ignore[arg-type]
    store.finish(worker, [ended(claim, outcome, log_bytes=7)])  # type: ignore[arg-type]
    return claim.job.id


def succeed(store: Store, count: int, **fields: object) -> list[JobId]:
    queue = str(fields.get("queue", "of_this_test"))
    ids = store.enqueue([a_job(**{"queue": queue, **fields}) for _ in range(count)])
    worker = a_worker(store, lease_ms=1000 * DAY_MS)
    claims = store.claim(worker, limit=count, queues={queue})
    store.finish(worker, [ended(claim, Succeeded(), log_bytes=7) for claim in claims])
    return ids


def prune(store: Store, rules: object = None) -> Freed:
    return sum(store.maintenance.prune(rules or store.maintenance.retention()), Freed())  # type: ignore[arg-type]


def chosen(store: Store, *, queues: Iterable[str], states: list[JobState]) -> object:
    return replace(store.maintenance.retention(), only_queues=frozenset(queues), states=states)


def left(store: Store, *ids: JobId) -> list[JobId]:
    found: list[JobId] = []
    for each in ids:
        try:
            found.append(store.reader.get(each).id)
        except UnknownJob:
            continue
    return found


def write(store: Store, text: str, **values: object) -> None:
    store._database.write(lambda c: raw_sql.run(c, text, values))


def rows(store: Store, text: str) -> int:
    with store._database.read() as connection:
        return len(raw_sql.run(connection, text).all())


def measured(store: Store) -> list[int]:
    """Return the size of each succeeded job of this file's queue, the newest first."""
    values = {"of_queue": "of_this_test", "to_at": 2**62, "to_id": 2**62, "at_most": 100}
    with store._database.read() as connection:
        found = NEWEST["succeeded"].run(connection, values).all()
    return [row.size for row in found]


def set_queue(store: Store, name: str, settings: str) -> None:
    text = "INSERT INTO queuectl_queues (name, settings) VALUES (:name, :settings)"
    write(store, text, name=name, settings=settings)
