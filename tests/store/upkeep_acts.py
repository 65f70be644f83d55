"""Prune and backup, as acts that a fault may strike, and what has to hold after them."""

from collections.abc import Callable
from pathlib import Path

from queuectl_store import NewJob, Shell, Store, Succeeded, connect
from tests.conformance.story import a_worker, ended

JOBS = 3
Say = Callable[[str], object]


def prepare_ended(store: Store) -> None:
    """Three jobs that have ended, and one that waits."""
    jobs = [NewJob(work=Shell(script="true")) for _ in range(JOBS)]
    store.enqueue(jobs)
    worker = a_worker(store)
    claims = store.claim(worker, limit=JOBS)
    store.finish(worker, [ended(claim, Succeeded()) for claim in claims])
    store.enqueue(jobs[:1])


def prune(store: Store, say: Say) -> None:
    for _ in store.maintenance.prune(store.maintenance.retention({"keep_succeeded": "0"})):
        say("pruned")


def backup(store: Store, say: Say) -> None:
    store.maintenance.backup(backup_file(store))
    say("backed")


def wrong_after_prune(store: Store) -> list[str]:
    """A job is there whole, or gone with all that was its own."""
    return [finding.text for finding in store.maintenance.check()]


def wrong_after_backup(store: Store, said: list[str]) -> list[str]:
    """There is a whole backup or none, and one that was acknowledged is there."""
    file = backup_file(store)
    if not file.exists():
        return ["the backup that was told of is not there"] if "backed" in said else []
    with connect(str(file), create=False) as copy:
        wrong = [finding.text for finding in copy.maintenance.check()]
        rows = copy.maintenance.stats().rows["jobs"]
    return [*wrong, *([] if rows == JOBS + 1 else [f"the backup has {rows} jobs"])]


def backup_file(store: Store) -> Path:
    assert store.path is not None
    return store.path.with_name("backup.db")
