"""The demo over a pipe: everything that can happen to a job, within seconds."""

import re
import shlex
from pathlib import Path

from tests.cli.program import Program


def test_the_demo_shows_each_kind_of_end_and_what_to_try_next(queuectl: Program) -> None:
    result = queuectl.must("demo")

    text = result.text
    assert "\x1b" not in text
    for line in (
        r"call a busy server  retrying \(retry 1 of 3",
        r"call a busy server  succeeded",
        r"charge an account   dead \(attempt 2 of 2 failed: exit code 1",
        r"wait for a reply    dead \(attempt 1 of 1 failed: timed out after 2s",
        r"later               scheduled",
        r"12 jobs: 10 succeeded, 2 dead; 3 retries\.",
    ):
        assert re.search(line, text), line


def test_the_commands_that_the_demo_names_work(first_time: Program) -> None:
    lines = first_time.must("demo").text.splitlines()
    named = [words[words.index("--db") :] for words in map(shlex.split, lines) if "--db" in words]

    results = [first_time(*words) for words in named]

    assert [result.code for result in results] == [0, 0, 0]
    assert Path(named[0][1]).parent.stat().st_mode & 0o077 == 0
    assert not first_time.db.exists()


def test_the_demo_under_uv_names_commands_that_the_shell_can_call(queuectl: Program) -> None:
    """There `queuectl` is on the PATH of the demo, but not on that of the person's shell."""
    text = queuectl.must("demo", env={"UV_RUN_RECURSION_DEPTH": "1"}).text

    assert "\n  uv run queuectl --db " in text


def test_the_demo_starts_its_urgent_job_first_though_it_came_late(queuectl: Program) -> None:
    jobs = queuectl.must("demo", "--json").documents

    starts = {job["name"]: job["started_at"] for job in jobs}
    assert starts["urgent"] == min(starts.values())


def test_the_demo_prints_its_jobs_as_json(queuectl: Program) -> None:
    jobs = queuectl.must("demo", "--json").documents

    assert len(jobs) == 12
    assert {job["state"] for job in jobs} == {"succeeded", "dead"}
