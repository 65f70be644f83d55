"""`queuectl metrics`, for people, programs and spreadsheets."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from queuectl.exporting import Place, check_place, known_token
from queuectl.numbers import document, sparkline
from queuectl.numbers import lines as numbers
from queuectl_store import ManualClock, NewJob, Shell, connect
from tests.cli.program import Program
from tests.cli.terminal import on_terminal


def test_people_see_every_queue_and_programs_every_stretch(queuectl: Program) -> None:
    queuectl.must("enqueue", "--queue", "mail", "--", "true")

    shown = queuectl.must("metrics").text
    told = queuectl.must("metrics", "--json").documents

    assert "queue mail" in shown
    assert {(each["by"], each["over"]) for each in told} == {
        (by, over) for by in ("store", "queue", "task") for over in ("5m", "1h", "24h")
    }
    assert {each["enqueued"] for each in told} == {1}


def test_a_spreadsheet_gets_a_heading_and_a_row_each(queuectl: Program) -> None:
    queuectl.must("enqueue", "--", "true")

    rows = list(csv.DictReader(io.StringIO(queuectl.must("metrics", "--csv").text)))

    assert [row["over"] for row in rows if row["by"] == "queue"] == ["5m", "1h", "24h"]
    assert rows[0]["enqueued"] == "1"
    assert rows[0]["run_p95"] == ""


@pytest.mark.not_on("win")
@pytest.mark.parametrize(
    ("columns", "there", "left_out"),
    [
        (80, {"WHAT", "ENDED", "DEAD", "WAIT p95", "RUN p95"}, {"RETRIED", "WAIT p99", "BY TIME"}),
        (110, {"PER SECOND", "RETRIED", "RUN p50"}, {"BY TIME"}),
        (200, {"RETRIED", "WAIT p99", "RUN p99", "BY TIME"}, set()),
    ],
)
def test_a_narrow_screen_does_without_some_columns(
    queuectl: Program, columns: int, there: set[str], left_out: set[str]
) -> None:
    """Rather than with lines that are broken, whose headings say nothing."""
    queuectl.must("enqueue", "--queue", "a-queue-with-a-long-name", "--", "true")

    _, shown = on_terminal(queuectl, "--no-color", "metrics", columns=columns)

    lines = shown.splitlines()
    assert max(map(len, lines)) <= columns
    assert {word for word in there | left_out if word in lines[0]} == there


def test_a_store_that_stands_still_is_told_of(tmp_path: Path) -> None:
    """A table without its first row would read as one that was cut."""
    clock = ManualClock()
    with connect(str(tmp_path / "queue.db"), clock=clock) as store:
        store.enqueue([NewJob(work=Shell(script="true"))])
        clock.advance(ms=600_000)

        told = [document(line) for line in numbers(store, over=["5m", "1h"])]

    assert [(each["by"], each["over"], each["enqueued"]) for each in told][:2] == [
        ("store", "5m", 0),
        ("store", "1h", 1),
    ]


def test_a_stretch_that_there_is_not_is_refused(queuectl: Program) -> None:
    said = queuectl("metrics", "--over", "2d")

    assert said.code == 2
    assert "5m, 1h, 24h" in said.err


def test_a_worker_does_not_serve_metrics_without_a_permission(queuectl: Program) -> None:
    said = queuectl("worker", "start", "--burst", "--metrics-port", "0")

    assert said.code == 2
    assert "QUEUECTL_METRICS_TOKEN" in said.err


@pytest.mark.parametrize("command", ["metrics serve", "worker start --burst --metrics-port 0"])
@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "queue.lan", ""])
def test_a_token_is_not_sent_over_a_network_without_a_permission(
    queuectl: Program, command: str, host: str
) -> None:
    with_token = replace(queuectl, variables={"QUEUECTL_METRICS_TOKEN": "secret"})
    prefix = "--metrics-" if command.startswith("worker") else "--"

    said = with_token(*command.split(), f"{prefix}host", host)

    assert said.code == 2
    assert f"{prefix}allow-plain" in said.err


def test_a_worker_takes_the_token_from_a_file(
    queuectl: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("secret\n")
    variables = {"QUEUECTL_METRICS_TOKEN_FILE": str(file)}
    monkeypatch.setenv(*next(iter(variables.items())))

    assert known_token() == "secret"
    replace(queuectl, variables=variables).must("worker", "start", "--burst", "--metrics-port", "0")


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_without_a_token_is_told(
    queuectl: Program, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with_file = replace(queuectl, variables={"QUEUECTL_METRICS_TOKEN_FILE": str(file)})

    said = with_file("metrics", "serve", "--port", "0")

    assert said.code == 2
    assert str(file) in said.err


def test_what_is_public_or_allowed_may_listen_to_a_network() -> None:
    check_place(Place("0.0.0.0", public=True))
    check_place(Place("0.0.0.0", plain=True))
    check_place(Place("127.0.0.5"))
    check_place(Place("::1"))


def test_a_sparkline_shows_the_most_in_full_and_some_above_none() -> None:
    assert sparkline([0, 1, 50, 100]) == "▁▂▅█"
    assert sparkline([0, 0]) == "▁▁"
