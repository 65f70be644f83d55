"""The Prometheus collector: what the store's counts can tell truthfully, and nothing else.

Counters and histograms need the store's rollups; they are not guessed from the counts here.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from threading import Lock

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from queuectl_store import JobState, Store, StoreError, Worker

QUEUE_CAP = 200
OTHER = "other"
# A count walks the jobs table: scrapes of an unchanged store share one for this long.
REUSE_S = 5.0

Counts = Mapping[str, Mapping[JobState, int]]


class StoreCollector(Collector):
    """Reads *store* at each scrape; one that cannot be read is told as `queuectl_store_up 0`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._counts: Counts = {}
        self._version: int | None = None
        self._counted_at = 0.0

    def describe(self) -> Iterable[Metric]:
        """Name nothing ahead: registering must not read the store."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; at most one reader of the store at a time."""
        with self._lock:
            try:
                families = [*self._read(), _up(1)]
            except StoreError:
                families = [_up(0)]
        yield from families
        yield _build_info(self._store)

    def _read(self) -> Iterator[Metric]:
        # A worker vanishes without a commit: the workers are read each time.
        yield from _workers(self._store.reader.workers())
        yield _jobs(self._current_counts())
        if self._store.path is not None:
            yield _size(self._store.path)

    def _current_counts(self) -> Counts:
        version = self._store.reader.version()
        is_old = time.monotonic() - self._counted_at > REUSE_S
        if version != self._version or is_old:
            self._counts = self._store.reader.counts()
            self._version, self._counted_at = version, time.monotonic()
        return self._counts


def capped(counts: Counts, *, cap: int = QUEUE_CAP) -> dict[str, dict[JobState, int]]:
    """Keep at most *cap* queue names, first by name, and add up the rest as `other`.

    By name and not by size: a series must not change its meaning when a queue grows.
    """
    names = sorted(counts)
    kept = names if len(names) <= cap else names[: cap - 1]
    result = {name: dict(counts[name]) for name in kept}
    for name in names[len(kept) :]:
        merged = result.setdefault(OTHER, {})
        for state, count in counts[name].items():
            merged[state] = merged.get(state, 0) + count
    return result


def _jobs(counts: Counts) -> Metric:
    family = GaugeMetricFamily(
        "queuectl_jobs", "Jobs in the store, by queue and state.", labels=["queue", "state"]
    )
    for queue, states in capped(counts).items():
        for state in JobState:
            family.add_metric([_printable(queue), state.value], states.get(state, 0))
    return family


def _workers(workers: list[Worker]) -> Iterator[Metric]:
    alive = [worker for worker in workers if worker.alive]
    yield GaugeMetricFamily("queuectl_workers", "Workers that are alive.", value=len(alive))
    slots = GaugeMetricFamily(
        "queuectl_worker_slots",
        "Jobs that the workers alive can run at once, by state.",
        labels=["state"],
    )
    # A worker may hold claimed jobs ahead of its slots: those keep no slot busy.
    busy = sum(min(worker.running, worker.concurrency) for worker in alive)
    slots.add_metric(["busy"], busy)
    slots.add_metric(["free"], sum(worker.concurrency for worker in alive) - busy)
    yield slots


def _size(path: Path) -> Metric:
    # By stat alone: closing a descriptor of the store's file would drop SQLite's locks.
    parts = (path.with_name(path.name + suffix) for suffix in ("", "-wal"))
    size = sum(part.stat().st_size for part in parts if part.exists())
    return GaugeMetricFamily(
        "queuectl_store_size_bytes", "Bytes of the SQLite store and its log on disk.", value=size
    )


def _up(value: int) -> Metric:
    return GaugeMetricFamily(
        "queuectl_store_up", "1 when the store could be read for this scrape, else 0.", value=value
    )


def _build_info(store: Store) -> Metric:
    family = GaugeMetricFamily(
        "queuectl_build_info",
        "Always 1; the labels name the program.",
        labels=["version", "database"],
    )
    database = "sqlite" if store.path is not None else "postgresql"
    family.add_metric([version("queuectl-metrics"), database], 1)
    return family


def _printable(text: str) -> str:
    # A lone surrogate cannot be written as UTF-8 and would fail the whole scrape.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
