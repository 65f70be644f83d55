"""The Prometheus collector: everything that the store knows in numbers, for one scrape.

The numbers come from the store, so any one process tells them for all, and they survive restarts.
"""

import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from threading import Lock

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from queuectl_metrics import families
from queuectl_metrics.family import Family, Series, gauge
from queuectl_metrics.labels import Labels
from queuectl_store import (
    JobState,
    Schedule,
    Snapshot,
    Store,
    StoreError,
    Total,
    Worker,
)

Depths = Mapping[str, Mapping[JobState, int]]
_LATEST = 2**62
_PATIENCE_MS = 60_000


class StoreCollector(Collector):
    """Reads *store* at each scrape; register it with any registry, once in any one process.

    A store that cannot be read is told as `queuectl_store_up 0`.

    Args:
        created: With the times at which counting began: `_created`, as OpenMetrics has them. In
            the plain format each is one more gauge.
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
        """Yield every metric as the client library knows it."""
        return (family.metric(created=self._created) for family in self.families())

    def families(self) -> Iterator[Family]:
        """Yield the same as plain values; at most one reader of the store at a time."""
        began = time.monotonic()
        with self._lock:
            try:
                found = [*self._read(), gauge("queuectl_store_up", _UP, 1)]
            except StoreError:
                self._errors += 1
                found = [gauge("queuectl_store_up", _UP, 0)]
            errors = self._errors
        yield from found
        text = "Scrapes of this process for which the store could not be read."
        yield Series("queuectl_store_errors", text, "counter", values=[((), errors, None)])
        yield _info(self._store)
        text = "Seconds that it took to read the store for this scrape."
        yield gauge("queuectl_scrape_duration_seconds", text, time.monotonic() - began)

    def _read(self) -> Iterator[Family]:
        store = self._store
        # Where no worker runs, whoever scrapes keeps what is to be read small; else a worker does.
        store.rollups.upkeep(patience_ms=_PATIENCE_MS)
        seen, workers = store.rollups.snapshot(), store.reader.workers()
        labels = _labels(seen)
        yield from families.counted(seen.totals, labels)
        yield _jobs(seen.depths, labels)
        yield from _queues(seen, workers, labels)
        yield from _workers(workers)
        schedules = store.schedules.all()
        names: Labels[Total] = Labels({each.name: each.created_at for each in schedules})
        yield from _schedules(schedules, names, now_ms=store.reader.now_ms())
        yield families.missed(seen.totals, names)
        yield from _sizes(store)
        yield _folded({"queue": labels.folded, "schedule": names.folded})


_UP = "1 when the store could be read for this scrape, else 0."


def _labels(seen: Snapshot) -> Labels[Total]:
    since = dict.fromkeys([*seen.depths, *seen.gauges.states], _LATEST)
    return Labels(since | {name: each.since for name, each in seen.totals.queues.items()})


def _jobs(depths: Depths, labels: Labels[Total]) -> Family:
    text = "Jobs in the store, by queue and state."
    family = Series("queuectl_jobs", text, labels=("queue", "state"))
    sums: dict[str, dict[JobState, int]] = {}
    for name, states in depths.items():
        sum_of = sums.setdefault(labels.of(name), dict.fromkeys(JobState, 0))
        for state, count in states.items():
            sum_of[state] += count
    words = [state.value for state in JobState]
    for label, states in sums.items():
        for word, count in zip(words, states.values(), strict=True):
            family.add((label, word), count)
    return family


def _queues(seen: Snapshot, workers: list[Worker], labels: Labels[Total]) -> Iterator[Family]:
    gauges = seen.gauges
    names = sorted({*seen.depths, *gauges.states})
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
            limit.add((label,), at_most)
    for label, some in values.items():
        age.add((label,), max(ms for ms, _, _ in some) / 1000)
        served.add((label,), int(all(is_served for _, is_served, _ in some)))
        paused.add((label,), int(any(is_paused for _, _, is_paused in some)))
    yield from (age, served, paused, limit)


_AGE = "How long the oldest pending job could have been claimed by now; 0 when none is pending."


def _workers(workers: list[Worker]) -> Iterator[Family]:
    alive = [worker for worker in workers if worker.alive]
    yield gauge("queuectl_workers", "Workers that are alive.", len(alive))
    text = "Jobs that the workers alive can run at once, by state."
    slots = Series("queuectl_worker_slots", text, labels=("state",))
    # A worker may hold claimed jobs ahead of its slots: those keep no slot busy.
    busy = sum(min(worker.running, worker.concurrency) for worker in alive)
    slots.add(("busy",), busy)
    slots.add(("free",), sum(worker.concurrency for worker in alive) - busy)
    yield slots


def _schedules(
    schedules: list[Schedule], labels: Labels[Total], *, now_ms: int
) -> Iterator[Family]:
    last = _by_schedule("queuectl_schedule_last_fire_timestamp_seconds", "When it last made a job.")
    following = _by_schedule("queuectl_schedule_next_fire_timestamp_seconds", "When it is due.")
    lag = _by_schedule("queuectl_schedule_lag_seconds", "By how much its next job is overdue.")
    for each in schedules:
        # A time of several schedules together would mean nothing.
        if labels.folded and labels.of(each.name) != each.name:
            continue
        label = (labels.of(each.name),)
        if each.last_fired_at is not None:
            last.add(label, each.last_fired_at / 1000)
        if each.next_at is not None and not each.paused:
            following.add(label, each.next_at / 1000)
            lag.add(label, max(0, now_ms - each.next_at) / 1000)
    yield from (last, following, lag)


def _sizes(store: Store) -> Iterator[Family]:
    text = "Bytes that the store takes on disk: its file and log, or its tables and indexes."
    path = store.path
    if path is None:
        yield gauge("queuectl_store_size_bytes", text, store.maintenance.size_bytes())
        return
    # By stat alone: closing a descriptor of the store's file would drop SQLite's locks.
    wal = _size(path.with_name(path.name + "-wal"))
    yield gauge("queuectl_store_size_bytes", text, _size(path) + wal)
    yield gauge("queuectl_store_wal_size_bytes", "Bytes of the write-ahead log.", wal)
    free = shutil.disk_usage(path.parent).free
    yield gauge("queuectl_store_free_bytes", "Free bytes on the disk of the store.", free)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _folded(counts: Mapping[str, int]) -> Family:
    text = "Names beyond the limit of labels, which are counted under `other`."
    family = Series("queuectl_labels_folded", text, labels=("label",))
    for label, count in counts.items():
        family.add((label,), count)
    return family


def _info(store: Store) -> Family:
    engine = "sqlite" if store.path is not None else "postgresql"
    family = Series("queuectl", "The program and its store.", "info", _INFO)
    family.add((version("queuectl-metrics"), engine, store.schema), 1)
    return family


_INFO = ("version", "engine", "schema")


def _by_queue(name: str, text: str) -> Series:
    return Series(name, text, labels=("queue",))


def _by_schedule(name: str, text: str) -> Series:
    return Series(name, text, labels=("schedule",))
