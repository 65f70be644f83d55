"""What a rollup says, as sums that can be added up; kept as JSON in its row.

A sum is a dictionary of whole numbers by name, nested at most twice: adding two of them is adding
number to number, so a rollup can grow by what it was not made for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Self

from queuectl_store.rollups.facts import Fact
from queuectl_store.rollups.histogram import NOTHING, Histogram
from queuectl_store.states import FINAL, JobState, Verb
from queuectl_store.values import dataclass

Sums = dict[str, Any]

_FACTS = frozenset(Fact)
_NO_MOVE = frozenset({Verb.EDIT, Fact.JOB_DELETED, Fact.RECOUNTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How often things happened, in one stretch of time or since counting began.

    Attributes:
        enqueued: New jobs.
        started: Attempts that began: claims.
        attempts: Attempts that ended, by the word that the attempt's row has for it.
        durations: How long those took whose start is known, in wall time, by the same word.
        waits: From when a job could have been claimed until it was.
        finished: Jobs that came to a final state, by it.
        retries: Attempts that failed and are followed by another one.
        net: How many more jobs were in each state at the end than at the beginning: since
            counting began, how many there are.
        facts: What moves no job.
        sums: The same as it is kept.
    """

    enqueued: int = 0
    started: int = 0
    attempts: Mapping[str, int] = field(default_factory=dict)
    durations: Mapping[str, Histogram] = field(default_factory=dict)
    waits: Histogram = NOTHING
    finished: Mapping[JobState, int] = field(default_factory=dict)
    retries: int = 0
    net: Mapping[JobState, int] = field(default_factory=dict)
    facts: Mapping[Fact, int] = field(default_factory=dict)
    sums: Sums = field(default_factory=dict, repr=False, compare=False)

    @property
    def duration(self) -> Histogram:
        """How long attempts took, whatever their outcome."""
        return sum(self.durations.values(), NOTHING)

    @classmethod
    def total(cls, some: Iterable["Counts"]) -> "Counts":
        """Return what all of *some* add up to."""
        sums: Sums = {}
        for each in some:
            add(sums, each.sums)
        return cls.of(sums)

    @classmethod
    def of(cls, sums: Sums) -> Self:
        """Return what *sums* says."""
        verbs = sums.get("verbs", {})
        return cls(
            enqueued=verbs.get(Verb.ENQUEUE, 0),
            started=verbs.get(Verb.CLAIM, 0),
            retries=verbs.get(Verb.BACK_OFF, 0),
            attempts=dict(sums.get("attempts", {})),
            durations={word: _histogram(each) for word, each in sums.get("runs", {}).items()},
            waits=_histogram(sums.get("waits", {})),
            finished={JobState(state): n for state, n in sums.get("finished", {}).items()},
            net={JobState(state): n for state, n in sums.get("net", {}).items() if n},
            facts={Fact(what): n for what, n in sums.get("facts", {}).items()},
            sums=sums,
        )


def add(to: Sums, more: Mapping[str, Any]) -> None:
    """Add *more* to the sums *to*, in place."""
    for name, value in more.items():
        if isinstance(value, dict):
            add(to.setdefault(name, {}), value)
        else:
            to[name] = to.get(name, 0) + value


def count(to: Sums, kind: Iterable[Any], n: int, ms: int) -> None:
    """Add to the sums *to* what one row of tallies says, in place, of whatever it is counted for.

    Read by whoever scrapes, thousands of rows at once: so it makes nothing that it does not keep.

    Args:
        kind: Its verb, the state left and the one reached, the outcome, the bucket.
    """
    verb, source, target, outcome, bucket = kind
    if verb in _FACTS and verb not in _NO_MOVE:
        _grow(_of(to, "facts"), verb, n)
        return
    net = _of(to, "net")
    if source:
        _grow(net, source, -n)
    if target:
        _grow(net, target, n)
    if verb in _NO_MOVE:
        return
    _grow(_of(to, "verbs"), verb, n)
    measured: Sums | None = None
    if outcome:
        _grow(_of(to, "attempts"), outcome, n)
        runs = _of(to, "runs")
        measured = _of(runs, outcome) if bucket >= 0 else None
    elif bucket >= 0:
        measured = _of(to, "waits")
    if measured is not None:
        _grow(measured, str(bucket), n)
        _grow(measured, "ms", ms)
    if target in FINAL and source != target:
        _grow(_of(to, "finished"), target, n)


def _of(to: Sums, name: str) -> Sums:
    found: Sums | None = to.get(name)
    if found is None:
        found = to[name] = {}
    return found


def _grow(to: Sums, name: str, n: int) -> None:
    to[name] = to.get(name, 0) + n


def _histogram(sparse: Mapping[str, int]) -> Histogram:
    buckets = {int(place): n for place, n in sparse.items() if place != "ms"}
    return Histogram.of(buckets, sparse.get("ms", 0))
