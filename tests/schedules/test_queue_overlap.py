"""Overlap `queue`: each job waits for the end of the one before it."""

from queuectl_store import Dead, JobId, ManualClock, Missed, Overlap, Store
from tests.conformance.story import a_worker, claim_one, ended, states
from tests.schedules.story import MINUTE, add, later


def test_jobs_of_a_queueing_schedule_run_one_after_the_other(
    store: Store, clock: ManualClock
) -> None:
    """Also where the one before it fails."""
    add(store, overlap=Overlap.QUEUE, missed=Missed.ALL)
    later(store, clock, 3 * MINUTE)
    ids, seen = [JobId(1), JobId(2), JobId(3)], [states(store, [JobId(1), JobId(2), JobId(3)])]
    worker = a_worker(store)

    for _ in ids:
        store.finish(worker, [ended(claim_one(store, worker), Dead(reason="it failed"))])
        seen.append(states(store, ids))

    assert seen == [
        ["pending", "blocked", "blocked"],
        ["dead", "pending", "blocked"],
        ["dead", "dead", "pending"],
        ["dead", "dead", "dead"],
    ]


def test_a_queueing_schedule_waits_for_a_job_of_an_earlier_fire(
    store: Store, clock: ManualClock
) -> None:
    add(store, overlap=Overlap.QUEUE)
    store.schedules.run_now("tick")

    later(store, clock, MINUTE)
    assert states(store, [JobId(1), JobId(2)]) == ["pending", "blocked"]
    store.admin.cancel([JobId(1)])

    assert states(store, [JobId(1), JobId(2)]) == ["cancelled", "pending"]


def test_a_queueing_schedule_whose_former_job_is_gone_waits_for_nothing(
    store: Store, clock: ManualClock
) -> None:
    add(store, overlap=Overlap.QUEUE)
    store.schedules.run_now("tick")
    with store._database.engine.begin_write() as connection:
        connection.exec_driver_sql("DELETE FROM queuectl_jobs")
        connection.commit()

    later(store, clock, MINUTE)

    assert states(store, [JobId(2)]) == ["pending"]
