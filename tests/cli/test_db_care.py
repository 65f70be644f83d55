"""`queuectl db check`, `backup`, `copy` and `stats`."""

import signal
import sqlite3
from contextlib import closing

import pytest

from queuectl_store import connect
from tests.cli.program import Program
from tests.waiting import eventually


@pytest.fixture
def used(queuectl: Program) -> Program:
    queuectl.must("enqueue", "--", "echo", "out")
    queuectl.must("worker", "start", "--burst", "--quiet")
    queuectl.must("enqueue", "--", "true")
    return queuectl


def test_a_sound_store_passes(used: Program) -> None:
    document = used.must("db", "check", "--json").document

    assert document == {"store": f"sqlite:///{used.db}", "findings": []}


def test_what_is_wrong_is_told_with_its_remedy_and_code_1(used: Program) -> None:
    with connect(str(used.db)) as store:
        lie = "UPDATE queuectl_jobs SET token = 7 WHERE id = 1"
        store._database.write(lambda c: c.exec_driver_sql(lie))

    result = used("db", "check", "--json")

    assert result.code == 1
    (finding,) = result.document["findings"]
    assert finding["kind"] == "claims_not_the_token"
    assert finding["ids"] == [1]
    assert finding["remedy"]
    assert "jobs 1 have a token" in used("db", "check").text


def test_a_damaged_store_is_code_78(used: Program) -> None:
    used.db.write_bytes(used.db.read_bytes()[:4096] + b"\xff" * 40_000)

    assert used("db", "check").code == 78


def test_a_backup_is_a_store_that_goes_on(used: Program) -> None:
    file = used.folder / "b.db"

    document = used.must("db", "backup", "b.db", "--json").document

    assert document["bytes"] == file.stat().st_size
    assert used("db", "backup", "b.db").code == 4
    used.must("db", "backup", "b.db", "--force")
    jobs = used.must("list", "--json", "--db", "b.db").documents
    assert [(job["id"], job["state"]) for job in jobs] == [(2, "pending"), (1, "succeeded")]
    assert used.must("enqueue", "--db", "b.db", "--", "true").text == "3\n"


@pytest.mark.not_on("win32")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_backup_that_is_told_to_end_leaves_nothing(used: Program, name: str) -> None:
    with closing(sqlite3.connect(used.db)) as raw, raw:
        raw.execute("CREATE TABLE takes_long AS SELECT zeroblob(100000000)")
    with used.start("db", "backup", "b.db") as backup:
        eventually(lambda: list(used.folder.glob(".b.db*")), within=20, what="the file it writes")

        backup.send_signal(getattr(signal, name))

    assert backup.returncode == 130
    assert not [*used.folder.glob(".b.db*"), *used.folder.glob("b.db*")]


def test_a_copy_to_a_server_and_back_keeps_everything(
    used: Program, bare_postgres_url: str
) -> None:
    there = used.must("db", "copy", str(used.db), bare_postgres_url, "--json").document
    again = used.must("db", "copy", bare_postgres_url, "again.db", "--json").document

    # What lay in a file beside the first store is a piece in the server's.
    assert {**there["rows"], "queuectl_output": 1} == again["rows"]
    assert there["rows"]["queuectl_jobs"] == 2
    assert (there["logs"], again["logs"]) == (1, 1)
    assert used.must("logs", "1", "--db", "again.db").out == b"out\n"
    assert bare_postgres_url not in str(there)  # its password is not printed
    assert used.must("enqueue", "--db", "again.db", "--", "true").text == "3\n"


def test_a_copy_onto_a_used_store_is_refused(used: Program) -> None:
    used.must("enqueue", "--db", "other.db", "--", "true")

    refused = used("db", "copy", str(used.db), "other.db")

    assert refused.code == 4
    assert "is not empty" in refused.err


def test_a_copy_from_nowhere_or_onto_itself_is_refused(used: Program) -> None:
    assert used("db", "copy", "nowhere.db", "new.db").code == 5
    assert used("db", "copy", str(used.db), str(used.db)).code == 2


def test_stats_count_the_rows(used: Program) -> None:
    stats = used.must("db", "stats", "--json").document

    assert (stats["rows"]["jobs"], stats["rows"]["attempts"]) == (2, 1)
    assert stats["sizes"]["file_bytes"] == used.db.stat().st_size
    assert stats["oldest_pending_at"].endswith("Z")
    assert sum(stats["events_a_day"].values()) == stats["rows"]["events"]
    assert "jobs" in used.must("db", "stats").text
