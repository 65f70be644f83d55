"""Ids, ranges and filters mean the same to every verb; a dry run tells what would change."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from queuectl.exits import UsageProblem
from queuectl.moments import parse_past
from queuectl.selection import parse_ids
from queuectl_store import connect
from tests.cli.inprocess import Inside

VERBS: tuple[tuple[str, ...], ...] = (
    *(("cancel",), ("retry",), ("rerun",), ("hold",), ("release",), ("rm",)),
    *(("dlq", "retry"), ("dlq", "purge"), ("dlq", "add")),
)
FILTERS = ("--queue", "--name", "--tag", "--task", "--search", "--since", "--fingerprint")


@pytest.fixture
def jobs(inside: Inside) -> Inside:
    """Six jobs that differ in all that a filter looks at."""
    inside.must("enqueue", "--queue", "mail", "--tag", "a=1", "--name", "n", "--", "echo", "one")
    inside.must("enqueue", "--queue", "mail", "--tag", "a=2", "--", "echo", "two")
    inside.must("enqueue", '{"task": "mail.send"}')
    inside.must("enqueue", "--group", "g", "--", "true")
    inside.must("enqueue", "--hold", "--", "true")
    inside.must("enqueue", "--after", "1", "--", "true")
    return inside


def would(home: Inside, *words: str) -> Any:
    return home.must(*words, "--dry-run", "--json").document


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["1,3-4"], [1, 3, 4]),
        (["#2", "2", "2-3"], [2, 3]),
        (["--queue", "mail"], [1, 2]),
        (["--queue", "mail", "--tag", "a=2"], [2]),
        (["--name", "n"], [1]),
        (["--task", "mail.send"], [3]),
        (["--group", "g"], [4]),
        (["--search", "two"], [2]),
        (["--since", "1h", "--state", "held,blocked"], [5, 6]),
        (["--all"], [1, 2, 3, 4, 5, 6]),
    ],
)
def test_each_filter_means_its_jobs(jobs: Inside, words: list[str], ids: list[int]) -> None:
    assert would(jobs, "cancel", *words)["ids"] == ids


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_takes_ids_ranges_and_filters(jobs: Inside, verb: tuple[str, ...]) -> None:
    page = jobs.must(*verb, "--help").text

    assert all(f"{name} " in page for name in (*FILTERS, "--all", "--dry-run", "--yes"))
    for nothing in ([], ["1", "--queue", "mail"], ["--all", "--queue", "mail"], ["x"], ["9-5"]):
        assert jobs(*verb, *nothing).code == 2, nothing
    assert jobs(*verb, "--queue", "nothere").code == 3
    assert jobs(*verb, "77").code == 3


@pytest.mark.parametrize(
    ("look", "ids"),
    [
        (["list", "--tag", "a=1", "--json"], [1]),
        (["list", "--since", "1h", "--json"], range(6, 0, -1)),
    ],
)
def test_looking_takes_the_same_filters(jobs: Inside, look: list[str], ids: Any) -> None:
    assert [job["id"] for job in jobs.must(*look).documents] == list(ids)


def test_a_dry_run_tells_each_change_and_what_follows(jobs: Inside) -> None:
    before = jobs.must("list", "--json").out

    told = would(jobs, "cancel", "1", "77")

    assert told["would"] == "cancel"
    assert told["ids"] == [1]
    assert told["changes"] == [
        {"id": 1, "verb": "cancel", "state": "cancelled"},
        {"id": 6, "verb": "cancel", "state": "cancelled"},
    ]
    assert [refused["id"] for refused in told["refused"]] == [77]
    after = jobs.must("list", "--json").out
    assert without_ages(after) == without_ages(before)
    assert "and move 1 other;" in jobs.must("cancel", "1", "-n").err


def test_a_dry_run_that_would_touch_nothing_ends_as_the_deed_would(jobs: Inside) -> None:
    rehearsed, done = jobs("release", "1", "--dry-run"), jobs("release", "1")

    assert rehearsed.code == done.code == 4
    assert rehearsed.err.splitlines()[-1] == done.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        ([["cancel", "1"]], ["rm", "1"]),
        ([["cancel", "1"]], ["rerun", "1"]),
        ([], ["hold", "--all"]),
        ([], ["release", "--all"]),
        ([], ["edit", "1-3", "--priority", "high"]),
    ],
)
def test_what_was_rehearsed_is_what_is_done(
    jobs: Inside, prepare: list[list[str]], words: list[str]
) -> None:
    for step in prepare:
        jobs.must(*step)

    rehearsed = would(jobs, *words)
    with connect(str(jobs.db)) as store:
        mark = store.reader.newest_events(1).cursor
    done = jobs.must(*words, "--json").document

    assert rehearsed["ids"] == done["done"]
    assert rehearsed["refused"] == done["refused"]
    with connect(str(jobs.db)) as store:
        events = store.reader.feed(mark, limit=100).events
    told = [(each["id"], each["verb"], each["state"]) for each in rehearsed["changes"]]
    assert told == [(event.job_id, event.verb, event.state) for event in events]


def test_a_rehearsed_removal_keeps_the_output(inside: Inside) -> None:
    inside.must("run", "-q", "--", "echo", "kept")

    inside.must("rm", "1", "--dry-run")

    assert inside.must("logs", "1").out == b"kept\n"


def test_commas_and_ranges_are_read() -> None:
    wanted = parse_ids(["1,2", "5-9,#3"])

    assert (wanted.single, wanted.ranges) == ((1, 2, 3), ((5, 9),))
    with pytest.raises(UsageProblem, match="'' is not a job id"):
        parse_ids(["1,"])


NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC).astimezone()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("10m", lambda: NOW - timedelta(minutes=10)),
        ("2d", lambda: NOW - timedelta(days=2)),
        ("2026-03-01T10:00Z", lambda: datetime(2026, 3, 1, 10, tzinfo=UTC)),
        (f"{NOW:%H}:00", lambda: NOW),
        (f"{NOW + timedelta(hours=1):%H}:00", lambda: NOW - timedelta(hours=23)),
        (f"yesterday {NOW:%H}:00", lambda: NOW - timedelta(days=1)),
    ],
)
def test_the_past_is_read(text: str, moment: Callable[[], datetime]) -> None:
    assert parse_past(text, now=NOW) == moment()


def test_a_time_ahead_is_no_past() -> None:
    with pytest.raises(UsageProblem, match="lies ahead"):
        parse_past("2026-04-01T18:30Z", now=NOW)


def test_the_names_of_other_programs_are_understood(inside: Inside) -> None:
    inside.must("add", "--", "echo", "hello")

    assert inside.must("ls", "--json").out == inside.must("list", "--json").out
    assert inside.must("describe", "1", "--json").document["argv"] == ["echo", "hello"]
    assert inside.must("ps", "--json").document["counts"]["pending"] == 1
    assert inside.must("kill", "1").out == b"1\n"
    assert inside.must("delete", "1").out == b"1\n"
    assert inside.must("dlq", "ls", "--json").out == b""
    assert inside.must("queue", "ls").code == 0
    assert "Did you mean 'enqueue'?" in inside("enqueu", "true").err


def without_ages(lines: bytes) -> list[Any]:
    return [json.loads(line) for line in lines.splitlines()]
