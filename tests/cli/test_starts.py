"""What looks at a SQLite store, and every help text, does without the slow libraries."""

import json
import os
import subprocess
import sys

import pytest

from queuectl.completion_table import COMMANDS
from tests.cli.program import Program

# Each takes longer to import than most reads take.
LIBRARIES = (
    *("alembic", "asyncio", "flask", "msgspec", "multiprocessing", "prometheus_client", "psutil"),
    *("psycopg", "sqlalchemy", "ssl", "textual"),
)
# Each is an avoidable part of a start.
SLOW = (
    *LIBRARIES,
    *("concurrent", "email", "hashlib", "logging", "platformdirs", "random", "secrets"),
    *("tempfile", "tomllib"),
)
# Of the worker's package looking needs the places of output alone.
WORKER = {f"queuectl_worker{each}" for each in ("", ".output", ".outputs", ".sources")}
# What a command line loads in a process of its own; a slow module is refused.
RUN = """
import json, os, sys

class Refuse:
    refused = None

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in SLOW:
            Refuse.refused = Refuse.refused or name
            raise ImportError(f"{name} is slow")

def run(words):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        sys.meta_path.insert(0, Refuse())
        try:
            from queuectl.app import run as program
            code = program(words)
            sys.stdout.flush()
        except ImportError:
            pass
        code = Refuse.refused or code
        os.write(write, json.dumps([code, [m for m in sys.modules if "queuectl" in m]]).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as said:
        told = said.read()
    os.waitpid(child, 0)
    return json.loads(told or '[-1, []]')

SLOW, lines = json.loads(sys.argv[1])
sys.stderr.write(json.dumps([run(line) for line in lines]))
"""
LOOKS = (
    *("status", "list", "ls --state dead,pending --tag a=b --search x", "list --json"),
    *("show 1", "show 1 --json", "why 1", "why 1 --json", "logs 1", "events", "events --json"),
    *("wait 2 --timeout 5s", "dlq list", "dlq list --group", "queue list", "worker list"),
    *("resource list", "config list", "config get queue"),
)
# What changes a SQLite store, and what runs its jobs.
ACTS = (
    *("hold 3", "release 3", "edit 3 --priority 2", "cancel 3", "rm 3", "dlq retry --all"),
    *("queue set default --concurrency 3", "queue pause default", "queue resume default"),
    *("resource set gpu 2", "config set grace 5s", "config unset grace"),
    *("schedule add tick --every 1h -- true", "schedule list", "schedule pause tick"),
    *("schedule resume tick", "schedule next tick", "schedule run tick", "schedule rm tick"),
    *("hook add told --command true", "hook list", "hook pause told", "hook rm told"),
    *(
        "doctor",
        "db stats",
        "db path",
        "db check",
        "prune --dry-run",
        "metrics --csv",
        "queue drain other",
    ),
    *("run -- true", "worker start --burst"),
)


def loaded(
    queuectl: Program, lines: list[list[str]], *, without: tuple[str, ...]
) -> list[tuple[int, set[str]]]:
    """Run each line in a process that cannot import some; return its code, or the name of such
    a module that it asked for, and our own modules."""
    ended = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps([without, lines])],
        capture_output=True,
        cwd=queuectl.folder,
        env={**queuectl.environ, "COLUMNS": "100"},
        check=True,
    )
    return [(code, set(modules)) for code, modules in json.loads(ended.stderr.splitlines()[-1])]


@pytest.mark.not_on("win32")
def test_looking_at_a_store_needs_no_slow_library(queuectl: Program) -> None:
    queuectl.must("enqueue", "--tag", "a=b", "--", "echo", "x")
    queuectl.must("enqueue", "--", "true")
    queuectl.must("cancel", "2")

    ran = loaded(queuectl, [line.split() for line in LOOKS], without=SLOW)

    codes = {line: code for line, (code, _) in zip(LOOKS, ran, strict=True)}
    assert codes == dict.fromkeys(LOOKS, 0) | {"wait 2 --timeout 5s": 130}
    for line, (_, modules) in zip(LOOKS, ran, strict=True):
        assert {name for name in modules if name.startswith("queuectl_worker")} <= WORKER, line


@pytest.mark.not_on("win32")
def test_changing_a_store_and_running_its_commands_need_no_slow_library(queuectl: Program) -> None:
    queuectl.must("enqueue", "--max-retries", "0", "--", "false")
    queuectl.must("worker", "start", "--burst")
    queuectl.must("enqueue", "--", "true")
    queuectl.must("enqueue", "--", "true")

    ran = loaded(queuectl, [line.split() for line in ACTS], without=LIBRARIES)

    assert {line: code for line, (code, _) in zip(ACTS, ran, strict=True) if code} == {}
    jobs = {job["id"]: job["state"] for job in queuectl.must("list", "--json").documents}
    assert jobs == {1: "dead", 2: "succeeded", 4: "succeeded", 5: "succeeded"}


@pytest.mark.not_on("win32")
def test_a_plain_enqueue_that_prints_the_job_needs_no_slow_library(queuectl: Program) -> None:
    [(code, _)] = loaded(queuectl, [["enqueue", "--json", "--", "true"]], without=LIBRARIES)

    assert code == 0
    assert len(queuectl.must("list", "--json").documents) == 1


@pytest.mark.not_on("win32")
def test_help_needs_no_slow_library(first_time: Program) -> None:
    ran = loaded(first_time, [[*path.split(), "--help"] for path in COMMANDS], without=LIBRARIES)

    assert {path: code for path, (code, _) in zip(COMMANDS, ran, strict=True) if code} == {}
    assert os.listdir(first_time.folder) == []
