"""A copy between stores of either kind has everything, or nothing; so has a backup."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from queuectl_store import (
    CopyRefused,
    ManualClock,
    Store,
    StoreDamaged,
    Succeeded,
    connect,
)
from queuectl_store.upkeep import copying
from tests.conformance.story import a_job, a_worker, claim_one, ended, enqueue_one, vanished
from tests.postgres import PostgresServer
from tests.store.full import LAST, contents, fill

CHANGED = {(f"queuectl_{name}", "tx") for name in ("events", "pruned", "hooks")} | {
    ("queuectl_workers", "state")
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def source(store_url: str, clock: ManualClock) -> Iterator[Store]:
    with connect(store_url, clock=clock) as store:
        fill(store)
        yield store


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    if request.param == "sqlite":
        with connect(str(tmp_path / "target.db"), clock=clock) as store:
            yield store
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database()
    with connect(url, clock=clock) as store:
        yield store
    server.drop_database(url)


def test_a_copy_has_every_row_with_its_ids_and_tokens(source: Store, target: Store) -> None:
    counts = source.maintenance.copy_to(target.maintenance)

    assert min(counts.values()) > 0  # something of every table was tried
    assert contents(target, without=CHANGED) == contents(source, without=CHANGED)
    assert target.maintenance.check() == source.maintenance.check() == []


def test_ids_go_on_after_those_that_were_ever_given(source: Store, target: Store) -> None:
    source.maintenance.copy_to(target.maintenance)

    assert enqueue_one(target) == LAST + 2  # job LAST + 1 was deleted before


def test_what_ran_is_rescued_in_the_copy_under_a_higher_token(source: Store, target: Store) -> None:
    running = [job for job in source.reader.find([5, 6]) if job.state == "running"]  # type: ignore[list-item]
    source.maintenance.copy_to(target.maintenance)

    target.rescue(vanished)
    target.stage()
    worker = a_worker(target)
    claims = {claim.job.id: claim.token for claim in target.claim(worker, limit=20)}

    assert [job.token for job in running] == [1, 1]
    assert [claims[job.id] for job in running] == [2, 2]


def test_a_copy_goes_to_an_empty_store_alone(source: Store, target: Store) -> None:
    enqueue_one(target)
    before = contents(target)

    with pytest.raises(CopyRefused, match="is not empty"):
        source.maintenance.copy_to(target.maintenance)

    assert contents(target) == before


def test_a_copy_is_refused_while_workers_live(source: Store, target: Store) -> None:
    a_worker(source, lease_ms=10_000)

    with pytest.raises(CopyRefused, match="worker stop"):
        source.maintenance.copy_to(target.maintenance)


def test_a_copy_that_breaks_off_leaves_nothing(
    source: Store, target: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(table: str, _rows: int) -> None:
        if table == "queuectl_workers":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        source.maintenance.copy_to(target.maintenance, on_progress=stop)

    assert not any(contents(target).values())
    source.maintenance.copy_to(target.maintenance)


def test_rows_that_read_differently_are_found(
    source: Store, target: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A target that changes what it is given must not pass for a copy."""
    real = copying._rows

    turns: list[sa.Table] = []

    def lying(table: sa.Table, connection: sa.Connection) -> Iterator[list[tuple[object, ...]]]:
        for part in real(table, connection):
            is_read_back = table in turns
            yield [(*row[:-1], "?") if is_read_back else row for row in part]
        turns.append(table)

    monkeypatch.setattr(copying, "_rows", lying)

    with pytest.raises(StoreDamaged, match="other rows of queuectl_"):
        source.maintenance.copy_to(target.maintenance)

    assert not any(contents(target).values())


def test_a_backup_is_a_store_with_the_same_contents(
    source: Store, tmp_path: Path, clock: ManualClock
) -> None:
    file = tmp_path / "backups" / "b.db"
    file.parent.mkdir()

    size = source.maintenance.backup(file)

    assert size == file.stat().st_size
    assert [path.name for path in file.parent.iterdir()] == ["b.db"]
    if sys.platform != "win32":  # there a file has the rights of its folder
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with connect(str(file), clock=clock, create=False) as copy:
        assert contents(copy, without=CHANGED) == contents(source, without=CHANGED)
        assert copy.maintenance.check() == []


def test_a_backup_overwrites_only_when_told_to(source: Store, tmp_path: Path) -> None:
    file = tmp_path / "b.db"
    file.write_text("precious")

    with pytest.raises(CopyRefused, match="--force"):
        source.maintenance.backup(file)

    assert file.read_text() == "precious"
    source.maintenance.backup(file, replace=True)
    assert file.read_bytes().startswith(b"SQLite format 3")


def test_a_backup_of_a_store_onto_itself_is_refused(sqlite_url: str) -> None:
    with connect(sqlite_url) as store:
        assert store.path is not None
        with pytest.raises(CopyRefused, match="the store itself"):
            store.maintenance.backup(store.path, replace=True)


def test_a_backup_of_a_live_store_is_one_state_of_it(store_url: str, tmp_path: Path) -> None:
    """A job and its events are written in one transaction: a copy has both or neither."""
    over = threading.Event()
    with connect(store_url) as store, connect(store_url) as other:
        enqueue_one(store)
        writer = threading.Thread(target=live, args=(other, over))
        writer.start()
        try:
            files = [tmp_path / f"{n}.db" for n in range(5)]
            for file in files:
                store.maintenance.backup(file)
        finally:
            over.set()
            writer.join()

    for file in files:
        with connect(str(file), create=False) as copy:
            assert copy.maintenance.check() == []
            assert copy.maintenance.stats().rows["jobs"] > 0


def test_nothing_is_left_of_a_backup_that_cannot_be_written(
    source: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(Exception, match="No space left"):
        source.maintenance.backup(tmp_path / "b.db")

    assert not list(tmp_path.glob("*b.db*"))


def test_what_a_killed_backup_left_is_removed_by_a_later_one(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A day later, where no lock tells that nobody writes it any more."""
    young, old, others = (
        [".b.db.0123abcd.queuectl-part", ".b.db.0123abcd.queuectl-part-wal"],
        [".b.db.4567abcd.queuectl-part", ".b.db.4567abcd.queuectl-part-journal"],
        [".b.db.4567abcd.part"],
    )
    for name in (*young, *old, *others):
        (tmp_path / name).write_bytes(b"SQLite format 3")
    for name in (young[0], *old, *others):  # of the young one SQLite writes another file
        os.utime(tmp_path / name, (0, 0))

    with connect(sqlite_url) as store:
        store.maintenance.backup(tmp_path / "other.db")

    assert {path.name for path in tmp_path.glob(".b.db*")} == {*young, *others}


def test_what_a_killed_backup_left_is_removed_as_soon_as_nobody_holds_it(
    sqlite_url: str, tmp_path: Path
) -> None:
    program = f"""
from pathlib import Path
from queuectl_store.upkeep.part import Part
with Part(Path({str(tmp_path / "b.db")!r})):
    print("writes", flush=True)
    input()
"""
    with (
        connect(sqlite_url) as store,
        subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as writer,
    ):
        assert writer.stdout is not None
        assert writer.stdout.readline().strip() == b"writes"

        store.maintenance.backup(tmp_path / "one.db")
        assert list(tmp_path.glob(".b.db.*.queuectl-part"))
        writer.kill()
        writer.wait()
        store.maintenance.backup(tmp_path / "two.db")

    assert not list(tmp_path.glob(".*"))


def test_what_a_backup_on_another_host_writes_is_left_to_it(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Its lock may not be seen from here."""
    for end in ("", "-lock"):
        (tmp_path / f".b.db.0123abcd.queuectl-part{end}").write_bytes(b"elsewhere")

    with connect(sqlite_url) as store:
        store.maintenance.backup(tmp_path / "other.db")

    assert len(list(tmp_path.glob(".b.db*"))) == 2


def live(store: Store, over: threading.Event) -> None:
    """Enqueue and run jobs until it is over, at least ten times."""
    worker = a_worker(store, lease_ms=600_000)
    turns = 0
    while turns < 10 or not over.is_set():
        store.enqueue([a_job(), a_job()])
        store.finish(worker, [ended(claim_one(store, worker), Succeeded())])
        turns += 1
