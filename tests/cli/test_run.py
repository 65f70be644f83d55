"""`run`, `wait` and `logs -f`: following jobs to their end."""

import os
import signal
import time

import pytest

from tests.cli.program import Program
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["true"], 0),
        (["exit 7"], 7),
        (["kill -9 $$"], 137),
        (["--timeout", "1", "sleep 30"], 124),
        (["--", "no-such-program", "x"], 127),
    ],
)
def test_run_ends_with_the_jobs_code(queuectl: Program, words: list[str], code: int) -> None:
    result = queuectl("run", "--max-retries", "0", *words)

    assert result.code == code, result


def test_run_streams_the_exact_output_and_leaves_no_worker(queuectl: Program) -> None:
    result = queuectl.must("run", r"printf 'a\377\000b\033[2J\n'; echo err >&2")

    assert result.out == b"a\xff\x00b\x1b[2J\nerr\n"
    assert queuectl.must("worker", "list", "--json").documents == []


def test_run_streams_while_the_job_goes_on(queuectl: Program) -> None:
    with queuectl.start("run", "echo first; while [ ! -e go ]; do sleep 0.02; done") as going:
        assert going.stdout is not None
        line = going.stdout.readline()
        (queuectl.folder / "go").touch()
        going.communicate(timeout=30)

    assert (line, going.returncode) == (b"first\n", 0)


def test_run_follows_the_retries(queuectl: Program) -> None:
    script = "echo try $QUEUECTL_ATTEMPT; test $QUEUECTL_ATTEMPT = 2"

    result = queuectl("run", "--backoff-max", "0", script)

    assert (result.code, result.out) == (0, b"try 1\ntry 2\n")
    assert "attempt 1: exit code 1; trying again" in result.err


def test_run_uses_the_worker_that_is_there(queuectl: Program) -> None:
    worker = queuectl.start("worker", "start", "-q")
    try:
        eventually(lambda: _workers(queuectl), within=30, what="a worker")

        result = queuectl.must("run", "--json", "echo $PPID")

        assert result.document["worker"] == 1
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=30)


def test_run_as_json_puts_the_output_on_stderr_and_the_job_on_stdout(queuectl: Program) -> None:
    result = queuectl("run", "--json", "--max-retries", "0", "echo hi; exit 3")

    assert result.code == 3
    assert result.err == "hi\n"
    assert (result.document["state"], result.document["exit_code"]) == ("dead", 3)


def test_ctrl_c_cancels_the_job_and_its_processes(queuectl: Program) -> None:
    with queuectl.start("run", "echo $$; sleep 300 & wait") as going:
        assert going.stdout is not None
        pid = int(going.stdout.readline())

        going.send_signal(signal.SIGINT)
        going.communicate(timeout=30)

    assert going.returncode == 130
    assert queuectl.job(1)["state"] == "cancelled"
    eventually(lambda: not _exists(pid), within=20, what="the job's processes to go")


def test_wait_returns_the_first_code_that_is_not_zero(queuectl: Program) -> None:
    queuectl.must("enqueue", "--max-retries", "0", "--from", "-", stdin=b"true\nexit 5\nexit 6\n")
    queuectl.must("worker", "start", "--burst", "-q")

    assert queuectl("wait", "1").code == 0
    assert queuectl("wait", "1-3").code == 5
    assert queuectl("wait", "3", "2").code == 6
    assert queuectl("wait", "--any", "1", "2").code == 0


def test_wait_gives_up_after_its_timeout_and_the_job_goes_on(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")

    started = time.monotonic()
    result = queuectl("wait", "1", "--timeout", "500ms")

    assert result.code == 124
    assert "still not finished: 1" in result.err
    assert time.monotonic() - started < 20
    assert queuectl.job(1)["state"] == "pending"


def test_wait_for_a_cancelled_job_is_130(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")
    queuectl.must("cancel", "1")

    result = queuectl("wait", "1", "--json")

    assert (result.code, result.document["state"]) == (130, "cancelled")


def test_logs_follow_a_job_from_before_its_start_to_its_end(queuectl: Program) -> None:
    queuectl.must("enqueue", "echo one; sleep 0.3; echo two")
    with queuectl.start("logs", "-f", "1") as following:
        queuectl.must("worker", "start", "--burst", "-q")
        out, _ = following.communicate(timeout=30)

    assert (following.returncode, out) == (0, b"one\ntwo\n")


def test_logs_show_an_attempt_or_a_tail(queuectl: Program) -> None:
    script = "echo try $QUEUECTL_ATTEMPT; echo end; test $QUEUECTL_ATTEMPT = 2"
    queuectl.must("enqueue", "--backoff-max", "0", script)
    queuectl.must("worker", "start", "--burst", "-q")

    assert queuectl.must("logs", "1").out == b"try 2\nend\n"
    assert queuectl.must("logs", "1", "--attempt", "1").out == b"try 1\nend\n"
    assert queuectl.must("logs", "1", "--tail", "1").out == b"end\n"
    assert queuectl.must("logs", "-f", "1", "--tail", "1").out == b"end\n"
    assert queuectl("logs", "1", "--attempt", "9").code == 3


def test_a_job_reports_its_progress(queuectl: Program) -> None:
    [program] = [str(word) for word in queuectl.command()]
    queuectl.must("enqueue", "--", program, "progress", "42", "second", "pass")
    queuectl.must("worker", "start", "--burst", "-q")

    assert queuectl.job(1)["progress"] == "42% second pass"


def _workers(queuectl: Program) -> bool:
    result = queuectl("worker", "list", "--json")
    return result.code == 0 and bool(result.out)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
