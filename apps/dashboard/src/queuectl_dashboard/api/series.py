"""What happened over time, for charts: the points of a window of minutes or hours."""

from typing import Annotated, Any

import msgspec

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.api.kinds import Asked, Count, Shape, Text, Time
from queuectl_dashboard.api.routes import Topic
from queuectl_metrics import Point, window
from queuectl_store import Histogram, JobState, instant

topic = Topic("numbers")

MOST_POINTS = 3_000


class Spread(Shape):
    """How long something took, in seconds; null where nothing was measured."""

    count: Count
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None


class PointDocument(Shape):
    """One step. `depth`: jobs by state at its end; `waits`: until a claim; `runs`: of attempts."""

    at: Time
    enqueued: Count
    started: Count
    attempts: dict[str, Count]
    finished: dict[JobState, Count]
    retries: Count
    waits: Spread
    runs: Spread
    depth: dict[JobState, Count]


class Series(Shape):
    """Points at equal distances of `step` seconds, oldest first; the last one still goes on."""

    since: Time
    until: Time
    step: Count
    points: list[PointDocument]


class SeriesQuery(Asked):
    """The last so many seconds, in steps of whole minutes; of one queue or task, or of all.

    Minutes reach back 48 hours; steps of whole hours 90 days.
    """

    queue: Text | None = None
    task: Text | None = None
    seconds: Annotated[int, msgspec.Meta(ge=1, le=90 * 24 * 3600)] = 3600
    step: Annotated[int, msgspec.Meta(ge=60, le=24 * 3600)] = 60


@topic.get("/series", query=SeriesQuery, answer=Series, problems=(400,))
def show_series(desk: Desk, query: SeriesQuery) -> dict[str, Any]:
    """Show what happened over time."""
    if query.seconds // query.step > MOST_POINTS:
        raise BadInput(f"that is more than {MOST_POINTS} points; take a longer step", status=400)
    try:
        found = window(
            desk.store,
            queue=query.queue,
            task=query.task,
            seconds=query.seconds,
            step=query.step,
        )
    except ValueError as error:
        raise BadInput(str(error), status=400) from error
    return {
        "since": instant(found.since),
        "until": instant(found.until),
        "step": found.step_s,
        "points": list(map(_document, found.points)),
    }


def _document(point: Point) -> dict[str, Any]:
    return {
        "at": instant(point.at),
        "enqueued": point.enqueued,
        "started": point.started,
        "attempts": dict(point.attempts),
        "finished": {state.value: n for state, n in point.finished.items()},
        "retries": point.retries,
        "waits": _spread(point.waits),
        "runs": _spread(point.runs),
        "depth": {state.value: n for state, n in point.depth.items()},
    }


def _spread(measured: Histogram) -> dict[str, Any]:
    def seconds(ms: float | None) -> float | None:
        return None if ms is None else ms / 1000

    return {
        "count": measured.count,
        "mean": seconds(measured.mean_ms),
        "p50": seconds(measured.quantile_ms(0.5)),
        "p95": seconds(measured.quantile_ms(0.95)),
        "p99": seconds(measured.quantile_ms(0.99)),
    }
