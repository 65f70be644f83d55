"""Write the Grafana dashboard that ships with queuectl-metrics, panel by panel from this table."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "packages/queuectl-metrics/src/queuectl_metrics/grafana/queuectl.json"

JOB = 'job=~"$job"'
QUEUE = f'{JOB},queue=~"$queue"'
PENDING, DEAD = f'{QUEUE},state="pending"', f'{QUEUE},state="dead"'
OPEN = f'{QUEUE},state!~"succeeded|cancelled|dead"'
BUSY = f'{JOB},state="busy"'
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24
_ALL_QUANTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel: expressions with their legends, a unit of Grafana, and how it is drawn."""

    title: str
    about: str
    lines: Sequence[tuple[str, str]]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 8
    height: int = 8
    stacked: bool = False
    steps: Sequence[tuple[float | None, str]] = ((None, "green"),)


def most(name: str, labels: str, *, by: str) -> str:
    """Return what several exporters of one store agree on."""
    return f"max by ({by}) ({name}{{{labels}}})"


def total(name: str, labels: str, *, by: str = "", of: str = "job, queue") -> str:
    """Return what `most` says of each of *of*, added up by *by*."""
    return f"sum{f' by ({by}) ' if by else ''}({most(name, labels, by=of)})"


def rate(name: str, *, by: str) -> str:
    """Return a counter's rate a second; the labels that are not in *by* are added up."""
    whole = f"max by (job, queue, outcome, state) (rate({name}{{{QUEUE}}}[$__rate_interval]))"
    return f"sum by ({by}) ({whole})"


def grew(name: str, labels: str, *, by: str) -> str:
    """Return by how much a counter grew in one step."""
    return f"max by ({by}) (increase({name}{{{labels}}}[$__rate_interval]))"


def quantiles(name: str) -> list[tuple[str, str]]:
    """Return the median and two high quantiles of a histogram, over the chosen queues."""
    whole = f"max by (job, queue, outcome, le) (rate({name}_bucket{{{QUEUE}}}[$__rate_interval]))"
    return [
        (f"histogram_quantile({q}, sum by (le) ({whole}))", f"p{q * 100:g}") for q in _ALL_QUANTILES
    ]


SLOTS = "{} / {}".format(
    total("queuectl_worker_slots", BUSY, of="job"),
    total("queuectl_worker_slots", JOB, of="job, state"),
)
FAILED = 'sum(max by (job, queue, outcome) (rate(queuectl_attempts_total{%s,outcome=~"%s"}[%s])))'
RATIO = (
    FAILED % (QUEUE, "failed|crashed", "$__rate_interval")
    + " / ("
    + FAILED % (QUEUE, "succeeded|failed|crashed", "$__rate_interval")
    + " > 0)"
)

SECTIONS: Sequence[tuple[str, Sequence[Panel]]] = (
    (
        "Now",
        (
            Panel(
                title="Workers",
                about="Workers that are alive, on all hosts.",
                lines=[(total("queuectl_workers", JOB, of="job"), "")],
                kind="stat",
                width=4,
                height=4,
                steps=[(None, "red"), (1, "green")],
            ),
            Panel(
                title="Busy slots",
                about="Of all slots of the workers, those that run a job.",
                lines=[(SLOTS, "")],
                unit="percentunit",
                kind="stat",
                width=4,
                height=4,
            ),
            Panel(
                title="Pending",
                about="Jobs that a worker may take now.",
                lines=[(total("queuectl_jobs", PENDING), "")],
                kind="stat",
                width=4,
                height=4,
            ),
            Panel(
                title="Oldest pending",
                about="How long the oldest pending job could have run already.",
                lines=[(f"max(queuectl_oldest_pending_age_seconds{{{QUEUE}}})", "")],
                unit="s",
                kind="stat",
                width=4,
                height=4,
                steps=[(None, "green"), (300, "orange"), (900, "red")],
            ),
            Panel(
                title="Dead letters",
                about="Jobs that failed for good and wait for a person.",
                lines=[(total("queuectl_jobs", DEAD), "")],
                kind="stat",
                width=4,
                height=4,
                steps=[(None, "green"), (1, "orange")],
            ),
            Panel(
                title="Failing attempts",
                about="Of the attempts that succeeded, failed or crashed, the latter two.",
                lines=[(RATIO, "")],
                unit="percentunit",
                kind="stat",
                width=4,
                height=4,
                steps=[(None, "green"), (0.05, "orange"), (0.2, "red")],
            ),
        ),
    ),
    (
        "Throughput",
        (
            Panel(
                title="Enqueued",
                about="New jobs a second, by queue.",
                lines=[(rate("queuectl_jobs_enqueued_total", by="queue"), "{{queue}}")],
                unit="ops",
            ),
            Panel(
                title="Finished",
                about="Jobs that reached a final state, a second, by state.",
                lines=[(rate("queuectl_jobs_finished_total", by="state"), "{{state}}")],
                unit="ops",
                stacked=True,
            ),
            Panel(
                title="Attempts",
                about="Runs that ended, a second, by how they ended.",
                lines=[(rate("queuectl_attempts_total", by="outcome"), "{{outcome}}")],
                unit="ops",
                stacked=True,
            ),
        ),
    ),
    (
        "Time",
        (
            Panel(
                title="Wait",
                about="From when a job could start to the start of its attempt.",
                lines=quantiles("queuectl_job_wait_seconds"),
                unit="s",
            ),
            Panel(
                title="Run",
                about="How long attempts took.",
                lines=quantiles("queuectl_attempt_duration_seconds"),
                unit="s",
            ),
            Panel(
                title="Oldest pending job",
                about="How long the oldest pending job of each queue could have run already.",
                lines=[
                    (
                        most("queuectl_oldest_pending_age_seconds", QUEUE, by="queue"),
                        "{{queue}}",
                    )
                ],
                unit="s",
            ),
        ),
    ),
    (
        "Depth",
        (
            Panel(
                title="Jobs by state",
                about="Jobs that have not ended, by state.",
                lines=[
                    (
                        total("queuectl_jobs", OPEN, by="state", of="job, queue, state"),
                        "{{state}}",
                    )
                ],
                stacked=True,
            ),
            Panel(
                title="Pending by queue",
                about="Jobs that a worker may take now.",
                lines=[
                    (
                        f"sum by (queue) ({most('queuectl_jobs', PENDING, by='job, queue')})",
                        "{{queue}}",
                    )
                ],
                stacked=True,
            ),
            Panel(
                title="Paused queues",
                about="1 while a queue is paused.",
                lines=[(most("queuectl_queue_paused", QUEUE, by="queue"), "{{queue}}")],
            ),
        ),
    ),
    (
        "Failures",
        (
            Panel(
                title="Dead letters by queue",
                about="Jobs that failed for good and wait for a person.",
                lines=[
                    (
                        f"sum by (queue) ({most('queuectl_jobs', DEAD, by='job, queue')})",
                        "{{queue}}",
                    )
                ],
                stacked=True,
            ),
            Panel(
                title="Deaths and retries",
                about="Jobs that died, and attempts that failed and are tried again, a second.",
                lines=[
                    (rate("queuectl_jobs_dead_total", by="queue"), "{{queue}} died"),
                    (rate("queuectl_retries_total", by="queue"), "{{queue}} retried"),
                ],
                unit="ops",
            ),
            Panel(
                title="Vanished workers",
                about="Leases that ran out, results that came too late, and workers that vanished.",
                lines=[
                    (grew("queuectl_leases_expired_total", JOB, by="job"), "leases expired"),
                    (grew("queuectl_fenced_results_total", JOB, by="job"), "results refused"),
                    (grew("queuectl_worker_crashes_total", JOB, by="job"), "crashes"),
                ],
            ),
        ),
    ),
    (
        "Workers and schedules",
        (
            Panel(
                title="Slots",
                about="Slots of the workers that are alive.",
                lines=[
                    (
                        total("queuectl_worker_slots", JOB, by="state", of="job, state"),
                        "{{state}}",
                    )
                ],
                stacked=True,
            ),
            Panel(
                title="Overdue schedules",
                about="How long the next slot of each schedule is overdue.",
                lines=[(most("queuectl_schedule_lag_seconds", JOB, by="schedule"), "{{schedule}}")],
                unit="s",
            ),
            Panel(
                title="Since the last fire",
                about="How long ago each schedule made its latest job.",
                lines=[
                    (
                        "time() - "
                        + most("queuectl_schedule_last_fire_timestamp_seconds", JOB, by="schedule"),
                        "{{schedule}}",
                    )
                ],
                unit="s",
            ),
        ),
    ),
    (
        "Store",
        (
            Panel(
                title="Size",
                about="Bytes of the store, and of SQLite's log beside it.",
                lines=[
                    (most("queuectl_store_size_bytes", JOB, by="job"), "{{job}}"),
                    (most("queuectl_store_wal_size_bytes", JOB, by="job"), "{{job}} log"),
                ],
                unit="bytes",
            ),
            Panel(
                title="Free on its disk",
                about="Bytes that the disk of a SQLite store has left.",
                lines=[(f"min by (job) (queuectl_store_free_bytes{{{JOB}}})", "{{job}}")],
                unit="bytes",
            ),
            Panel(
                title="Scrapes",
                about="What a scrape costs, and errors of the store that the exporter met.",
                lines=[
                    (most("queuectl_scrape_duration_seconds", JOB, by="instance"), "{{instance}}"),
                    (
                        grew("queuectl_store_errors_total", JOB, by="instance"),
                        "{{instance}} errors",
                    ),
                ],
                unit="s",
            ),
        ),
    ),
)


def dashboard() -> dict[str, Any]:
    """Return the whole dashboard as Grafana imports it."""
    return {
        "__inputs": [
            {
                "name": "DS_PROMETHEUS",
                "label": "Prometheus",
                "description": "The Prometheus that scrapes QueueCTL.",
                "type": "datasource",
                "pluginId": "prometheus",
                "pluginName": "Prometheus",
            }
        ],
        "__requires": [
            {"type": "grafana", "id": "grafana", "name": "Grafana", "version": "10.0.0"},
            {"type": "datasource", "id": "prometheus", "name": "Prometheus", "version": "1.0.0"},
            {"type": "panel", "id": "timeseries", "name": "Time series", "version": ""},
            {"type": "panel", "id": "stat", "name": "Stat", "version": ""},
        ],
        "id": None,
        "uid": "queuectl",
        "title": "QueueCTL",
        "description": "Queues, workers, schedules and the store, of one or more QueueCTL stores.",
        "tags": ["queuectl"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": variables()},
        "annotations": {"list": []},
        "links": [],
        "panels": list(panels()),
    }


def variables() -> list[dict[str, Any]]:
    """Return what a person chooses at the top: the data source, the store, its queues."""
    source = {
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "current": {"text": "${DS_PROMETHEUS}", "value": "${DS_PROMETHEUS}"},
        "hide": 0,
        "refresh": 1,
    }
    return [
        source,
        _choice("job", "Job", "label_values(queuectl_info, job)"),
        _choice("queue", "Queue", 'label_values(queuectl_jobs{job=~"$job"}, queue)'),
    ]


def _choice(name: str, label: str, query: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": SOURCE,
        "definition": query,
        "query": {"query": query, "refId": f"variable-{name}"},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
        "hide": 0,
    }


def panels() -> Iterator[dict[str, Any]]:
    """Lay the sections out, a row each."""
    number, y = 0, 0
    for title, section in SECTIONS:
        number += 1
        place = {"h": 1, "w": WIDTH, "x": 0, "y": y}
        yield {
            "id": number,
            "type": "row",
            "title": title,
            "collapsed": False,
            "gridPos": place,
            "panels": [],
        }
        y, x = y + 1, 0
        for panel in section:
            number += 1
            place = {"h": panel.height, "w": panel.width, "x": x, "y": y}
            yield {"id": number, "gridPos": place, **drawn(panel)}
            x += panel.width
        y += max(panel.height for panel in section)


def drawn(panel: Panel) -> dict[str, Any]:
    """Return a panel without its place."""
    steps = [{"value": value, "color": color} for value, color in panel.steps]
    custom = {
        "fillOpacity": 10,
        "showPoints": "never",
        "stacking": {"mode": "normal" if panel.stacked else "none"},
    }
    options: dict[str, Any] = {
        "legend": {"displayMode": "list", "placement": "bottom"},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    if panel.kind == "stat":
        options = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value"}
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "targets": [
            {
                "refId": chr(ord("A") + n),
                "datasource": SOURCE,
                "expr": expression,
                "legendFormat": legend or "__auto",
            }
            for n, (expression, legend) in enumerate(panel.lines)
        ],
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "min": 0,
                "thresholds": {"mode": "absolute", "steps": steps},
                **({"custom": custom} if panel.kind == "timeseries" else {}),
            },
            "overrides": [],
        },
        "options": options,
    }


def text() -> str:
    """Return the file's text."""
    return json.dumps(dashboard(), indent=2) + "\n"


if __name__ == "__main__":
    PLACE.write_text(text(), encoding="utf-8")
    sys.exit(0)
