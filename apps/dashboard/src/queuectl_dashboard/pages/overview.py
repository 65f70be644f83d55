"""The first page: what goes on, what waits, what failed."""

from flask import render_template, request

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.charts import RANGES, bar_chart, quantiles
from queuectl_dashboard.filters import BadQuery
from queuectl_dashboard.rows import job_rows
from queuectl_dashboard.shares import shares
from queuectl_dashboard.shell import LIVE
from queuectl_metrics import window
from queuectl_store import JobFilter, JobState, Queue

_FAILURES = 8
_QUEUES = 8


def overview_page(desk: Desk) -> str:
    """Render the overview."""
    now = desk.store.reader.now_ms()
    workers = desk.store.reader.workers()
    queues = sorted(desk.store.reader.queues(), key=_weight, reverse=True)
    failed = desk.store.reader.page(
        JobFilter(states=(JobState.DEAD, JobState.RETRYING)), limit=_FAILURES
    )
    range_key = _range()
    chosen = RANGES[range_key]
    lately = window(desk.store, seconds=chosen.seconds, step=chosen.step, now=now)
    return render_template(
        "overview.html",
        ranges=RANGES,
        range_key=range_key,
        chart=bar_chart(lately),
        times=quantiles(lately),
        now=now,
        activity=desk.pulse.read(now=now),
        workers=workers,
        slots=sum(worker.concurrency for worker in workers),
        oldest=max((queue.oldest_pending_ms or 0 for queue in queues), default=0),
        queues=[(queue, shares(queue.counts, LIVE)) for queue in queues[:_QUEUES]],
        queues_left=max(0, len(queues) - _QUEUES),
        failures=job_rows(desk, failed),
        live=LIVE,
    )


def _range() -> str:
    asked = request.args.get("range", "1h")
    if asked not in RANGES:
        raise BadQuery(f"range is one of {', '.join(RANGES)}, not {asked[:40]!r}")
    return asked


def _weight(queue: Queue) -> tuple[int, str]:
    return sum(queue.counts.get(state, 0) for state in LIVE), queue.name
