"""The queues: how deep they are, how long the oldest job waits, and what limits them."""

from collections.abc import Mapping

from flask import render_template

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.charts import sparkline
from queuectl_dashboard.shares import shares
from queuectl_dashboard.shell import LIVE
from queuectl_metrics import windows
from queuectl_store import Queue


def queues_page(desk: Desk) -> str:
    """Render all queues, those with something to do first."""
    queues = sorted(desk.store.reader.queues(), key=_weight)
    now = desk.store.reader.now_ms()
    lately = windows(desk.store, by="queue", now=now)
    return render_template(
        "queues.html",
        now=now,
        lines={name: sparkline(each.points) for name, each in lately.items()},
        queues=[(queue, shares(queue.counts, LIVE), _limits(queue)) for queue in queues],
        resources=desk.store.reader.resources(),
        live=LIVE,
    )


def _weight(queue: Queue) -> tuple[int, str]:
    return -sum(queue.counts.get(state, 0) for state in LIVE), queue.name


def _limits(queue: Queue) -> Mapping[str, str]:
    """Write the limits as the form has them; what is not limited is empty."""
    limits = queue.limits
    return {
        "concurrency": "" if limits.concurrency is None else str(limits.concurrency),
        "rate": "" if limits.rate is None else str(limits.rate),
        "key_concurrency": "" if limits.key_concurrency is None else str(limits.key_concurrency),
        "key_rate": "" if limits.key_rate is None else str(limits.key_rate),
    }
