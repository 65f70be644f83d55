"""A private Prometheus for a test: found on this machine, on loopback, and gone after it."""

import json
import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.waiting import eventually

FOLDER = "QUEUECTL_TEST_PROMETHEUS_BIN"
READY_WITHIN_S = 60.0


class PrometheusMissing(Exception):
    """This machine has no Prometheus; the text says what to do."""


def find(name: str) -> str:
    """Return the path of `prometheus` or `promtool`.

    Raises:
        PrometheusMissing: It is neither in the folder that the variable names nor on the PATH.
    """
    found = shutil.which(name, path=os.environ.get(FOLDER))
    if found is None:
        raise PrometheusMissing(
            f"no {name}; install Prometheus (Debian: apt install prometheus),"
            f" or name the folder of its programs in {FOLDER}"
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Prometheus:
    """A server that runs."""

    address: str

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the samples of an instant query, each with `metric` and `value`."""
        found: list[dict[str, Any]] = self._get("query", query=expression)["result"]
        return found

    def value(self, expression: str) -> float | None:
        """Return the one value of *expression*; None where there is none."""
        samples = self.query(expression)
        assert len(samples) <= 1, samples
        return float(samples[0]["value"][1]) if samples else None

    def by(self, label: str, expression: str) -> dict[str, float]:
        """Return the values of *expression* by one label."""
        return {s["metric"].get(label, ""): float(s["value"][1]) for s in self.query(expression)}

    def alerts(self) -> list[dict[str, Any]]:
        """Return the alerts that are pending or fire."""
        found: list[dict[str, Any]] = self._get("alerts")["alerts"]
        return found

    def firing(self) -> dict[str, dict[str, Any]]:
        """Return the alerts that fire, by name."""
        return {a["labels"]["alertname"]: a for a in self.alerts() if a["state"] == "firing"}

    def rules(self) -> list[dict[str, Any]]:
        """Return every rule, with its health and last error."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def _get(self, what: str, **values: str) -> Any:
        url = f"{self.address}/api/v1/{what}?{urllib.parse.urlencode(values)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{values}: {error.read().decode()}") from error

    def is_ready(self) -> bool:
        """Tell whether it serves."""
        try:
            with urllib.request.urlopen(f"{self.address}/-/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def running(
    program: str,
    folder: Path,
    *,
    targets: Mapping[str, Sequence[str]],
    rules: Sequence[Path] = (),
    unhurried: Collection[str] = (),
) -> Iterator[Prometheus]:
    """Run a server that scrapes and evaluates once a second.

    Args:
        targets: `host:port` of the exporters, by scrape job.
        unhurried: Jobs whose scrapes may take 4 s, and come as rarely.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "prometheus.yml"
    config.write_text(json.dumps(_config(targets, rules, unhurried)), encoding="utf-8")
    port = free_port()
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                program,
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--log.level=warn",
            ],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            prometheus = Prometheus(address=f"http://127.0.0.1:{port}")
            eventually(
                lambda: prometheus.is_ready() or server.poll() is not None,
                within=READY_WITHIN_S,
                what="Prometheus to be ready",
            )
            assert server.poll() is None, (folder / "log").read_text()
            yield prometheus
        finally:
            server.terminate()
            server.wait(30)


def free_port() -> int:
    """Return a port of the loopback that is free now."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


def _config(
    targets: Mapping[str, Sequence[str]], rules: Sequence[Path], unhurried: Collection[str]
) -> dict[str, Any]:
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(path) for path in rules],
        "scrape_configs": [
            {
                "job_name": job,
                "static_configs": [{"targets": list(found)}],
                **({"scrape_interval": "4s", "scrape_timeout": "4s"} if job in unhurried else {}),
            }
            for job, found in targets.items()
        ],
    }
