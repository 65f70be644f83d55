"""`kill -9` of workers while limits hold: none is exceeded, and what the dead had comes free.

A job holds a file lock for each thing that a limit lets it have; the kernel drops the locks of a
killed process. Whoever finds a lock taken that it was promised says so.
"""

import random
import time

import pytest

from queuectl_store import Backoff, JobFilter, JobState, NewJob, Shell, Store
from tests.crash.farm import Farm, WorkerProcess
from tests.crash.scale import PATIENCE_S, scaled
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32", "darwin")  # processes are found through /proc

WORKERS = 3
KILLS = 16
QUEUE_LIMIT = 4
# One lock for the key, one for each unit of the resource, and any one of the queue's.
HOLD = """
fail() { echo "$1 was taken: job $QUEUECTL_JOB_ID" >> clashes; }
if [ -n "$KEY" ]; then exec 8> "lock.key.$KEY"; flock -n 8 || fail "key $KEY"; fi
if [ -n "$QUEUECTL_RESOURCE_GPU" ]; then
    exec 7> "lock.gpu.$QUEUECTL_RESOURCE_GPU"; flock -n 7 || fail "gpu $QUEUECTL_RESOURCE_GPU"
fi
got=
for place in 1 2 3 4; do
    exec 9> "lock.queue.$place"
    if flock -n 9; then got=$place; break; fi
done
[ -n "$got" ] || fail queue
exec sleep 0.15
"""


def some_job(farm: Farm, dice: random.Random) -> NewJob:
    key = dice.choice(["", "a", "b"])
    return NewJob(
        work=Shell(script=HOLD),
        cwd=str(farm.folder),
        env={"KEY": key},
        concurrency_key=key or None,
        resources=dice.choice([{}, {"gpu": 1}]),
        max_retries=1_000,
        backoff=Backoff(base=1, max_s=0.2, jitter=0),
    )


def busy(workers: list[WorkerProcess]) -> list[int]:
    return [index for index, worker in enumerate(workers) if worker.job_processes()]


def test_limits_hold_and_come_free_while_workers_are_killed(
    farm: Farm, store: Store, dice: random.Random
) -> None:
    store.admin.set_queue("default", concurrency=QUEUE_LIMIT)
    store.admin.set_resource("gpu", 2)
    ids = store.enqueue([some_job(farm, dice) for _ in range(30)])
    workers = [farm.start("--concurrency", "3") for _ in range(WORKERS)]
    workers[0].until_joined()

    for kill in range(scaled(KILLS, store)):
        ids += store.enqueue([some_job(farm, dice) for _ in range(10)])
        if kill % 2:
            index = eventually(lambda: busy(workers), within=PATIENCE_S, what="a job to run")[0]
        else:
            time.sleep(dice.uniform(0.1, 0.8))  # the random moment, not a wait for something
            index = dice.randrange(WORKERS)
        workers[index].kill()
        workers[index] = farm.start("--concurrency", "3")
    eventually(lambda: not store.work_left(), within=2 * PATIENCE_S, what="every job to end")
    revive_the_dead(store)
    codes = [worker.stop() for worker in workers]

    clashes = farm.folder / "clashes"
    assert not clashes.exists(), clashes.read_text()
    assert {job.state for job in store.reader.find(ids)} == {JobState.SUCCEEDED}
    assert codes == [0] * WORKERS
    # A test in which no kill hit a running job would prove nothing.
    assert any(each.state == "crashed" for job_id in ids for each in store.reader.attempts(job_id))


def revive_the_dead(store: Store) -> None:
    """A job whose worker vanished three times is dead; it has done nothing wrong here."""
    while dead := store.reader.page(JobFilter(states=(JobState.DEAD,)), limit=1_000):
        store.admin.retry([job.id for job in dead])
        eventually(lambda: not store.work_left(), within=PATIENCE_S, what="the retried to end")
