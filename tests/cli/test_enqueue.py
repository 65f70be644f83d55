"""Each way to ask for a job, through the real program."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.waiting import eventually


def test_enqueue_prints_the_id_alone(queuectl: Program) -> None:
    first, second = queuectl("enqueue", "true"), queuectl("enqueue", "--", "ls", "-l")

    assert (first.code, first.out, first.err) == (0, b"1\n", "")
    assert second.out == b"2\n"


def test_everything_after_the_first_word_belongs_to_the_command(queuectl: Program) -> None:
    queuectl.must("enqueue", "ls", "--json", "-q", "--db", "x", "--", "--version")

    job = queuectl.job(1)

    assert job["argv"] == ["ls", "--json", "-q", "--db", "x", "--", "--version"]
    assert job["shell"] is False


def test_options_reach_the_job(queuectl: Program) -> None:
    queuectl.must(
        *("enqueue", "--queue", "mail", "--priority", "high", "--name", "n", "--tag", "a=b"),
        *("--env", "E=1", "--timeout", "1h30m", "--max-retries", "0", "--backoff-base", "3"),
        *("--memory", "2G", "--signal", "usr1@60", "--split-output"),
        *("--cwd", "sub", "--hold", "--", "true", "x"),
    )

    job = queuectl.job(1)

    expected = {
        "state": "held",
        "queue": "mail",
        "priority": 10,
        "name": "n",
        "tags": {"a": "b"},
        "timeout": 5400.0,
        "memory": 2 << 30,
        "warning": "USR1@60",
        "split_output": True,
        "max_retries": 0,
        "cwd": str(queuectl.folder / "sub"),
    }
    assert {key: job[key] for key in expected} == expected


def test_a_delayed_job_tells_when_it_runs(queuectl: Program) -> None:
    result = queuectl("enqueue", "--delay", "1h30m", "true")

    assert result.out == b"1\n"
    assert result.err.startswith("runs at 20")
    assert "UTC (in 1 hour and 30 minutes)" in result.err
    assert queuectl.job(1)["state"] == "scheduled"


def test_a_spec_is_read_and_the_command_line_wins(queuectl: Program) -> None:
    spec = json.dumps({"command": "sleep 2", "queue": "a", "priority": 2})

    result = queuectl.must("enqueue", "--queue", "b", "--json", spec)

    job = result.document
    assert (job["command"], job["shell"], job["queue"], job["priority"]) == (
        "sleep 2",
        True,
        "b",
        2,
    )


def test_a_dash_reads_a_script_of_several_lines_or_a_spec(queuectl: Program) -> None:
    queuectl.must("enqueue", "-", stdin=b"echo one\necho two\n")
    queuectl.must("enqueue", "-", stdin=b'\n {"argv": ["a", "b"]}\n')

    assert queuectl.job(1)["command"] == "echo one\necho two"
    assert queuectl.job(2)["argv"] == ["a", "b"]


def test_a_file_of_lines_becomes_jobs_in_order(queuectl: Program) -> None:
    file = queuectl.folder / "jobs.txt"
    file.write_bytes(b'echo 1\r\n\n# a remark\n{"command": "echo 2", "name": "two"}\necho \xff\n')

    result = queuectl.must("enqueue", "--queue", "q", "--from", str(file))

    jobs = queuectl.must("list", "--json").documents
    assert result.out == b"1\n2\n3\n"
    assert [job["command"] for job in reversed(jobs)] == ["echo 1", "echo 2", "echo \udcff"]
    assert {job["queue"] for job in jobs} == {"q"}


def test_a_bad_line_keeps_the_batches_before_it_and_nothing_of_its_own(queuectl: Program) -> None:
    lines = ["true"] * 1_500 + ["{bad"] + ["true"] * 10

    result = queuectl("enqueue", "--from", "-", "--json", stdin="\n".join(lines).encode())

    assert result.code == 2
    assert "line 1501" in result.err
    assert "1,000 jobs are enqueued (ids 1-1000" in result.err
    assert result.document["enqueued"] == 1_000
    assert queuectl.must("status", "--json").document["counts"]["pending"] == 1_000


def test_atomic_stores_nothing_when_one_line_is_bad(queuectl: Program) -> None:
    lines = ["true"] * 1_500 + ['{"command": ""}']

    result = queuectl("enqueue", "--atomic", "--from", "-", stdin="\n".join(lines).encode())

    assert (result.code, result.out) == (2, b"")
    assert "line 1501" in result.err
    assert queuectl.must("list", "--json").documents == []


def test_a_line_that_only_the_store_refuses_is_named_too(queuectl: Program) -> None:
    lines = b'true\n{"command": "true", "queue": "no spaces please"}\n'

    result = queuectl("enqueue", "--from", "-", stdin=lines)

    assert result.code == 2
    assert "line 2" in result.err
    assert "no spaces please" in result.err


@pytest.mark.not_on("win32")
def test_an_interrupted_bulk_enqueue_says_how_many_are_in(queuectl: Program) -> None:
    with subprocess.Popen(
        queuectl.command("enqueue", "--from", "-", "--json"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=queuectl.folder,
        env=queuectl.environ,
    ) as going:
        assert going.stdin is not None
        going.stdin.write(b"true\n" * 1_200)
        going.stdin.flush()
        eventually(lambda: _count(queuectl) == 1_000, within=30, what="the first batch")
        going.send_signal(signal.SIGINT)
        out, err = going.communicate(timeout=30)

    assert going.returncode == 130
    assert b"1,000 jobs are enqueued" in err
    assert json.loads(out)["enqueued"] == 1_000


def test_the_environment_is_passed_as_env_pass_says(queuectl: Program) -> None:
    variables = {"LC_NUMERIC": "C", "SECRET_KEY": "s", "PLAIN": "p"}
    program = 'printf "%s.%s.%s.%s" "$LC_NUMERIC" "$SECRET_KEY" "$PLAIN" "$MINE"'

    queuectl.must("enqueue", "--env", "MINE=m", program, env=variables)
    queuectl.must("enqueue", "--env-all", program, env=variables)
    queuectl.must("worker", "start", "--burst", "-q")

    assert queuectl.must("logs", "1").out == b"C...m"
    assert queuectl.must("logs", "2").out == b"C.s.p."


def test_wait_passes_the_jobs_code_on(queuectl: Program) -> None:
    worker = queuectl.start("worker", "start", "-q")
    try:
        result = queuectl("enqueue", "--max-retries", "0", "--wait", "exit 7")
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=30)

    assert (result.code, result.out) == (7, b"1\n")


def test_the_store_that_db_names_is_used_from_any_folder(
    first_time: Program, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    db = str(tmp_path / "mine.db")

    first_time.must("--db", db, "enqueue", "true", cwd=elsewhere)
    listed = first_time.must("list", "--json", "--db", db)

    assert [job["cwd"] for job in listed.documents] == [str(elsewhere)]
    assert not first_time.db.exists()


def _count(queuectl: Program) -> int:
    result = queuectl("status", "--json")
    return int(result.document["counts"]["pending"]) if result.code == 0 else 0
