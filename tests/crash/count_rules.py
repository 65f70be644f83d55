"""What was counted, held against what happened: I17. Depths alone are I14's.

A count is made in the transaction of what it counts, so that no fault may part the two: whatever
commit failed, whatever reply was lost, whoever folded.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from queuectl_store import FINAL, Counts, Store, Verb
from tests.crash.history import Evidence, JobHistory

# By queue, what was counted of each kind.
Told = Mapping[str, Mapping[str, int]]
_ENDED_BY = {Verb.BACK_OFF: "retries", Verb.ENQUEUE: "enqueued", Verb.CLAIM: "started"}


def read_told(store: Store) -> dict[str, Told]:
    """Return what *store* tells of its queues, in each way in which it is asked."""
    loose = store.rollups.totals()
    while store.rollups.fold():
        continue
    minutes: defaultdict[str, list[Counts]] = defaultdict(list)
    for each in store.rollups.minutes("queue", since_ms=0):
        minutes[each.name].append(each.counts)
    return {
        "before it is folded": {name: told(each.counts) for name, each in loose.queues.items()},
        "folded": {name: told(each.counts) for name, each in store.rollups.totals().queues.items()},
        "by the minute": {name: told(Counts.total(each)) for name, each in minutes.items()},
    }


def told(counts: Counts) -> Counter[str]:
    """Return *counts* by the words in which histories are counted here; nothing is left out."""
    found = Counter({"enqueued": counts.enqueued, "started": counts.started})
    found["retries"] = counts.retries
    found["waits"] = counts.waits.count
    found.update({f"finished {state}": n for state, n in counts.finished.items()})
    found.update({f"attempts {word}": n for word, n in counts.attempts.items()})
    for word, histogram in counts.durations.items():
        found[f"durations {word}"] = histogram.count
        found[f"milliseconds {word}"] = histogram.total_ms
    return +found


def count_complaints(evidence: Evidence) -> Iterator[str]:
    """I17: counters and histograms are what a count of the log and of the attempts gives."""
    happened: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for history in evidence.histories:
        happened[history.job.queue].update(_counted(history))
    for way, queues in evidence.told.items():
        for queue in sorted({*queues, *happened}):
            wrong = _differences(queues.get(queue, {}), +happened[queue])
            yield from (f"of {queue} it is told, {way}, {text}" for text in wrong)


def _counted(history: JobHistory) -> Counter[str]:
    found: Counter[str] = Counter()
    state: Any = None
    for event in history.events:
        found[_ENDED_BY.get(event.verb, "")] += 1
        found["waits"] += event.verb is Verb.CLAIM
        if event.state in FINAL and event.state is not state:
            found[f"finished {event.state}"] += 1
        state = event.state
    for attempt in history.attempts:
        found[f"attempts {attempt.state}"] += 1
        if attempt.started_at is not None:
            found[f"durations {attempt.state}"] += 1
            ms = max(0, attempt.finished_at - attempt.started_at)
            found[f"milliseconds {attempt.state}"] += ms
    del found[""]
    return found


def _differences(said: Mapping[str, int], real: Mapping[str, int]) -> Iterator[str]:
    for word in sorted({*said, *real}):
        if said.get(word, 0) != real.get(word, 0):
            yield f"{word}: {said.get(word, 0)}, and it is {real.get(word, 0)}"
