"""Workers: in the foreground, in the background, told to stop by signals and through the store."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from queuectl.early import starts_worker
from scripts.bootstrap import program
from tests.cli.program import Program
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32")


def workers(queuectl: Program) -> list[Any]:
    return queuectl.must("worker", "list", "--json").documents


def test_a_burst_ends_when_nothing_is_left_and_tells_each_start_and_end(queuectl: Program) -> None:
    queuectl.must(
        "enqueue", "--from", "-", stdin=b"true\nexit 3\n", env={"QUEUECTL_MAX_RETRIES": "0"}
    )

    result = queuectl.must("worker", "start", "--burst", "--concurrency", "2")

    text = result.text
    assert "started    1  true" in text
    assert "succeeded  1  true" in text
    assert "dead       2  exit 3  (exit code 3)" in text


def test_a_worker_tells_programs_in_json_lines(queuectl: Program) -> None:
    queuectl.must("enqueue", "--max-retries", "0", "exit 3")

    events = queuectl.must("worker", "start", "--burst", "--json").documents

    assert [event["event"] for event in events] == ["joined", "started", "ended"]
    assert events[1]["id"] == 1
    assert {key: events[2][key] for key in ("id", "state", "exit_code", "error")} == {
        "id": 1,
        "state": "dead",
        "exit_code": 3,
        "error": "exit code 3",
    }


def test_a_worker_takes_only_its_queues(queuectl: Program) -> None:
    queuectl.must("enqueue", "--queue", "a", "true")
    queuectl.must("enqueue", "--queue", "b", "true")

    queuectl.must("worker", "start", "--burst", "-q", "--queue", "a")

    assert [queuectl.job(1)["state"], queuectl.job(2)["state"]] == ["succeeded", "pending"]


def test_the_first_signal_lets_jobs_finish(queuectl: Program) -> None:
    queuectl.must("enqueue", "touch started; while [ ! -e go ]; do sleep 0.02; done; exit 0")
    with queuectl.start("worker", "start") as worker:
        eventually(lambda: (queuectl.folder / "started").exists(), within=30, what="the start")

        worker.send_signal(signal.SIGTERM)
        (queuectl.folder / "go").touch()
        worker.communicate(timeout=30)

    assert worker.returncode == 0
    assert queuectl.job(1)["state"] == "succeeded"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_while_the_worker_still_loads_ends_it_well(
    queuectl: Program, number: signal.Signals
) -> None:
    """A service manager may stop what it has just started."""
    (queuectl.folder / "slow.py").write_text("open('loads', 'w')\nimport time\ntime.sleep(300)\n")
    with queuectl.start("worker", "start", "--app", "slow:queue") as worker:
        eventually((queuectl.folder / "loads").exists, within=30, what="the program to be loaded")

        worker.send_signal(number)
        _, said = worker.communicate(timeout=30)

    assert (worker.returncode, said) == (0, b"")


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("worker start", True),
        ("--db worker --json worker start --queue a", True),
        ("worker start --detach", False),
        ("enqueue worker start", False),
        ("run -- worker start", False),
        ("schedule add x --every 1m -- worker start", False),
        ("worker list", False),
    ],
)
def test_only_a_worker_in_the_foreground_ends_well_while_it_loads(line: str, is_one: bool) -> None:
    assert starts_worker(line.split()) is is_one


def test_the_second_signal_gives_the_jobs_back_and_says_so_by_its_code(queuectl: Program) -> None:
    queuectl.must("enqueue", "touch started; sleep 300")
    with queuectl.start("worker", "start", "--json") as worker:
        assert worker.stdout is not None
        eventually(lambda: (queuectl.folder / "started").exists(), within=30, what="the start")

        worker.send_signal(signal.SIGINT)
        _read_until(worker, "stopping")
        worker.send_signal(signal.SIGINT)
        worker.communicate(timeout=30)

    job = queuectl.job(1)
    assert worker.returncode == 75
    assert (job["state"], job["attempt"]) == ("pending", 0)


def test_a_detached_worker_is_there_when_the_command_returns(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")

    started = queuectl.must("worker", "start", "--detach", "--count", "2", "--json").document
    try:
        [listed] = workers(queuectl)
        waited = queuectl("wait", "1", "--timeout", "30s")

        assert (listed["id"], listed["pid"]) == (started["worker"], started["pid"])
        assert (listed["concurrency"], listed["alive"], waited.code) == (2, True, 0)
    finally:
        stopped = queuectl.must("worker", "stop", str(started["worker"]), "--json")

    assert stopped.document == {"asked": [started["worker"]]}
    eventually(lambda: not workers(queuectl), within=30, what="the worker to stop")
    with open(started["log"], encoding="utf-8") as log:
        assert "succeeded  1  true" in log.read()
    assert os.stat(started["log"]).st_mode & 0o077 == 0


def test_a_quiet_worker_takes_no_more_jobs(tmp_path: Path, store_url: str) -> None:
    queuectl = Program(folder=tmp_path, variables={"QUEUECTL_DB": store_url})
    started = queuectl.must("worker", "start", "--detach", "--json").document
    try:
        asked = queuectl.must("worker", "quiet", "--json").document
        queuectl.must("enqueue", "true")

        assert asked == {"asked": [started["worker"]]}
        assert [each["state"] for each in workers(queuectl)] == ["quiet"]
        assert queuectl.job(1)["state"] == "pending"
        assert queuectl("worker", "quiet").code == 3
    finally:
        queuectl.must("worker", "stop")
    eventually(lambda: not workers(queuectl), within=30, what="the worker to stop")


def test_a_detached_worker_that_cannot_start_says_why(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")

    result = queuectl("worker", "start", "--detach", env={"QUEUECTL_LEASE": "never"})

    assert (result.code, result.out) == (2, b"")
    assert "QUEUECTL_LEASE" in result.err
    assert len(result.err.splitlines()) <= 2


PROGRAM = """
import os
from queuectl_worker import Queue

queue = Queue("sqlite:///tasks.db")


@queue.task(name="pid")
def pid() -> int:
    return os.getpid()


if __name__ == "__main__":
    for _ in range(4):
        pid.enqueue()
    print(*(queue.job(n).wait(60).result for n in range(1, 5)))
"""


def test_task_processes_are_recycled_as_the_options_say(queuectl: Program) -> None:
    (queuectl.folder / "program.py").write_text(PROGRAM)
    started = queuectl.must(
        *("worker", "start", "--app", "program:queue", "--executor", "process"),
        *("--concurrency", "1", "--recycle-runs", "2", "--recycle-memory", "64G"),
        *("--recycle-age", "1h", "--detach", "--json"),
    ).document

    pids = subprocess.run(
        [program("python"), "program.py"],
        cwd=queuectl.folder,
        env=queuectl.environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=90,
    ).stdout.split()

    queuectl.must("worker", "stop", str(started["worker"]), env={"QUEUECTL_DB": "tasks.db"})
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [2, 2]


def test_only_task_processes_are_recycled(queuectl: Program) -> None:
    refused = queuectl("worker", "start", "--recycle-runs", "2")

    assert refused.code == 2
    assert "give --executor process" in refused.err
    odd = queuectl("worker", "start", "--executor", "process", "--recycle-memory", "much")
    assert (odd.code, "--recycle-memory 'much'" in odd.err) == (2, True)


def test_stop_now_ends_the_running_jobs(queuectl: Program) -> None:
    queuectl.must("enqueue", "touch started; sleep 300")
    with queuectl.start("worker", "start") as worker:
        eventually(lambda: (queuectl.folder / "started").exists(), within=30, what="the start")

        queuectl.must("worker", "stop", "--now")
        worker.communicate(timeout=30)

    assert worker.returncode == 75
    assert queuectl.job(1)["state"] == "pending"


def test_workers_that_ended_are_listed_when_asked_for(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")
    queuectl.must("worker", "start", "--burst", "-q")

    everyone = queuectl.must("worker", "list", "--all", "--json").documents

    assert workers(queuectl) == []
    assert [(worker["id"], worker["state"]) for worker in everyone] == [(1, "stopped")]


def _read_until(worker: subprocess.Popen[bytes], event: str) -> None:
    assert worker.stdout is not None
    for line in worker.stdout:
        if json.loads(line)["event"] == event:
            return
    raise AssertionError(f"the worker ended before it told {event!r}")


@pytest.mark.parametrize("more", [[], ["--detach"]])
def test_a_queue_that_cannot_be_is_refused_before_a_worker_waits_for_its_jobs(
    queuectl: Program, more: list[str]
) -> None:
    refused = queuectl("worker", "start", "--queue", "video,audio", *more)

    assert refused.code == 2
    assert "'video,audio' is not usable" in refused.err
