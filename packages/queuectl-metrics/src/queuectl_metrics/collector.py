"""The Prometheus collector: everything that the store knows in numbers, for one scrape.

The numbers come from the store, so any one process tells them for all, and they survive restarts.
"""

import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from threading import Lock

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from queuectl_metrics import families
from queuectl_metrics.labels import Labels
from queuectl_store import (
    Gauges,
    JobState,
    Schedule,
    Store,
    StoreError,
    Total,
    Totals,
    Worker,
)

Depths = Mapping[str, Mapping[JobState, int]]
_LATEST = 2**62


class StoreCollector(Collector):
    """Reads *store* at each scrape; register it with any registry, once in any one process.

    A store that cannot be read is told as `queuectl_store_up 0`.

    Args:
        created: With the times at which counting began: `_created`, as OpenMetrics has them.
    """

    def __init__(self, store: Store, *, created: bool = True) -> None:
        self._store = store
        self._created = created
        self._lock = Lock()
        self._errors = 0

    def describe(self) -> Iterable[Metric]:
        """Name nothing ahead: registering must not read the store."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; at most one reader of the store at a time."""
        began = time.monotonic()
        with self._lock:
            try:
                found = [*self._read(), _gauge("queuectl_store_up", _UP, 1)]
            except StoreError:
                self._errors += 1
                found = [_gauge("queuectl_store_up", _UP, 0)]
            errors = self._errors
        yield from found
        text = "Scrapes of this process for which the store could not be read."
        yield CounterMetricFamily("queuectl_store_errors", text, value=errors)
        yield _info(self._store)
        text = "Seconds that it took to read the store for this scrape."
        yield _gauge("queuectl_scrape_duration_seconds", text, time.monotonic() - began)

    def _read(self) -> Iterator[Metric]:
        store = self._store
        # Where no worker runs, whoever scrapes keeps what is to be read small.
        store.rollups.upkeep()
        totals, depths = store.rollups.totals(), store.rollups.depths()
        gauges, workers = store.rollups.gauges(), store.reader.workers()
        labels = _labels(totals, depths, gauges)
        yield from families.counted(totals, labels, created=self._created)
        yield _jobs(depths, labels)
        yield from _queues(depths, gauges, workers, labels)
        yield from _workers(workers)
        schedules = store.schedules.all()
        names: Labels[Total] = Labels({each.name: each.created_at for each in schedules})
        yield from _schedules(schedules, names, now_ms=store.reader.now_ms())
        yield families.missed(totals, names, created=self._created)
        yield from _store(store.path)
        yield _folded({"queue": labels.folded, "schedule": names.folded})


_UP = "1 when the store could be read for this scrape, else 0."


def _labels(totals: Totals, depths: Depths, gauges: Gauges) -> Labels[Total]:
    since = dict.fromkeys([*depths, *gauges.states], _LATEST)
    return Labels(since | {name: each.since for name, each in totals.queues.items()})


def _jobs(depths: Depths, labels: Labels[Total]) -> Metric:
    text = "Jobs in the store, by queue and state."
    family = GaugeMetricFamily("queuectl_jobs", text, labels=["queue", "state"])
    sums: dict[str, dict[JobState, int]] = {}
    for name, states in depths.items():
        sum_of = sums.setdefault(labels.of(name), dict.fromkeys(JobState, 0))
        for state, count in states.items():
            sum_of[state] += count
    for label, states in sums.items():
        for state, count in states.items():
            family.add_metric([label, state.value], count)
    return family


def _queues(
    depths: Depths, gauges: Gauges, workers: list[Worker], labels: Labels[Total]
) -> Iterator[Metric]:
    names = sorted({*depths, *gauges.states})
    serving = [worker for worker in workers if worker.alive and worker.state == "running"]
    age = _by_queue("queuectl_oldest_pending_age_seconds", _AGE)
    served = _by_queue("queuectl_queue_served", "1 when a live worker takes jobs of the queue.")
    paused = _by_queue("queuectl_queue_paused", "1 when the queue is paused.")
    limit = _by_queue("queuectl_queue_concurrency_limit", "Jobs of the queue that may run at once.")
    values: dict[str, list[tuple[int, bool, bool]]] = {}
    for name in names:
        label = labels.of(name)
        is_served = any(each.queues is None or name in each.queues for each in serving)
        is_paused = gauges.states.get(name) == "paused"
        facts = (gauges.oldest_pending_ms.get(name, 0), is_served, is_paused)
        values.setdefault(label, []).append(facts)
        # Of several together there is no one limit.
        at_most = gauges.concurrency.get(name)
        if at_most is not None and (label == name or labels.folded == 0):
            limit.add_metric([label], at_most)
    for label, some in values.items():
        age.add_metric([label], max(ms for ms, _, _ in some) / 1000)
        served.add_metric([label], int(all(is_served for _, is_served, _ in some)))
        paused.add_metric([label], int(any(is_paused for _, _, is_paused in some)))
    yield from (age, served, paused, limit)


_AGE = "How long the oldest pending job could have been claimed by now; 0 when none is pending."


def _workers(workers: list[Worker]) -> Iterator[Metric]:
    alive = [worker for worker in workers if worker.alive]
    yield _gauge("queuectl_workers", "Workers that are alive.", len(alive))
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


def _schedules(
    schedules: list[Schedule], labels: Labels[Total], *, now_ms: int
) -> Iterator[Metric]:
    last = _by_schedule("queuectl_schedule_last_fire_timestamp_seconds", "When it last made a job.")
    following = _by_schedule("queuectl_schedule_next_fire_timestamp_seconds", "When it is due.")
    lag = _by_schedule("queuectl_schedule_lag_seconds", "By how much its next job is overdue.")
    for each in schedules:
        # A time of several schedules together would mean nothing.
        if labels.folded and labels.of(each.name) != each.name:
            continue
        label = [labels.of(each.name)]
        if each.last_fired_at is not None:
            last.add_metric(label, each.last_fired_at / 1000)
        if each.next_at is not None and not each.paused:
            following.add_metric(label, each.next_at / 1000)
            lag.add_metric(label, max(0, now_ms - each.next_at) / 1000)
    yield from (last, following, lag)


def _store(path: Path | None) -> Iterator[Metric]:
    # By stat alone: closing a descriptor of the store's file would drop SQLite's locks.
    if path is None:
        return
    wal = _size(path.with_name(path.name + "-wal"))
    text = "Bytes of the SQLite store and its log on disk."
    yield _gauge("queuectl_store_size_bytes", text, _size(path) + wal)
    yield _gauge("queuectl_store_wal_size_bytes", "Bytes of the write-ahead log.", wal)
    free = shutil.disk_usage(path.parent).free
    yield _gauge("queuectl_store_free_bytes", "Free bytes on the disk of the store.", free)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _folded(counts: Mapping[str, int]) -> Metric:
    text = "Names beyond the limit of labels, which are counted under `other`."
    family = GaugeMetricFamily("queuectl_labels_folded", text, labels=["label"])
    for label, count in counts.items():
        family.add_metric([label], count)
    return family


def _info(store: Store) -> Metric:
    value = {
        "version": version("queuectl-metrics"),
        "engine": "sqlite" if store.path is not None else "postgresql",
        "schema": store.schema,
    }
    return InfoMetricFamily("queuectl", "The program and its store.", value=value)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _by_queue(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=["queue"])


def _by_schedule(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, labels=["schedule"])
