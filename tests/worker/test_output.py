"""Where output lies, and how it is read and followed."""

import os
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queuectl_store import Store, Stream
from queuectl_worker.output import LogFolder, log_root
from queuectl_worker.outputs import RunOutput
from queuectl_worker.sources import EMPTIED_NOTE, follow, read
from tests.worker.story import burst, claim_one, enqueue, shell

DAY_MS = 86_400_000
MIDNIGHT_MS = 20_000 * DAY_MS


def test_log_lies_under_the_utc_day_of_its_claim(tmp_path: Path) -> None:
    logs = LogFolder(tmp_path)

    assert logs.path(7, 2, MIDNIGHT_MS) == tmp_path / "2024-10-04" / "7-2.log"
    assert logs.path(7, 2, MIDNIGHT_MS - 1) == tmp_path / "2024-10-03" / "7-2.log"


def test_log_of_a_run_that_started_after_midnight_is_found_under_the_day_before(
    store: Store, tmp_path: Path
) -> None:
    logs = LogFolder(tmp_path)
    job = replace(claim_one(store).job, started_at=MIDNIGHT_MS + 5)
    filed = logs.path(job.id, job.token, MIDNIGHT_MS - 5)
    filed.parent.mkdir()
    filed.touch()

    assert logs.for_run(job) == filed


def test_job_that_never_ran_has_no_log(store: Store, tmp_path: Path) -> None:
    job = replace(claim_one(store).job, started_at=None, token=0)

    assert LogFolder(tmp_path).for_run(job) is None


def test_logs_lie_beside_a_sqlite_store_unless_the_setting_says_otherwise(
    store: Store, tmp_path: Path
) -> None:
    assert log_root(store) == tmp_path / "logs" / "queue.db"
    assert log_root(store, "") == tmp_path / "logs" / "queue.db"
    assert log_root(store, "/var/log/q") == Path("/var/log/q")


def test_output_that_is_not_there_reads_as_empty(tmp_path: Path) -> None:
    assert read(tmp_path / "none.log") == b""
    assert read(tmp_path / "none.log", tail=3) == b""


def test_output_is_read_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(bytes(range(256)) * 1_000)

    assert read(path) == bytes(range(256)) * 1_000


@pytest.mark.parametrize(
    ("tail", "expected"),
    [(0, b""), (1, b"three\n"), (2, b"two\nthree\n"), (9, b"one\ntwo\nthree\n")],
)
def test_tail_is_the_last_lines(tmp_path: Path, tail: int, expected: bytes) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\ntwo\nthree\n")

    assert read(path, tail=tail) == expected


def test_tail_counts_a_last_line_without_an_end(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\ntwo")

    assert read(path, tail=1) == b"two"


def test_tail_reaches_back_over_many_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    lines = [b"x" * 100_000 + b"\n" for _ in range(5)]
    path.write_bytes(b"".join(lines))

    assert read(path, tail=3) == b"".join(lines[2:])


@pytest.mark.not_on("win", "darwin")
def test_cut_middle_is_stated_with_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    sparse(path, head=b"h" * 4096, hole=1 << 20, end=b"e" * 4096)

    note = b"\n[queuectl: 1,048,576 bytes cut here, the log reached its cap]\n"
    assert read(path) == b"h" * 4096 + note + b"e" * 4096
    assert list(follow(path, lambda: True)) == [b"h" * 4096, note, b"e" * 4096]


def test_follower_sees_a_file_that_appears_late_and_ends_with_the_run(tmp_path: Path) -> None:
    path, is_over = tmp_path / "a.log", threading.Event()
    pieces = follow(path, is_over.is_set)
    writer = threading.Timer(0.1, path.write_bytes, [b"first"])
    writer.start()

    assert next(pieces) == b"first"

    writer.join()
    with path.open("ab") as file:
        file.write(b"second")
    is_over.set()
    assert list(pieces) == [b"second"]


def test_follower_of_a_log_that_somebody_empties_goes_on_with_what_comes(
    store: Store, tmp_path: Path
) -> None:
    output = RunOutput(store, LogFolder(tmp_path), claim_one(store).job)
    log, is_over = output.path(), threading.Event()
    assert log is not None
    log.parent.mkdir()
    log.write_bytes(b"first, and long\n")
    pieces = output.follow(is_over.is_set)
    assert next(pieces) == (Stream.OUT, b"first, and long\n")

    log.write_bytes(b"second\n")

    is_over.set()
    assert [piece for _, piece in pieces] == [EMPTIED_NOTE, b"second\n"]


def test_follower_of_a_run_that_never_printed_ends_with_it(tmp_path: Path) -> None:
    assert list(follow(tmp_path / "none.log", lambda: True)) == []


def test_server_logs_lie_in_the_users_folder_apart_for_each_server(postgres_url: str) -> None:
    from queuectl_store import connect

    with connect(postgres_url) as store:
        root = log_root(store)

    assert root.parent.name == "logs"
    assert root.name.startswith("server-")
    assert "queuectl" in root.parts


def sparse(path: Path, *, head: bytes, hole: int, end: bytes) -> None:
    assert sys.platform == "linux"
    with path.open("wb") as file:
        file.write(head)
        file.seek(len(head) + hole)
        file.write(end)
        os.fsync(file.fileno())


def test_the_worker_tells_whose_output_it_could_not_keep(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    today = datetime.now(UTC).date()
    for day in (today, today + timedelta(days=1)):
        (tmp_path / day.isoformat()).touch()  # where its folder was to be
    (job_id,) = enqueue(store, shell("echo lost"))

    burst(store, settings={"log_dir": str(tmp_path)})

    (told,) = [each for each in caplog.records if each.message == "output was not kept"]
    assert told.__dict__["job_id"] == job_id
