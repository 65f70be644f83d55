"""Whatever is wrong: one or two lines that say what to do, the documented code, nothing changed."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import Program, Result


def assert_refused(result: Result, code: int, *said: str) -> None:
    assert result.code == code, result
    assert result.out == b""
    assert result.err.startswith("queuectl: ")
    assert 1 <= len(result.err.splitlines()) <= 2, result.err
    assert "Traceback" not in result.err
    assert [words for words in said if words not in result.err] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], ["No such command 'nonsense'", "--help"]),
        (["lst"], ["Did you mean 'list'"]),
        (["list", "--nonsense"], ["No such option: --nonsense", "queuectl list --help"]),
        (["enqueue"], ["give a command"]),
        (["enqueue", ""], ["empty"]),
        (["enqueue", "{bad"], ["not JSON"]),
        (["enqueue", "{ echo hi; }"], ["needs a space before it"]),
        (["enqueue", '{"comand": "x"}'], ["did you mean 'command'"]),
        (["enqueue", "--from", "missing.txt"], ["missing.txt", "nothing is enqueued"]),
        (["enqueue", "--from", "x", "true"], ["not both"]),
        (["enqueue", "--delay", "soon", "true"], ["soon", "10m"]),
        (["enqueue", "--at", "9", "true"], ["'9' is not a time", "18:30"]),
        (["enqueue", "--at", "18:30", "--delay", "5", "true"], ["exclude each other"]),
        (["enqueue", "--priority", "urgent", "true"], ["urgent", "low, normal, high"]),
        (["enqueue", "--tag", "x", "true"], ["--tag", "NAME=VALUE"]),
        (["enqueue", "--max-retries", "-1", "true"], ["max_retries", "-1"]),
        (["enqueue", "--max-retries", "many", "true"], ["many"]),
        (["enqueue", "--queue", "no spaces", "true"], ["no spaces"]),
        (["enqueue", "--each", "-n", "echo {}", "a"], ["--each takes the command next", "'-n'"]),
        (["enqueue", "sleep 2", "--priority", "high"], ["options come before the command"]),
        (["run", "sleep 2 && date", "--timeout=3s"], ["--timeout", "'sleep 2 && date'"]),
        (["schedule", "add", "s", "sleep 2", "--every", "1h"], ["--every"]),
        (["list", "--state", "failed"], ["there is no state 'failed'", "dead"]),
        (["show", "x1"], ["'x1' is not a job id"]),
        (["cancel"], ["say which jobs to cancel"]),
        (["cancel", "9-5"], ["5-9"]),
        (["cancel", "1", "--state", "dead"], ["not both"]),
        (["config", "set", "max_retry", "5"], ["did you mean 'max_retries'"]),
        (["config", "set", "max_retries", "many"], ["max_retries is a whole number, got 'many'\n"]),
        (["config", "set", "backoff_base", "big"], ["backoff_base is a number, got 'big'\n"]),
        (["list", "--limit", "x"], ["'x' is not a whole number"]),
        (["progress", "x"], ["'x' is not a number"]),
        (["config", "set", "max_retries", "-1"], ["max_retries", "-1"]),
        (["worker", "start", "--grace", "soon"], ["--grace", "soon"]),
        (["worker", "start", "--concurrency", "0"], ["--concurrency"]),
        (["worker"], ["Missing command", "queuectl worker --help"]),
        (["progress", "10"], ["inside a job"]),
        (["progress", "101"], ["101"]),
        (["dlq", "retry"], ["say which jobs"]),
    ],
)
def test_what_makes_no_sense_is_usage(queuectl: Program, words: list[str], said: list[str]) -> None:
    assert_refused(queuectl(*words), 2, *said)

    assert queuectl.must("list", "--json").documents == [] if queuectl.db.exists() else True


@pytest.mark.parametrize(
    "words",
    [
        ["show", "7"],
        ["logs", "7"],
        ["wait", "7"],
        ["wait", "5-9"],
        ["logs", "5-9"],
        ["cancel", "5-9"],
        ["cancel", "7"],
        ["retry", "--state", "dead"],
        ["dlq", "show", "7"],
        ["worker", "stop"],
        ["worker", "stop", "7"],
        ["config", "unset", "timeout"],
    ],
)
def test_what_is_not_there_is_code_3(queuectl: Program, words: list[str]) -> None:
    assert_refused(queuectl(*words), 3)


@pytest.mark.parametrize("verb", ["retry", "release", "rerun"])
def test_what_a_state_does_not_allow_is_code_4(queuectl: Program, verb: str) -> None:
    queuectl.must("enqueue", "true")

    assert_refused(queuectl(verb, "1"), 4, "pending", verb)

    assert queuectl.job(1)["state"] == "pending"


def test_a_file_that_is_no_database_is_left_alone(queuectl: Program) -> None:
    queuectl.db.write_text("dear diary\n" * 100)

    result = queuectl("enqueue", "true")

    assert_refused(result, 5, str(queuectl.db))
    assert queuectl.db.read_text() == "dear diary\n" * 100


def test_a_folder_is_no_store(first_time: Program) -> None:
    first_time.db.mkdir()

    assert_refused(first_time("list"), 5, str(first_time.db))


@pytest.mark.not_on("win32")
def test_a_device_is_no_store(queuectl: Program) -> None:
    """SQLite opens it, and then finds that it keeps nothing, like a disk that fails."""
    assert_refused(queuectl("--db", "/dev/null", "list"), 5, "/dev/null", "not a regular file")


@pytest.mark.not_on("win32", "darwin")
@pytest.mark.parametrize("words", [["list"], ["enqueue", "true"], ["db", "path"]])
def test_a_folder_that_is_gone_is_named_as_the_cause(queuectl: Program, words: list[str]) -> None:
    asked = 'cd gone && rmdir ../gone && exec "$@"'
    (queuectl.folder / "gone").mkdir()

    ended = subprocess.run(
        ["sh", "-c", asked, "sh", *map(str, queuectl.command(*words))],
        capture_output=True,
        cwd=queuectl.folder,
        env=queuectl.environ,
        check=False,
        text=True,
    )

    assert ended.returncode == 1
    assert ended.stderr == (
        "queuectl: the current folder is no longer there; change to another one (cd)\n"
    )


def test_a_store_that_was_named_and_is_not_there_is_not_made_by_looking(
    first_time: Program,
) -> None:
    assert_refused(first_time("list"), 5, str(first_time.db))

    assert not first_time.db.exists()


def test_a_server_that_does_not_answer_is_code_5(queuectl: Program) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://me:secret@127.0.0.1:{taken.getsockname()[1]}/jobs"

        result = queuectl("--db", url, "enqueue", "true")

    assert_refused(result, 5)
    assert "secret" not in result.err


def test_an_unknown_kind_of_store_is_code_5(queuectl: Program) -> None:
    assert_refused(queuectl("--db", "mysql://x/y", "list"), 5, "mysql", "postgresql://")


@pytest.mark.not_on("win32")
def test_a_folder_that_cannot_be_written_is_code_5(queuectl: Program) -> None:
    """Not by its mode: root may write anywhere, but not below a file."""
    (queuectl.folder / "file").touch()

    result = queuectl("--db", str(queuectl.folder / "file" / "queue.db"), "enqueue", "true")

    assert_refused(result, 5, "queue.db")


def test_a_bad_settings_file_is_named(queuectl: Program) -> None:
    (queuectl.folder / "queuectl.toml").write_text("max_retry = 5\n")

    assert_refused(queuectl("enqueue", "true"), 2, "queuectl.toml", "did you mean 'max_retries'")


def test_a_bad_variable_is_named(queuectl: Program) -> None:
    result = queuectl("enqueue", "true", env={"QUEUECTL_MAX_RETRIES": "lots"})

    assert_refused(result, 2, "QUEUECTL_MAX_RETRIES", "lots")


def test_an_error_is_text_with_json_too(queuectl: Program) -> None:
    assert_refused(queuectl("--json", "list", "--state", "failed"), 2, "no state")


@pytest.mark.not_on("win32")
def test_a_reader_that_goes_away_is_no_error(queuectl: Program, tmp_path: Path) -> None:
    queuectl.must("enqueue", "--from", "-", stdin=b"true\n" * 3_000)
    listing = queuectl.start("list", "--limit", "0", "--json")
    assert listing.stdout is not None
    assert listing.stderr is not None
    os.read(listing.stdout.fileno(), 10)

    listing.stdout.close()
    error = listing.stderr.read()
    listing.stderr.close()

    assert (listing.wait(timeout=30), error) == (141, b"")


def test_a_defect_says_so_and_keeps_its_traceback(queuectl: Program) -> None:
    """The one plugin of this kind: a command that raises what nobody expects."""
    site = queuectl.folder / "site"
    info = site / "broken-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[queuectl.commands]\nbroken = broken:command\n")
    (site / "broken.py").write_text("def command() -> None:\n    raise LookupError('lost')\n")
    path = os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])])

    result = queuectl("broken", env={"PYTHONPATH": path})

    assert result.code == 1
    assert result.err.splitlines()[0] == "queuectl: a bug in broken 1: LookupError: lost"
    report = Path(result.err.split("'")[1])
    assert "in command" in report.read_text()
    assert report.stat().st_mode & 0o077 == 0


def test_a_missing_input_leaves_no_new_store(queuectl: Program) -> None:
    result = queuectl("--db", "fresh.db", "enqueue", "--from", "missing.txt")

    assert_refused(result, 2, "missing.txt")
    assert not (queuectl.folder / "fresh.db").exists()
