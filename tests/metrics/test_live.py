"""A real Prometheus looks at running stores: what it counts is true, and each alert fires.

One server scrapes four stores once a second: `busy` has a worker, `idle` has none, `pg` is on
PostgreSQL, and `gone` loses its exporter. The rules are those that ship, with shorter times.
"""

import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from shutil import disk_usage
from typing import Any

import pytest

from queuectl_metrics.monitoring import RULE_FILES, rule_file
from tests.cli.program import Program
from tests.metrics import prometheus as servers
from tests.metrics.prometheus import Prometheus
from tests.metrics.rules import hurry, run
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
    homes = {name: home(folder / name) for name in ("busy", "idle", "gone")}
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
            servers.running(prometheus_program, folder / "prometheus", targets=targets, rules=rules)
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
            pg=homes["pg"],
            pg_url=pg_url,
            gone=found["gone"],
            exporters=found,
        )
    postgres_server.drop_database(pg_url)


BUSY = "queuectl-busy"


def test_every_rule_is_evaluated(scene: Scene) -> None:
    def health() -> set[str]:
        return {rule["health"] for rule in scene.prometheus.rules()} - {"unknown"}

    eventually(health, within=WITHIN_S, what="the rules to be evaluated")

    assert health() == {"ok"}


def test_promtool_finds_nothing_to_say_of_the_metrics(scene: Scene, promtool: str) -> None:
    scene.busy.must("enqueue", "--queue", "mail", "true")
    scene.busy.must("wait", "1")

    assert run(promtool, "check", "metrics", stdin=scene.metrics("busy")) == ""


def _rows(store: sqlite3.Connection, text: str) -> Iterator[tuple[str, int]]:
    yield from store.execute(f"{text} GROUP BY 1")


def _by(samples: list[dict[str, Any]], *labels: str) -> dict[str, float]:
    return {
        "/".join(sample["metric"][label] for label in labels): float(sample["value"][1])
        for sample in samples
    }


def test_queries_return_what_a_full_count_of_the_store_gives(scene: Scene) -> None:
    words = ("enqueue", "--queue", "slow", "--max-retries", "0", "--from", "-")
    scene.busy.must(*words, stdin=b"true\n" * 30 + b"exit 3\n" * 5)
    scene.busy.must("enqueue", "--queue", "later", "--delay", "1h", "true")
    scene.busy("wait", "--queue", "slow", "--timeout", "50s")

    with sqlite3.connect(scene.busy.db) as store:
        jobs = dict(_rows(store, "SELECT queue || '/' || state, count(*) FROM queuectl_jobs"))

    def equal() -> bool:
        found = scene.prometheus.query(f'queuectl_jobs{{job="{BUSY}"}} > 0')
        return _by(found, "queue", "state") == jobs

    assert jobs["slow/dead"] == 5
    eventually(equal, within=20, what="the queries to say what the store holds")
    assert scene.prometheus.value(f'queuectl_workers{{job="{BUSY}"}}') == 1


# The incidents. Each leaves its store as the others need it.


def test_no_workers(scene: Scene) -> None:
    idle = "queuectl-idle"
    scene.idle.must("enqueue", "--queue", "mail", "true")

    scene.fires("QueuectlNoWorkers", idle)
    with process(scene.idle, "worker", "start", "-q"):
        scene.ends("QueuectlNoWorkers", idle)


def test_backlog_grows(scene: Scene) -> None:
    """Nobody works here: jobs come in, and none is done."""

    def more() -> bool:
        scene.idle.must("enqueue", "--queue", "video", "--from", "-", stdin=b"true\n" * 60)
        return "QueuectlBacklogGrows" in scene.prometheus.firing()

    eventually(more, within=WITHIN_S, what="the backlog to be noticed")
    scene.fires("QueuectlBacklogGrows", "queuectl-idle", queue="video")


def test_scrape_down(scene: Scene) -> None:
    scene.gone.server.terminate()

    alert = scene.fires("QueuectlScrapeDown", "queuectl-gone")

    assert scene.gone.target in alert["annotations"]["description"]


def test_store_unreadable(scene: Scene, postgres_server: Any) -> None:
    scene.pg.must("enqueue", "--queue", "mail", "true")
    pending = 'queuectl_jobs{job="queuectl-pg",queue="mail",state="pending"}'
    eventually(lambda: scene.prometheus.value(pending) == 1, within=20, what="the job to be seen")

    postgres_server.drop_database(scene.pg_url)

    scene.fires("QueuectlStoreUnreadable", "queuectl-pg")
