"""The metrics of what was counted, made of the store's totals."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from queuectl_metrics.family import Distributions, Family, Series
from queuectl_metrics.labels import Labels
from queuectl_store import Counts, Fact, Total, Totals

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


def counted(totals: Totals, labels: Labels[Total]) -> Iterator[Family]:
    """Yield the counters and histograms."""
    queues = {
        label: _together(some) for label, some in labels.together(totals.queues.items()).items()
    }
    for (name, text), more, read in _COUNTERS:
        family = Series(name, text, "counter", ("queue", *more))
        for queue, total in queues.items():
            for words, value in read(total.counts):
                family.add((queue, *words), value, since=_created(total))
        yield family
    yield from _histograms(queues)
    yield from _facts(totals)


def missed(totals: Totals, labels: Labels[Total]) -> Family:
    """Return how many slots of schedules were missed."""
    text = "Slots that were missed; of a long outage the oldest count as one."
    family = Series("queuectl_schedule_missed", text, "counter", ("schedule",))
    for label, some in labels.together(totals.schedules.items()).items():
        total = _together(some)
        missed = total.counts.facts.get(Fact.SLOT_MISSED, 0)
        family.add((label,), missed, since=_created(total))
    return family


def _histograms(queues: Counted) -> Iterator[Family]:
    text = "How long attempts took, by how they were recorded."
    runs = Distributions("queuectl_attempt_duration_seconds", text, ("queue", "outcome"))
    text = "From when a job was pending, or due, to the start of its attempt."
    waits = Distributions("queuectl_job_wait_seconds", text, ("queue",))
    for queue, total in queues.items():
        waits.add((queue,), total.counts.waits, since=_created(total))
        for outcome, histogram in sorted(total.counts.durations.items()):
            runs.add((queue, outcome), histogram, since=_created(total))
    yield runs
    yield waits


def _facts(totals: Totals) -> Iterator[Family]:
    for fact, name, text in _FACTS:
        family = Series(name, text, "counter")
        value, since = 0, None
        if totals.store is not None:
            value, since = totals.store.counts.facts.get(fact, 0), _created(totals.store)
        family.add((), value, since=since)
        yield family


def _finished(counts: Counts, state: str) -> int:
    return sum(n for each, n in counts.finished.items() if each == state)


def _together(some: list[Total]) -> Total:
    if len(some) == 1:
        return some[0]
    return Total(
        counts=Counts.total(each.counts for each in some), since=min(each.since for each in some)
    )


def _created(total: Total) -> float:
    return total.since / 1000
