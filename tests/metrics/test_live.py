"""A real Prometheus looks at running stores: what it counts is true, and each alert fires.

One server scrapes five stores once a second: `busy` has a worker, `idle` has none, `pg` is on
PostgreSQL, `gone` loses its exporter, and `many` gets more queues than can be told in a moment, so
that one is scraped more rarely. The rules are those that ship, with shorter times.
"""

import json
import os
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from shutil import disk_usage
from typing import Any

import pytest

from queuectl_metrics.monitoring import RULE_FILES, grafana_dashboard, rule_file
from queuectl_store import NewJob, NewWorker, Shell, Succeeded, connect
from queuectl_store.outcome import Finish
from tests.cli.program import Program
from tests.metrics import prometheus as servers
from tests.metrics.prometheus import Prometheus
from tests.metrics.rules import alerts, hurry, run
from tests.metrics.system import Exporter, enter, exporters, home, process
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32")

WITHIN_S = 60.0
ROOM = 400 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that runs. *floor* is how many free bytes are too few."""

    prometheus: Prometheus
    busy: Program
    idle: Program
    many: Program
    pg: Program
    pg_url: str
    gone: Exporter
    exporters: dict[str, Exporter]

    def fires(self, name: str, job: str, **labels: str) -> dict[str, Any]:
        """Wait for an alert with these labels, and return it."""
        wanted = {"alertname": name, "job": job, **labels}

        def found() -> dict[str, Any] | None:
            for alert in self.prometheus.alerts():
                if alert["state"] == "firing" and wanted.items() <= alert["labels"].items():
                    return alert
            return None

        what = f"{name} of {job} to fire"
        alert = eventually(found, within=WITHIN_S, what=what)
        assert alert is not None
        words = alert["annotations"]
        assert "error" not in words["description"].partition(":")[0]
        assert "<no value>" not in words["summary"] + words["description"]
        return alert

    def ends(self, name: str, job: str, **labels: str) -> None:
        """Wait until no such alert fires any more."""
        wanted = {"alertname": name, "job": job, **labels}

        def is_over() -> bool:
            return not any(
                alert["state"] == "firing" and wanted.items() <= alert["labels"].items()
                for alert in self.prometheus.alerts()
            )

        eventually(is_over, within=WITHIN_S, what=f"{name} of {job} to end")

    def metrics(self, job: str) -> bytes:
        """Return what an exporter says now."""
        with urllib.request.urlopen(f"http://{self.exporters[job].target}/metrics") as answer:
            return bytes(answer.read())


@pytest.fixture(scope="module")
def scene(
    tmp_path_factory: pytest.TempPathFactory, prometheus_program: str, postgres_server: Any
) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("live")
    pg_url = postgres_server.create_database()
    homes = {name: home(folder / name) for name in ("busy", "idle", "many", "gone")}
    homes["pg"] = home(folder / "pg", QUEUECTL_DB=pg_url)
    floor = disk_usage(folder).free - ROOM // 2
    rules = [folder / name for name in RULE_FILES]
    for path in rules:
        path.write_text(hurry(rule_file(path.name), free_bytes=floor), encoding="utf-8")
    with ExitStack() as stack:
        enter(stack, homes["busy"], "worker", "start", "-q", "--queue", "mail", "--queue", "slow")
        found = exporters(stack, homes)
        targets = {f"queuectl-{name}": [each.target] for name, each in found.items()}
        server = stack.enter_context(
            servers.running(
                prometheus_program,
                folder / "prometheus",
                targets=targets,
                rules=rules,
                unhurried=["queuectl-many"],
            )
        )
        eventually(
            lambda: server.value("count(up == 1)") == len(targets),
            within=WITHIN_S,
            what="every exporter to be scraped",
        )
        yield Scene(
            prometheus=server,
            busy=homes["busy"],
            idle=homes["idle"],
            many=homes["many"],
            pg=homes["pg"],
            pg_url=pg_url,
            gone=found["gone"],
            exporters=found,
        )
    postgres_server.drop_database(pg_url)


BUSY = "queuectl-busy"


def test_a_quiet_system_fires_nothing(scene: Scene) -> None:
    """Looked at once every rule was evaluated several times over living series."""

    def seen() -> bool:
        rules = scene.prometheus.rules()
        counted = scene.prometheus.value(f'count_over_time(up{{job="{BUSY}"}}[1m])')
        return all(rule["health"] == "ok" for rule in rules) and (counted or 0) > 4

    eventually(seen, within=WITHIN_S, what="every rule to be evaluated")

    # A scrape may come too late on a busy machine; the next one is there within a second.
    eventually(lambda: scene.prometheus.firing() == {}, within=20, what="no alert to fire")


def test_promtool_finds_nothing_to_say_of_the_metrics(scene: Scene, promtool: str) -> None:
    scene.busy.must("enqueue", "--queue", "mail", "true")
    scene.busy.must("wait", "1")

    assert run(promtool, "check", "metrics", stdin=scene.metrics("busy")) == ""


def test_queries_return_what_a_full_count_of_the_store_gives(scene: Scene) -> None:
    text = b"true\n" * 30 + b"exit 3\n" * 5
    scene.busy.must(
        *("enqueue", "--queue", "slow", "--max-retries", "1", "--backoff-max", "0", "--from", "-"),
        stdin=text,
    )
    scene.busy.must("enqueue", "--queue", "later", "--delay", "1h", "true")
    scene.busy("wait", "--queue", "slow", "--timeout", "50s")

    with closing(sqlite3.connect(scene.busy.db)) as store:
        jobs = dict(_rows(store, "SELECT queue || '/' || state, count(*) FROM queuectl_jobs"))
        attempts = dict(
            _rows(
                store,
                "SELECT j.queue || '/' || a.state, count(*) FROM queuectl_attempts a"
                " JOIN queuectl_jobs j ON j.id = a.job_id",
            )
        )
        enqueued = dict(_rows(store, "SELECT queue, count(*) FROM queuectl_jobs"))
    assert attempts["slow/failed"] == 10

    def equal() -> bool:
        ask = scene.prometheus.query
        return (
            _by(ask(f'queuectl_jobs{{job="{BUSY}"}} > 0'), "queue", "state") == jobs
            and _by(ask(f'queuectl_attempts_total{{job="{BUSY}"}} > 0'), "queue", "outcome")
            == attempts
            and _by(ask(f'queuectl_jobs_enqueued_total{{job="{BUSY}"}}'), "queue") == enqueued
        )

    eventually(equal, within=20, what="the queries to say what the store holds")
    runs = f'sum(queuectl_attempt_duration_seconds_count{{job="{BUSY}",queue="slow"}})'
    waits = f'sum(queuectl_job_wait_seconds_count{{job="{BUSY}",queue="slow"}})'
    retries = f'queuectl_retries_total{{job="{BUSY}",queue="slow"}}'
    dead = f'queuectl_jobs_dead_total{{job="{BUSY}",queue="slow"}}'
    assert [scene.prometheus.value(each) for each in (runs, waits, retries, dead)] == [40, 40, 5, 5]


def _rows(store: sqlite3.Connection, text: str) -> Iterator[tuple[str, int]]:
    yield from store.execute(f"{text} GROUP BY 1")


def _by(samples: list[dict[str, Any]], *labels: str) -> dict[str, float]:
    return {
        "/".join(sample["metric"][label] for label in labels): float(sample["value"][1])
        for sample in samples
    }


# The incidents. Each leaves its store as the others need it.


def test_scrape_down(scene: Scene) -> None:
    scene.gone.server.terminate()

    alert = scene.fires("QueuectlScrapeDown", "queuectl-gone")

    assert scene.gone.target in alert["annotations"]["description"]


def test_no_workers_and_old_jobs_and_an_overdue_schedule(scene: Scene) -> None:
    """In a store without a worker they come together."""
    idle = "queuectl-idle"
    scene.idle.must("enqueue", "--queue", "mail", "true")
    scene.idle.must("schedule", "add", "often", "--every", "1s", "--", "true")

    scene.fires("QueuectlNoWorkers", idle)
    scene.fires("QueuectlOldestJobTooOld", idle, queue="mail")
    scene.fires("QueuectlScheduleMissed", idle, schedule="often")
    with process(scene.idle, "worker", "start", "-q"):
        scene.ends("QueuectlNoWorkers", idle)
        scene.ends("QueuectlOldestJobTooOld", idle, queue="mail")
        scene.idle.must("schedule", "rm", "often")
        scene.ends("QueuectlScheduleMissed", idle, schedule="often")


def test_backlog_grows_and_a_paused_queue_is_not_told_so(scene: Scene) -> None:
    """Nobody works here either: jobs come in, and none is done."""
    idle = "queuectl-idle"
    scene.idle.must("queue", "pause", "paused")

    def more() -> bool:
        for queue in ("video", "paused"):
            scene.idle.must("enqueue", "--queue", queue, "--from", "-", stdin=b"true\n" * 60)
        return any(
            alert["labels"]["alertname"] == "QueuectlBacklogGrows" and alert["state"] == "firing"
            for alert in scene.prometheus.alerts()
        )

    eventually(more, within=WITHIN_S, what="the backlog to be noticed")
    scene.fires("QueuectlQueuePaused", idle, queue="paused")
    told = scene.prometheus.by("queue", f'ALERTS{{alertname="QueuectlBacklogGrows",job="{idle}"}}')
    assert told.keys() == {"video"}


def test_queue_not_served(scene: Scene) -> None:
    scene.busy.must("enqueue", "--queue", "gpu", "true")

    scene.fires("QueuectlQueueNotServed", BUSY, queue="gpu")

    scene.busy.must("cancel", "--queue", "gpu", "--yes")
    scene.ends("QueuectlQueueNotServed", BUSY, queue="gpu")


def test_failure_ratio_and_dead_letters(scene: Scene) -> None:
    words = ("enqueue", "--queue", "mail", "--max-retries", "0", "--from", "-")

    def failing() -> bool:
        scene.busy.must(*words, stdin=b"exit 3\n" * 10)
        alert = scene.prometheus.firing().get("QueuectlFailureRatioHigh")
        return alert is not None

    eventually(failing, within=WITHIN_S, what="the failures to be noticed")
    scene.fires("QueuectlDeadLetters", BUSY, queue="mail")


def test_leases_expire_and_a_late_result_is_refused(scene: Scene) -> None:
    """A worker that claims a job and falls silent; the other one takes it over."""
    with connect(str(scene.busy.db)) as store:
        silent = NewWorker(
            host="away", pid=1, concurrency=1, queues=("lost",), lease_ms=3_000, version="0"
        )
        store.enqueue([NewJob(work=Shell(script="true"), queue="lost")])
        worker_id = store.register(silent)
        [claim] = store.claim(worker_id, limit=1, queues=("lost",))

        scene.fires("QueuectlLeasesExpire", BUSY)
        [late] = store.finish(worker_id, [Finish(claim=claim, outcome=Succeeded())])

    assert late.claim.job.id == claim.job.id
    scene.fires("QueuectlResultsRefused", BUSY)


def test_store_nearly_full(scene: Scene) -> None:
    """A file is made beside the store that takes more room than the rules leave."""
    large = scene.busy.folder / "large"
    with large.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, ROOM)
    try:
        scene.fires("QueuectlStoreNearlyFull", BUSY)
    finally:
        large.unlink()


def test_store_unreadable(scene: Scene, postgres_server: Any) -> None:
    pending = 'sum(queuectl_jobs{job="queuectl-pg",state="pending"})'
    scene.pg.must("enqueue", "--from", "-", stdin=b"true\n" * 5)
    eventually(lambda: scene.prometheus.value(pending), within=20, what="jobs to be seen")

    postgres_server.drop_database(scene.pg_url)

    scene.fires("QueuectlStoreUnreadable", "queuectl-pg")


def test_names_folded(scene: Scene) -> None:
    lines = [json.dumps({"command": "true", "queue": f"customer-{n}"}) for n in range(210)]
    scene.many.must("enqueue", "--from", "-", stdin="\n".join(lines).encode())

    scene.fires("QueuectlNamesFolded", "queuectl-many", label="queue")


def test_every_alert_was_made_to_fire(scene: Scene) -> None:
    """After the incidents above: a new alert needs one of its own."""
    fired = scene.prometheus.by(
        "alertname", 'max by (alertname) (max_over_time(ALERTS{alertstate="firing"}[1h]))'
    )

    assert fired.keys() == {alert["alert"] for alert in alerts()}


def test_every_panel_of_the_dashboard_has_data(scene: Scene) -> None:
    """After all that happened: no expression may be about a series that is never there."""
    scene.busy.must("schedule", "add", "tick", "--every", "1s", "--queue", "mail", "--", "true")
    fired = f'queuectl_schedule_last_fire_timestamp_seconds{{job="{BUSY}"}}'
    eventually(lambda: scene.prometheus.value(fired), within=WITHIN_S, what="a schedule to fire")
    chosen = {"$job": "queuectl-.*", "$queue": ".*", "$__rate_interval": "5m"}
    empty = []
    for panel in json.loads(grafana_dashboard())["panels"]:
        for target in panel.get("targets", []):
            expression = target["expr"]
            for name, value in chosen.items():
                expression = expression.replace(name, value)
            if not scene.prometheus.query(expression):
                empty.append((panel["title"], target["refId"]))

    assert empty == []
