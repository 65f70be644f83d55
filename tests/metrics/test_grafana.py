"""The Grafana dashboard: importable, made by its script, and of series that there are."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from queuectl_metrics.monitoring import grafana_dashboard, rule_file
from scripts import grafana
from tests.metrics.rules import run

DASHBOARD: dict[str, Any] = json.loads(grafana_dashboard())
# The series that the exporter promises; the dashboard and the rules are made of nothing else.
SERIES = {
    *("queuectl_jobs", "queuectl_jobs_enqueued_total", "queuectl_jobs_finished_total"),
    *("queuectl_jobs_dead_total", "queuectl_attempts_total", "queuectl_retries_total"),
    *("queuectl_attempt_duration_seconds_bucket", "queuectl_job_wait_seconds_bucket"),
    *("queuectl_oldest_pending_age_seconds", "queuectl_workers", "queuectl_worker_slots"),
    *("queuectl_leases_expired_total", "queuectl_fenced_results_total"),
    *("queuectl_worker_crashes_total", "queuectl_queue_paused", "queuectl_queue_served"),
    *("queuectl_queue_concurrency_limit", "queuectl_schedule_last_fire_timestamp_seconds"),
    *("queuectl_schedule_next_fire_timestamp_seconds", "queuectl_schedule_lag_seconds"),
    *("queuectl_schedule_missed_total", "queuectl_store_size_bytes"),
    *("queuectl_store_wal_size_bytes", "queuectl_store_free_bytes", "queuectl_store_up"),
    *(
        "queuectl_store_errors_total",
        "queuectl_labels_folded",
        "queuectl_scrape_duration_seconds",
        "queuectl_info",
    ),
}
NAME = re.compile(r"(?<![:\w])queuectl_\w+")


def expressions() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            yield target["expr"]


def test_it_is_what_its_script_writes() -> None:
    assert grafana_dashboard() == grafana.text()


def test_grafana_can_import_it() -> None:
    [source] = DASHBOARD["__inputs"]

    assert (source["name"], source["pluginId"]) == ("DS_PROMETHEUS", "prometheus")
    assert (DASHBOARD["id"], DASHBOARD["uid"], DASHBOARD["schemaVersion"]) == (None, "queuectl", 39)
    kinds = {each["id"] for each in DASHBOARD["__requires"] if each["type"] == "panel"}
    assert {panel["type"] for panel in DASHBOARD["panels"]} - {"row"} == kinds


def test_every_panel_has_a_place_of_its_own() -> None:
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]

    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) == grafana.WIDTH - 1
    assert len(set(numbers)) == len(numbers)


def test_every_panel_asks_the_chosen_source_for_the_chosen_store() -> None:
    for panel in DASHBOARD["panels"]:
        if panel["type"] == "row":
            continue
        assert panel["description"]
        assert panel["targets"]
        for target in panel["targets"]:
            assert target["datasource"] == panel["datasource"] == grafana.SOURCE
            # Each selector is of the chosen job.
            assert target["expr"].count("{") == target["expr"].count('job=~"$job"')


def test_the_variables_are_the_source_the_job_and_the_queue() -> None:
    named = [each["name"] for each in DASHBOARD["templating"]["list"]]

    assert named == ["datasource", "job", "queue"]


@pytest.mark.parametrize("text", ["dashboard", "recording.yml", "alerts.yml"])
def test_every_series_is_one_that_is_promised(text: str) -> None:
    lines = "\n".join(expressions()) if text == "dashboard" else rule_file(text)
    # What the recording rules make has colons in its name.
    own = re.sub(r"\w+:[\w:]+", "", re.sub(r"#.*", "", lines))

    assert set(NAME.findall(own)) <= SERIES


def test_promtool_reads_every_expression(promtool: str, tmp_path: Path) -> None:
    rules = [
        {"record": f"panel:{n}", "expr": expression.replace("$__rate_interval", "1m")}
        for n, expression in enumerate(expressions())
    ]
    place = tmp_path / "panels.yml"
    place.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))

    assert f"SUCCESS: {len(rules)} rules found" in run(promtool, "check", "rules", place)
