"""The numbers of the overview."""

from dataclasses import asdict
from typing import Any

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.kinds import Count, Shape, Time
from queuectl_dashboard.api.routes import Topic
from queuectl_store import JobState, instant

topic = Topic("numbers")


class Moves(Shape):
    """How many times something happened in one stretch of time."""

    enqueued: Count
    started: Count
    succeeded: Count
    failed: Count
    dead: Count
    cancelled: Count


class Stats(Shape):
    """Jobs by state, over all queues and in each; live workers and their slots; what happened.

    `at` is when the three stretches end: they are counted every few seconds for all callers.
    """

    at: Time
    counts: dict[JobState, Count]
    queues: dict[str, dict[JobState, Count]]
    workers: Count
    slots: Count
    running: Count
    minute: Moves
    hour: Moves
    day: Moves


@topic.get("/stats", answer=Stats)
def show_stats(desk: Desk) -> dict[str, Any]:
    """Show how much there is of everything, and what happened lately."""
    reader = desk.store.reader
    activity = desk.pulse.read(now=reader.now_ms())
    counts, workers = reader.counts(), reader.workers()
    return {
        "at": instant(activity.at),
        "counts": _by_state(activity.counts),
        "queues": {name: _by_state(each) for name, each in sorted(counts.items())},
        "workers": len(workers),
        "slots": sum(worker.concurrency for worker in workers),
        "running": sum(worker.running for worker in workers),
        **{name: asdict(getattr(activity, name)) for name in ("minute", "hour", "day")},
    }


def _by_state(counts: Any) -> dict[str, int]:
    return {JobState(state).value: n for state, n in sorted(counts.items())}
