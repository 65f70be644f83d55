"""Prune and backup, as acts that a fault may strike, and what has to hold after them."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from queuectl_store import NewJob, Shell, Store, Succeeded, connect
from queuectl_store.upkeep import part
from tests.conformance.story import a_worker, ended

JOBS = 3
BACKUP_FILES = (
    "backup.db",
    *(f".backup.db.x.queuectl-part{end}" for end in ("", "-journal", "-wal", "-shm", "-lock")),
)
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
    """Under a name that is known beforehand, so that its calls can be told from others."""
    with mock.patch.object(part, "secrets", SimpleNamespace(token_hex=lambda _: "x")):
        store.maintenance.backup(backup_file(store))
    say("backed")


def backup_found(store: Store) -> str:
    """Say whether there is a whole backup, or none; or what is wrong with the one there is."""
    file = backup_file(store)
    if not file.exists():
        return "none"
    with connect(str(file), create=False) as copy:
        wrong = findings(copy)
        rows = copy.maintenance.stats().rows["jobs"]
    return "; ".join(wrong) or ("whole" if rows == JOBS + 1 else f"{rows} jobs")


def findings(store: Store) -> list[str]:
    """Say what `db check` finds: a job is there whole, or gone with all that was its own."""
    return [finding.text for finding in store.maintenance.check()]


def backup_file(store: Store) -> Path:
    assert store.path is not None
    return store.path.with_name("backup.db")
