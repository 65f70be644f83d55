"""`queuectl events`: the whole log by cursors, and the log as it grows."""

import json
import signal
import subprocess

import pytest

from tests.cli.program import Program
from tests.waiting import eventually

FIELDS = ["cursor", "at", "job", "verb", "state", "attempt", "worker", "note"]


def test_every_event_is_a_line_and_its_cursor_goes_on_after_it(queuectl: Program) -> None:
    queuectl.must("enqueue", "--", "true")
    queuectl.must("worker", "start", "--burst", "--quiet")
    queuectl.must("enqueue", "--hold", "--", "true")

    events = queuectl.must("events", "--since", "start", "--json").documents
    rest = queuectl.must("events", "--since", events[1]["cursor"], "--json").documents

    assert [list(event) for event in events] == [FIELDS] * 4
    told = [(event["job"], event["verb"], event["state"]) for event in events]
    assert told == [
        (1, "enqueue", "pending"),
        (1, "claim", "running"),
        (1, "succeed", "succeeded"),
        (2, "enqueue", "held"),
    ]
    assert rest == events[2:]


def test_a_pipe_gets_the_newest_as_rows(queuectl: Program) -> None:
    for _ in range(3):
        queuectl.must("enqueue", "--", "true")

    lines = queuectl.must("events", "--tail", "2").text.splitlines()

    assert [line.split("\t")[1:] for line in lines] == [
        ["2", "enqueue", "pending", "0", "", ""],
        ["3", "enqueue", "pending", "0", "", ""],
    ]


@pytest.mark.not_on("win32")
def test_a_follower_tells_what_happens_and_ends_at_ctrl_c_with_whole_lines(
    queuectl: Program,
) -> None:
    queuectl.must("enqueue", "--", "true")
    with queuectl.start("events", "-f", "--json", "--tail", "1") as follower:
        first = next_line(follower)
        queuectl.must("cancel", "1")
        second = next_line(follower)
        follower.send_signal(signal.SIGINT)
        rest, told = follower.communicate(timeout=30)

    assert (first["verb"], second["verb"]) == ("enqueue", "cancel")
    assert (rest, told, follower.returncode) == (b"", b"", 130)


def test_what_is_no_cursor_is_a_usage_error(queuectl: Program) -> None:
    queuectl.must("enqueue", "--", "true")

    refused = queuectl("events", "--since", "yesterday")

    assert refused.code == 2
    assert "is not a cursor" in refused.err


def test_a_cursor_from_before_the_pruned_part_says_so(queuectl: Program) -> None:
    queuectl.must("enqueue", "--", "true")
    (event,) = queuectl.must("events", "--json").documents
    queuectl.must("cancel", "1")
    queuectl.must("prune", "--older-than", "0", "--yes")

    result = queuectl.must("events", "--since", event["cursor"], "--json")

    assert result.out == b""
    assert "were pruned unread" in result.err


def next_line(follower: "subprocess.Popen[bytes]") -> dict[str, object]:
    assert follower.stdout is not None
    line = eventually(follower.stdout.readline, within=30, what="a line")
    document: dict[str, object] = json.loads(line)
    return document
