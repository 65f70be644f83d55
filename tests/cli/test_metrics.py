"""`queuectl metrics`, for people, programs and spreadsheets."""

import csv
import io

from queuectl.numbers import sparkline
from tests.cli.program import Program


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


def test_a_stretch_that_there_is_not_is_refused(queuectl: Program) -> None:
    said = queuectl("metrics", "--over", "2d")

    assert said.code == 2
    assert "5m, 1h, 24h" in said.err


def test_a_worker_does_not_serve_metrics_without_a_permission(queuectl: Program) -> None:
    said = queuectl("worker", "start", "--burst", "--metrics-port", "0")

    assert said.code == 2
    assert "QUEUECTL_METRICS_TOKEN" in said.err


def test_a_sparkline_shows_the_most_in_full_and_some_above_none() -> None:
    assert sparkline([0, 1, 50, 100]) == "▁▂▅█"
    assert sparkline([0, 0]) == "▁▁"
