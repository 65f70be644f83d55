"""Output goes by age, number and size, and with its job; never that of a run that goes on."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from queuectl_store import JobId, Store, Succeeded
from queuectl_worker import LogFolder
from queuectl_worker.logkeeping import KeepLogs, LogsFreed, drop_logs, keep_logs, prune_logs
from tests.conformance.story import a_job, a_worker, ended

DAY_MS = 86_400_000
NOW_MS = 20_000 * DAY_MS
FOREVER = KeepLogs(age_ms=None, count=None, size=None)
Write = Callable[..., Path]


@pytest.fixture
def logs(tmp_path: Path) -> LogFolder:
    return LogFolder(tmp_path / "logs")


@pytest.fixture
def write(logs: LogFolder) -> Write:
    def make(job_id: int, token: int = 1, *, days_old: int = 0, size: int = 4096) -> Path:
        at_ms = NOW_MS - days_old * DAY_MS
        path = logs.path(job_id, token, at_ms)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
        os.utime(path, (at_ms / 1000, at_ms / 1000))
        return path

    return make


def test_old_output_goes_and_so_does_its_empty_folder(
    store: Store, logs: LogFolder, write: Write
) -> None:
    (job_id,) = done(store, 1)
    old, new = write(job_id, 1, days_old=31), write(job_id, 2, days_old=29)

    freed = prune(store, logs, keep_logs({}))

    assert freed == LogsFreed(files=1, size=4096)
    assert (old.exists(), old.parent.exists(), new.exists()) == (False, False, True)


def test_output_of_pruned_jobs_goes_whatever_its_age(
    store: Store, logs: LogFolder, write: Write
) -> None:
    """Whether the program died between the deletion of the job and of its output or not."""
    pruned, kept = done(store, 2)
    gone, stays = write(pruned), write(kept)
    delete(store, pruned)

    prune(store, logs, FOREVER)

    assert (gone.exists(), stays.exists()) == (False, True)


def test_output_of_another_life_of_the_store_is_left_to_its_age(
    store: Store, logs: LogFolder, write: Write
) -> None:
    """A backup was restored: jobs that came after it are unknown, not pruned."""
    (job_id,) = done(store, 1)
    unknown = write(job_id + 1, days_old=1)

    prune(store, logs, FOREVER)
    assert unknown.exists()

    prune(store, logs, KeepLogs(age_ms=0, count=None, size=None))
    assert not unknown.exists()


def test_output_of_a_run_that_goes_on_is_never_deleted(
    store: Store, logs: LogFolder, write: Write
) -> None:
    (job_id,) = store.enqueue([a_job()])
    store.claim(a_worker(store), limit=1)
    live = write(job_id, 1, days_old=400)

    prune(store, logs, KeepLogs(age_ms=0, count=0, size=0))

    assert live.exists()


@pytest.mark.parametrize(
    "keep",
    [KeepLogs(age_ms=None, count=2, size=None), KeepLogs(age_ms=None, count=None, size=8192)],
    ids=["number", "size"],
)
def test_the_oldest_goes_until_the_rest_fits(
    store: Store, logs: LogFolder, write: Write, keep: KeepLogs
) -> None:
    ids = done(store, 4)
    paths = [write(job_id, days_old=9 - n) for n, job_id in enumerate(ids)]

    freed = prune(store, logs, keep)

    assert freed == LogsFreed(files=2, size=8192)
    assert [path.exists() for path in paths] == [False, False, True, True]


def test_a_dry_run_deletes_nothing(store: Store, logs: LogFolder, write: Write) -> None:
    (job_id,) = done(store, 1)
    old = write(job_id, days_old=31)

    freed = prune(store, logs, keep_logs({}), dry=True)

    assert freed == LogsFreed(files=1, size=4096)
    assert old.exists()


def test_files_that_are_not_ours_are_left_alone(
    store: Store, logs: LogFolder, write: Write
) -> None:
    (job_id,) = done(store, 1)
    folder = write(job_id).parent
    strange = [folder / "notes.txt", logs.root / "spool", logs.root / "2026" / "1-1.log"]
    for path in strange:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (0, 0))

    prune(store, logs, KeepLogs(age_ms=0, count=0, size=0))

    assert all(path.exists() for path in strange)


def test_where_there_is_no_output_there_is_nothing_to_do(store: Store, logs: LogFolder) -> None:
    assert prune(store, logs, keep_logs({})) == LogsFreed()


def test_output_of_jobs_that_were_removed_goes_at_once_and_no_other(
    store: Store, logs: LogFolder, write: Write
) -> None:
    removed, kept = done(store, 2)
    (running,) = store.enqueue([a_job()])
    store.claim(a_worker(store), limit=1)
    gone = [write(removed, 1, days_old=3), write(removed, 2)]
    stay = [write(kept), write(running)]
    store.admin.remove([removed])

    freed = drop_logs(store, logs, [removed, kept, running])

    assert freed == LogsFreed(files=2, size=2 * 4096)
    assert [path.exists() for path in (*gone, *stay)] == [False, False, True, True]


def prune(store: Store, logs: LogFolder, keep: KeepLogs, *, dry: bool = False) -> LogsFreed:
    return sum(prune_logs(store, logs, keep, now_ms=NOW_MS, dry=dry), LogsFreed())


def done(store: Store, count: int) -> list[JobId]:
    ids = store.enqueue([a_job() for _ in range(count)])
    worker = a_worker(store)
    claims = store.claim(worker, limit=count)
    store.finish(worker, [ended(claim, Succeeded()) for claim in claims])
    return ids


def delete(store: Store, job_id: JobId) -> None:
    text = f"DELETE FROM queuectl_jobs WHERE id = {job_id}"
    store._database.write(lambda c: c.exec_driver_sql(text))
