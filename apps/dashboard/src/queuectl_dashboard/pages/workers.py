"""The workers on all hosts: their slots, when they were last heard of, and how to stop them."""

from flask import render_template

from queuectl_dashboard.api.desk import Desk

_ENDED = 20


def workers_page(desk: Desk) -> str:
    """Render those that live, and the last ones that do not."""
    workers = desk.store.reader.workers(all=True)
    ended = [worker for worker in workers if not worker.alive]
    return render_template(
        "workers.html",
        now=desk.store.reader.now_ms(),
        alive=[worker for worker in workers if worker.alive],
        ended=ended[::-1][:_ENDED],
    )
