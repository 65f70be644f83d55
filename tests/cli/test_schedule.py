"""`queuectl schedule`, as it is typed."""

from datetime import datetime
from pathlib import Path

import pytest

from queuectl.zones import local_zone
from tests.cli.program import Program
from tests.waiting import eventually


def test_the_life_of_a_schedule(queuectl: Program) -> None:
    added = queuectl.must(
        *("schedule", "add", "backup", "--cron", "30 1 * * *", "--tz", "Europe/London"),
        *("--overlap", "skip", "--priority", "high", "--tag", "a=b", "--", "echo", "-n", "--", "x"),
    )
    [listed] = queuectl.must("schedule", "list", "--json").documents
    shown = queuectl.must("schedule", "list").text

    assert added.text == "backup\n"
    assert "fires next at" in added.err
    assert listed["description"] == "At 01:30 every day"
    assert listed["tz"] == "Europe/London"
    assert (listed["missed"], listed["window"], listed["overlap"]) == ("last", 86400.0, "skip")
    assert listed["job"]["argv"] == ["echo", "-n", "--", "x"]
    assert (listed["job"]["priority"], listed["job"]["tags"]) == (10, {"a": "b"})
    assert listed["job"]["cwd"] == str(queuectl.folder)
    assert "At 01:30 every day (Europe/London)" in shown
    assert "(in " in shown

    next_times = queuectl.must("schedule", "next", "backup", "-n", "2").text.splitlines()
    assert [datetime.fromisoformat(line).hour for line in next_times] == [1, 1]

    job_id = int(queuectl.must("schedule", "run", "backup").text)
    assert queuectl.job(job_id)["tags"] == {"a": "b", "schedule": "backup"}
    again = queuectl("schedule", "run", "backup")
    assert (again.code, "is pending" in again.err) == (4, True)

    edited = queuectl.must(
        *("schedule", "edit", "backup", "--every", "10m", "--timeout", "1h", "--json", "true")
    ).document
    assert (edited["cron"], edited["every"], edited["revision"]) == (None, 600.0, 1)
    assert (edited["job"]["command"], edited["job"]["timeout"]) == ("true", 3600.0)
    assert edited["job"]["priority"] == 10

    assert queuectl.must("schedule", "pause", "backup", "--json").document["paused"]
    assert "paused" in queuectl.must("schedule", "show", "backup").text
    assert not queuectl.must("schedule", "resume", "backup", "--json").document["paused"]
    [slot] = queuectl.must("schedule", "show", "backup", "--json").document["slots"]
    assert (slot["outcome"], slot["job"]) == ("manual", job_id)

    assert queuectl.must("schedule", "rm", "backup", "--json").document == {"removed": "backup"}
    assert queuectl.must("schedule", "list", "--json").documents == []


@pytest.mark.parametrize(
    "words",
    [
        ["tick", "--every", "1h", "--", "echo", "--json"],
        ["--every", "1h", "tick", "--", "echo", "--json"],
        ["--every=1h", "--", "tick", "echo", "--json"],
        ["tick", "--every", "1h", "echo", "--json"],
    ],
)
def test_the_name_stands_before_or_after_the_options(queuectl: Program, words: list[str]) -> None:
    queuectl.must("schedule", "add", *words)

    [listed] = queuectl.must("schedule", "list", "--json").documents
    assert (listed["name"], listed["every"]) == ("tick", 3600.0)
    assert listed["job"]["command"] == ("echo -- --json" if words[-2] == "--" else "echo --json")


def test_a_worker_makes_and_runs_the_jobs_of_a_schedule(queuectl: Program) -> None:
    queuectl.must(
        *("schedule", "add", "tick", "--every", "1s", "--", "sh", "-c"),
        'echo "$QUEUECTL_SCHEDULE $QUEUECTL_SLOT" >> ticks',
    )
    ticks = queuectl.folder / "ticks"
    worker = queuectl.start("worker", "start", "--concurrency", "1")
    try:
        wait_for_lines(ticks, 3)
    finally:
        worker.terminate()
        worker.communicate(timeout=60)

    lines = [line.split() for line in ticks.read_text().splitlines()]
    slots = [datetime.fromisoformat(slot) for _, slot in lines]
    assert {name for name, _ in lines} == {"tick"}
    assert len(set(slots)) == len(slots)


def wait_for_lines(file: Path, count: int) -> None:

    eventually(
        lambda: file.exists() and len(file.read_text().splitlines()) >= count,
        within=60,
        what=f"{count} ticks",
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["add"], 2, "name the schedule"),
        (["add", "x"], 2, "--cron EXPR or --every TIME"),
        (["add", "x", "true"], 2, "--cron EXPR or --every TIME"),
        (["add", "x", "--every", "5m"], 2, "no command"),
        (["add", "x", "--every", "soon", "true"], 2, "soon"),
        (["add", "x", "--every", "0", "true"], 2, "from 1 second"),
        (["add", "x", "--every", "5m", "--cron", "@daily", "true"], 2, "exclude each other"),
        (["add", "x", "--every", "5m", "--at", "18:30", "true"], 2, "--at"),
        (["add", "x", "--cron", "bad", "true"], 2, "is not cron"),
        (["add", "x", "--cron", "61 * * * *", "true"], 2, "'61 * * * *' cannot be read"),
        (["add", "x", "--cron", "0 0 31 2 *", "true"], 2, "day-of-month"),
        (["add", "x", "--cron", "@daily", "--tz", "Europe/Berlim", "true"], 2, "'Europe/Berlin'"),
        (["add", "x", "--every", "5m", "--missed", "never", "true"], 2, "skip, last, all"),
        (["add", "x", "--every", "5m", "--overlap", "never", "true"], 2, "allow, skip, queue"),
        (["add", "x", "--every", "5m", "--window", "never", "true"], 2, "never"),
        (["add", "two words", "--every", "5m", "true"], 2, "is not usable"),
        (["add", "x", "--every", "5m", "--queue", "a b", "true"], 2, "a b"),
        (["edit", "x"], 2, "say what to change"),
        (["add", "x", "--every", "5m", "--delay", "soon", "true"], 2, "soon"),
        (["edit", "x", "--env-all"], 2, "--env-all cannot be edited"),
        (["edit", "x", "--every", "5m"], 3, "no schedule 'x'"),
        (["show", "x"], 3, "no schedule 'x'"),
        (["next", "x"], 3, "no schedule 'x'"),
        (["next", "x", "-n", "0"], 2, "-n"),
        (["run", "x"], 3, "no schedule 'x'"),
        (["pause", "x"], 3, "no schedule 'x'"),
        (["resume", "x"], 3, "no schedule 'x'"),
        (["rm", "x"], 3, "no schedule 'x'"),
    ],
)
def test_bad_input_is_one_line_and_changes_nothing(
    queuectl: Program, words: list[str], code: int, said: str
) -> None:
    result = queuectl("schedule", *words)

    assert result.code == code, result
    assert result.out == b""
    assert result.err.startswith("queuectl: ")
    assert len(result.err.splitlines()) <= 2
    assert said in result.err
    assert queuectl.must("schedule", "list", "--json").documents == []


def test_a_name_is_given_once(queuectl: Program) -> None:
    queuectl.must("schedule", "add", "x", "--every", "5m", "true")

    again = queuectl("schedule", "add", "x", "--every", "5m", "true")

    assert (again.code, "'x' already" in again.err) == (4, True)


@pytest.mark.not_on("win32")
def test_the_local_zone_is_the_variable_or_what_the_system_says(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/America/Argentina/Buenos_Aires")
    odd = tmp_path / "odd"
    odd.write_bytes(b"TZif")

    assert local_zone({"TZ": ":Asia/Tokyo"}, link=link) == "Asia/Tokyo"
    assert local_zone({}, link=link) == "America/Argentina/Buenos_Aires"
    assert local_zone({"TZ": "EST5EDT4"}, link=link) is None
    assert local_zone({}, link=odd) is None
    assert local_zone({}, link=tmp_path / "missing") is None


def test_an_edit_refuses_a_time_and_takes_a_folder_from_here(queuectl: Program) -> None:
    queuectl.must("schedule", "add", "x", "--every", "5m", "true")
    below = queuectl.folder / "below"
    below.mkdir()

    refused = queuectl("schedule", "edit", "x", "--at", "18:30")
    edited = queuectl.must(
        "schedule", "edit", "x", "--cwd", "a", "--slots", "2", "--json", cwd=below
    ).document

    assert (refused.code, "--at cannot be edited" in refused.err) == (2, True)
    assert edited["job"]["cwd"] == str(below / "a")
    assert edited["revision"] == 1
