"""Every write path of the store, as an act that a fault may strike.

docs/development.md says how to add one.
"""

from queuectl_store import (
    Claim,
    Dead,
    Dependency,
    JobFilter,
    JobId,
    JobState,
    NewJob,
    NewSchedule,
    OnDuplicate,
    Rate,
    Retry,
    Store,
    Succeeded,
    Unique,
    WorkerId,
)
from tests.conformance.story import a_job, a_worker, ended, vanished
from tests.store.act import LEASE_MS, Act, Say, job_states, nothing
from tests.store.hook_acts import (
    change_hooks,
    dispatch,
    states_now_and_after_another_dispatch,
    states_of_hooks,
    with_events_to_tell,
)
from tests.store.schema import an_old_store, has_every_column_and_index
from tests.store.upkeep_acts import (
    BACKUP_FILES,
    backup,
    backup_found,
    findings,
    prepare_ended,
    prune,
)

JOBS = 3
IDS = [JobId(n + 1) for n in range(JOBS)]
WORKER = WorkerId(1)
# Parent and child and theirs, of whom a cancelled one's transaction tells the first sixteen.
CHAIN, AT_ONCE = 20, 17


def with_claimable(store: Store) -> None:
    a_worker(store, lease_ms=LEASE_MS)
    store.enqueue([a_job() for _ in range(JOBS)])


def with_due(store: Store) -> None:
    store.enqueue([a_job(delay_ms=1) for _ in range(JOBS)])


def with_claimed(store: Store) -> None:
    with_claimable(store)
    store.claim(WORKER, limit=JOBS)


def with_schedules(store: Store) -> None:
    for n in range(JOBS):
        store.schedules.add(NewSchedule(name=f"s{n}", job=a_job(), every_ms=1_000))


def with_claimed_and_claimable(store: Store) -> None:
    with_claimed(store)
    store.enqueue([a_job() for _ in range(JOBS)])


def with_dead(store: Store) -> None:
    with_claimed(store)
    store.finish(WORKER, [ended(claim, Dead(reason="no")) for claim in held(store)])


def with_held(store: Store) -> None:
    store.enqueue([a_job(hold=True) for _ in range(JOBS)])


def held(store: Store) -> list[Claim]:
    running = [each for each in store.reader.find(IDS) if each.state is JobState.RUNNING]
    return [Claim(job=each, token=each.token) for each in running]


def enqueue(store: Store, say: Say) -> None:
    store.enqueue([a_job(environment={"PATH": "/bin"}) for _ in range(JOBS)])
    say("stored")


def claim_and_finish(store: Store, say: Say) -> None:
    claims = store.claim(WORKER, limit=JOBS)
    if not claims:  # the reply was lost: such claims come up at the next renewal
        return
    say("claimed")
    if not store.finish(WORKER, [ended(claim, Succeeded()) for claim in claims]):
        say("finished")


def fail(store: Store, say: Say) -> None:
    retry = Retry(delay_ms=0, reason="exit code 1")
    if not store.finish(WORKER, [ended(claim, retry) for claim in held(store)]):
        say("finished")


def exchange(store: Store, say: Say) -> None:
    ends = [ended(claim, Succeeded()) for claim in held(store)]
    if store.exchange(WORKER, ends, limit=JOBS).claims:
        say("exchanged")


def release(store: Store, say: Say) -> None:
    store.release(WORKER, [(claim.job.id, claim.token) for claim in held(store)], reason="stop")
    say("released")


def stage(store: Store, say: Say) -> None:
    store.stage()
    say("staged")


def fire(store: Store, say: Say) -> None:
    store.fire()
    say("fired")


def rescue(store: Store, say: Say) -> None:
    store.rescue(vanished)
    say("rescued")


def join_and_leave(store: Store, say: Say) -> None:
    worker = a_worker(store)
    say("joined")
    store.renew(worker)
    store.unregister(worker)
    say("left")


def cancel(store: Store, say: Say) -> None:
    store.admin.cancel([JobId(n + 1) for n in range(2 * JOBS)])
    say("cancelled")


def hold(store: Store, say: Say) -> None:
    store.admin.hold(IDS)
    say("held")


def let_go(store: Store, say: Say) -> None:
    store.admin.release(IDS)
    say("let go")


def retry(store: Store, say: Say) -> None:
    store.admin.retry(IDS)
    say("retried")


def change_settings(store: Store, say: Say) -> None:
    store.settings.set("concurrency", "7")
    say("added")
    store.settings.set("concurrency", "8")
    say("changed")
    store.settings.unset("grace")
    say("removed")


def enqueue_and_checkpoint(store: Store, say: Say) -> None:
    store.enqueue([a_job() for _ in range(JOBS)])
    say("stored")
    store._database.engine.checkpoint()  # type: ignore[attr-defined]
    say("copied")
    store.admin.hold(IDS)
    say("held")


def look_around(store: Store, say: Say) -> None:
    store.reader.counts()
    say("opened")


def states_of_workers(store: Store) -> list[str]:
    return [worker.state for worker in store.reader.workers(all=True)]


def cancelled_and_asked(store: Store) -> tuple[dict[str, int], int]:
    return job_states(store), len(store.renew(WORKER).cancelled)


def states_and_slots(store: Store) -> tuple[dict[str, int], int]:
    told = [store.schedules.history(each.name) for each in store.schedules.all()]
    return job_states(store), sum(map(len, told))


def states_and_schema(store: Store) -> tuple[dict[str, int], bool]:
    with store._database.engine.care.begin_read() as connection:
        is_whole = has_every_column_and_index(connection)
    return job_states(store), is_whole


def states_and_findings(store: Store) -> tuple[dict[str, int], list[str]]:
    return job_states(store), findings(store)


def with_unique(store: Store) -> None:
    store.enqueue([unique_job(0)])


def enqueue_unique(store: Store, say: Say) -> None:
    """Two new ones, and one that takes the place of the one that waits."""
    store.enqueue([unique_job(n) for n in range(JOBS)])
    say("stored")


def unique_job(n: int) -> NewJob:
    return a_job(unique=Unique(key=str(n), on_duplicate=OnDuplicate.REPLACE))


def with_children_to_tell(store: Store) -> None:
    """A chain so long that one transaction does not tell it to its end."""
    store.enqueue([a_job(hold=True)])
    for n in range(1, CHAIN):
        store.enqueue([a_job(after=((Dependency(parent=JobId(n)),),))])
    store.admin.cancel([JobId(1)])


def resolve(store: Store, say: Say) -> None:
    store.resolve()
    say("told")


def retry_at_a_rate(store: Store, say: Say) -> None:
    store.dead.retry(JobFilter(), rate=Rate(count=1, per_ms=60_000))
    say("retried")


ACTS = {
    "enqueue": Act(
        perform=enqueue,
        allowed=[{}, {"pending": JOBS}],
        least={"stored": 1},
    ),
    "claim and finish": Act(
        prepare=with_claimable,
        perform=claim_and_finish,
        allowed=[{"pending": JOBS}, {"running": JOBS}, {"succeeded": JOBS}],
        least={"claimed": 1, "finished": 2},
    ),
    "fail": Act(
        prepare=with_claimed,
        perform=fail,
        allowed=[{"running": JOBS}, {"retrying": JOBS}],
        least={"finished": 1},
    ),
    "exchange": Act(
        prepare=with_claimed_and_claimable,
        perform=exchange,
        allowed=[
            {"pending": JOBS, "running": JOBS},
            {"pending": JOBS, "succeeded": JOBS},  # the second try only finishes
            {"running": JOBS, "succeeded": JOBS},
        ],
        least={"exchanged": 2},
    ),
    "release": Act(
        prepare=with_claimed,
        perform=release,
        allowed=[{"running": JOBS}, {"pending": JOBS}],
        least={"released": 1},
    ),
    "stage": Act(
        prepare=with_due,
        perform=stage,
        allowed=[{"scheduled": JOBS}, {"pending": JOBS}],
        least={"staged": 1},
        later_ms=1,
    ),
    "fire": Act(
        prepare=with_schedules,
        perform=fire,
        allowed=[({}, 0), ({"pending": JOBS}, JOBS)],
        least={"fired": 1},
        look=states_and_slots,
        later_ms=1_000,
    ),
    "dispatch": Act(
        prepare=with_events_to_tell,
        perform=dispatch,
        allowed=[
            ({"dead": JOBS}, {"dead": JOBS, "pending": JOBS}),
            ({"dead": JOBS, "pending": JOBS}, {"dead": JOBS, "pending": JOBS}),
        ],
        least={"dispatched": 1},
        look=states_now_and_after_another_dispatch,
    ),
    "change hooks": Act(
        perform=change_hooks,
        allowed=[[], [("h", False)], [("h", True)]],
        least={"added": 1, "paused": 2},
        look=states_of_hooks,
    ),
    "rescue": Act(
        prepare=with_claimed,
        perform=rescue,
        allowed=[{"running": JOBS}, {"retrying": JOBS}],
        least={"rescued": 1},
        later_ms=LEASE_MS,
    ),
    "enqueue unique": Act(
        prepare=with_unique,
        perform=enqueue_unique,
        allowed=[{"pending": 1}, {"cancelled": 1, "pending": JOBS}],
        least={"stored": 1},
    ),
    "retry at a rate": Act(
        prepare=with_dead,
        perform=retry_at_a_rate,
        allowed=[{"dead": JOBS}, {"pending": JOBS}],
        least={"retried": 1},
    ),
    "join and leave": Act(
        perform=join_and_leave,
        allowed=[[], ["running"], ["stopped"]],
        least={"joined": 1, "left": 2},
        look=states_of_workers,
    ),
    "cancel": Act(
        prepare=with_claimed_and_claimable,
        perform=cancel,
        allowed=[
            ({"pending": JOBS, "running": JOBS}, 0),
            ({"cancelled": JOBS, "running": JOBS}, JOBS),
        ],
        least={"cancelled": 1},
        look=cancelled_and_asked,
    ),
    "hold": Act(
        prepare=with_claimable,
        perform=hold,
        allowed=[{"pending": JOBS}, {"held": JOBS}],
        least={"held": 1},
    ),
    "let go": Act(
        prepare=with_held,
        perform=let_go,
        allowed=[{"held": JOBS}, {"pending": JOBS}],
        least={"let go": 1},
    ),
    "retry": Act(
        prepare=with_dead,
        perform=retry,
        allowed=[{"dead": JOBS}, {"pending": JOBS}],
        least={"retried": 1},
    ),
    "change settings": Act(
        prepare=lambda store: store.settings.set("grace", "5s"),
        perform=change_settings,
        allowed=[
            {"grace": "5s"},
            {"grace": "5s", "concurrency": "7"},
            {"grace": "5s", "concurrency": "8"},
            {"concurrency": "8"},
        ],
        least={"added": 1, "changed": 2, "removed": 3},
        look=lambda store: store.settings.all(),
    ),
    "prune": Act(
        prepare=prepare_ended,
        perform=prune,
        allowed=[({"succeeded": JOBS, "pending": 1}, []), ({"pending": 1}, [])],
        least={"pruned": 1},
        look=states_and_findings,
    ),
    "checkpoint": Act(
        perform=enqueue_and_checkpoint,
        allowed=[{}, {"pending": JOBS}, {"held": JOBS}],
        least={"stored": 1, "copied": 1, "held": 2},
        flushes_elsewhere=True,
    ),
    "resolve": Act(
        prepare=with_children_to_tell,
        perform=resolve,
        allowed=[{"cancelled": AT_ONCE, "blocked": CHAIN - AT_ONCE}, {"cancelled": CHAIN}],
        least={"told": 1},
    ),
    "backup": Act(
        prepare=prepare_ended,
        perform=backup,
        allowed=["none", "whole"],
        least={"backed": 1},
        look=backup_found,
        files=BACKUP_FILES,
        flushes_elsewhere=True,
        told="StoreUnreachable",
    ),
    "first use": Act(
        found=nothing,
        opens=True,
        perform=look_around,
        allowed=[({}, True)],
        least={},
        look=states_and_schema,
    ),
    "upgrade": Act(
        found=an_old_store,
        opens=True,
        perform=look_around,
        allowed=[({"pending": JOBS}, True)],
        least={},
        look=states_and_schema,
    ),
}
