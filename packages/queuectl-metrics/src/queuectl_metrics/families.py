"""The metrics of what was counted: from the store's totals to Prometheus's families."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from queuectl_metrics.labels import Labels
from queuectl_store import BOUNDS_MS, Counts, Fact, Histogram, Total, Totals

_BOUNDS = [*(str(bound / 1000) for bound in BOUNDS_MS), "+Inf"]
# The words that a store records for attempts.
OUTCOMES = ("succeeded", "failed", "crashed", "snoozed", "released", "cancelled")
FINAL = ("succeeded", "dead", "cancelled")

_FACTS = (
    (Fact.LEASE_EXPIRED, "queuectl_leases_expired", "Claims whose worker let its lease run out."),
    (Fact.RESULT_FENCED, "queuectl_fenced_results", "Results refused, since the claim was lost."),
    (Fact.WORKER_CRASHED, "queuectl_worker_crashes", "Workers that vanished without a goodbye."),
)
_Read = Callable[[Counts], Iterable[tuple[tuple[str, ...], int]]]
# Name and help, labels beside the queue, and the values of what was counted.
_COUNTERS: tuple[tuple[tuple[str, str], tuple[str, ...], _Read], ...] = (
    (
        ("queuectl_jobs_enqueued", "Jobs enqueued."),
        (),
        lambda counts: [((), counts.enqueued)],
    ),
    (
        ("queuectl_attempts", "Attempts that ended, by how they were recorded."),
        ("outcome",),
        lambda counts: [((word,), counts.attempts.get(word, 0)) for word in OUTCOMES],
    ),
    (
        ("queuectl_retries", "Attempts that failed and are followed by another one."),
        (),
        lambda counts: [((), counts.retries)],
    ),
    (
        ("queuectl_jobs_dead", "Jobs that entered the dead letter queue."),
        (),
        lambda counts: [((), _finished(counts, "dead"))],
    ),
    (
        ("queuectl_jobs_finished", "Jobs that came to a final state."),
        ("state",),
        lambda counts: [((state,), _finished(counts, state)) for state in FINAL],
    ),
)
Counted = Mapping[str, Total]


def counted(totals: Totals, labels: Labels[Total], *, created: bool) -> Iterator[Metric]:
    """Yield the counters and histograms.

    Args:
        created: With the times at which counting began, for OpenMetrics.
    """
    queues = {
        label: _together(some) for label, some in labels.together(totals.queues.items()).items()
    }
    for (name, text), more, read in _COUNTERS:
        family = CounterMetricFamily(name, text, labels=["queue", *more])
        for queue, total in queues.items():
            since = _created(total, created=created)
            for words, value in read(total.counts):
                family.add_metric([queue, *words], value, created=since)
        yield family
    yield from _histograms(queues, created=created)
    yield from _facts(totals, created=created)


def missed(totals: Totals, labels: Labels[Total], *, created: bool) -> Metric:
    """Return how many slots of schedules were missed."""
    family = CounterMetricFamily(
        "queuectl_schedule_missed",
        "Slots that were missed; of a long outage the oldest count as one.",
        labels=["schedule"],
    )
    for label, some in labels.together(totals.schedules.items()).items():
        total = _together(some)
        value = total.counts.facts.get(Fact.SLOT_MISSED, 0)
        family.add_metric([label], value, created=_created(total, created=created))
    return family


def _histograms(queues: Counted, *, created: bool) -> Iterator[Metric]:
    runs = HistogramMetricFamily(
        "queuectl_attempt_duration_seconds",
        "How long attempts took, by how they were recorded.",
        labels=["queue", "outcome"],
    )
    waits = HistogramMetricFamily(
        "queuectl_job_wait_seconds",
        "From when a job was pending, or due, to the start of its attempt.",
        labels=["queue"],
    )
    for queue, total in queues.items():
        since = _created(total, created=created)
        _add(waits, {"queue": queue}, total.counts.waits, since)
        for outcome, histogram in sorted(total.counts.durations.items()):
            _add(runs, {"queue": queue, "outcome": outcome}, histogram, since)
    yield runs
    yield waits


def _add(
    family: HistogramMetricFamily,
    labels: Mapping[str, str],
    histogram: Histogram,
    since: float | None,
) -> None:
    sums = accumulate(histogram.buckets)
    buckets = list(zip(_BOUNDS, map(float, sums), strict=True))
    family.add_metric(list(labels.values()), buckets, histogram.total_ms / 1000)
    if since is not None:
        family.add_sample(f"{family.name}_created", dict(labels), since)


def _facts(totals: Totals, *, created: bool) -> Iterator[Metric]:
    for fact, name, text in _FACTS:
        family = CounterMetricFamily(name, text, labels=[])
        value, since = 0, None
        if totals.store is not None:
            value = totals.store.counts.facts.get(fact, 0)
            since = _created(totals.store, created=created)
        family.add_metric([], value, created=since)
        yield family


def _finished(counts: Counts, state: str) -> int:
    return sum(n for each, n in counts.finished.items() if each == state)


def _together(some: list[Total]) -> Total:
    if len(some) == 1:
        return some[0]
    return Total(
        counts=Counts.total(each.counts for each in some), since=min(each.since for each in some)
    )


def _created(total: Total, *, created: bool) -> float | None:
    return total.since / 1000 if created else None
