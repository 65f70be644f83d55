"""What is not a store, or not ours to use, is refused in one line and left as it was."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from queuectl_store import NotAStore, StoreError, StoreTooNew, StoreUnreachable, connect
from tests.conformance.story import enqueue_one
from tests.store.schema import opened, set_version, tables

NOBODY = 65_534


@pytest.mark.parametrize("size", [5, 600, 100_000])
def test_a_text_file_is_refused_and_left_alone(tmp_path: Path, size: int) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("notes" * (size // 5))
    before = file.read_bytes()

    refusal = refused(file, NotAStore)

    assert str(file) in refusal
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_a_directory_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    refusal = refused(folder, NotAStore)

    assert str(folder) in refusal


def test_a_path_below_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("text")

    refusal = refused(file / "queue.db", StoreUnreachable)

    assert str(file) in refusal
    assert file.read_text() == "text"


@pytest.mark.not_on("win32")
def test_a_folder_that_may_not_be_entered_is_refused(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o000)

    with without_privileges():
        refusal = refused(closed / "queue.db", StoreUnreachable)

    assert "ermission" in refusal


@pytest.mark.not_on("win32")
def test_a_store_that_may_not_be_read_is_refused(open_folder: Path) -> None:
    path = open_folder / "queue.db"
    connect(str(path)).close()
    before = path.read_bytes()
    path.chmod(0o000)

    with without_privileges():
        refused(path, StoreUnreachable)

    path.chmod(0o600)
    assert path.read_bytes() == before


@pytest.mark.not_on("win32")
def test_a_store_that_may_only_be_read_is_refused_at_the_first_write(open_folder: Path) -> None:
    path = open_folder / "queue.db"
    connect(str(path)).close()
    before = path.read_bytes()
    path.chmod(0o444)

    with (
        without_privileges(),
        pytest.raises(StoreUnreachable) as refusal,
        connect(str(path)) as store,
    ):
        enqueue_one(store)

    assert "\n" not in str(refusal.value)
    assert path.read_bytes() == before


@pytest.mark.not_on("win32")
def test_a_store_that_may_only_be_read_is_not_said_to_be_writable(open_folder: Path) -> None:
    path = open_folder / "queue.db"
    connect(str(path)).close()
    path.chmod(0o444)

    with (
        without_privileges(),
        pytest.raises(StoreUnreachable, match="cannot use the store"),
        connect(str(path)) as store,
    ):
        store.maintenance.symptoms()


def test_a_missing_store_is_not_made_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "queue.db"

    with pytest.raises(StoreUnreachable, match="db init"):
        connect(str(path), create=False)

    assert list(tmp_path.iterdir()) == []


def test_a_store_of_a_newer_program_keeps_its_bytes(tmp_path: Path, sqlite_url: str) -> None:
    with connect(sqlite_url) as store:
        enqueue_one(store)
    set_version(sqlite_url, "9999")
    file = tmp_path / "queue.db"
    before = file.read_bytes()

    refused(file, StoreTooNew)

    assert file.read_bytes() == before


def test_a_database_of_another_program_keeps_its_tables(bare_sqlite_url: str) -> None:
    with opened(bare_sqlite_url) as connection:
        connection.exec_driver_sql("CREATE TABLE orders (id INTEGER, what TEXT)")
        connection.exec_driver_sql("INSERT INTO orders VALUES (1, 'tea')")

    with connect(bare_sqlite_url) as store:
        enqueue_one(store)

    assert {"orders", "queuectl_jobs"} <= tables(bare_sqlite_url)
    with opened(bare_sqlite_url) as connection:
        assert connection.exec_driver_sql("SELECT * FROM orders").all() == [(1, "tea")]


def test_a_table_of_our_name_that_is_not_ours_is_left_alone(
    bare_sqlite_url: str, tmp_path: Path
) -> None:
    with opened(bare_sqlite_url) as connection:
        connection.exec_driver_sql("CREATE TABLE queuectl_jobs (mine TEXT)")

    refused(tmp_path / "queue.db", NotAStore)

    assert tables(bare_sqlite_url) == {"queuectl_jobs"}


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreUnreachable) as refusal:
        connect("postgresql://me:hushhush@127.0.0.1:1/queue")

    assert "hushhush" not in str(refusal.value)
    assert "127.0.0.1" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.not_on("win32")
def test_a_store_and_its_side_files_belong_to_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with connect(str(tmp_path / "made" / "queue.db")) as store:
            enqueue_one(store)
            modes = {each.name: mode_of(each) for each in (tmp_path / "made").iterdir()}
    finally:
        os.umask(before)

    assert modes == {"queue.db": 0o600, "queue.db-wal": 0o600, "queue.db-shm": 0o600}
    assert mode_of(tmp_path / "made") == 0o700


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine may reach; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        # Imports all there is: an unprivileged user may not reach the interpreter's files.
        connect(f"{folder}/first.db").close()
        yield Path(folder)


def refused(path: Path, kind: type[StoreError]) -> str:
    """Say in which words *path* was refused."""
    with pytest.raises(kind) as refusal:
        connect(str(path))
    assert type(refusal.value) is kind
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be a user whom permissions bind: root passes every one of them."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
