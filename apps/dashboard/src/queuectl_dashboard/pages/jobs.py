"""The list of jobs: its page, and the rows below those that the page has."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.filters import Query, read_query
from queuectl_dashboard.rows import job_rows
from queuectl_store import JobState


def jobs_page(desk: Desk) -> str:
    """Render the list that the query string asks for."""
    query = read_query(request.args)
    counts = desk.store.reader.counts()
    return render_template(
        "jobs.html",
        link=partial(_link, query),
        queues=sorted(set(counts) | set(query.queues)),
        total=_total(query, counts),
        **_found(desk, query),
    )


def jobs_rows(desk: Desk) -> str:
    """Render rows alone, for a list that is scrolled."""
    return render_template("rows.html", **_found(desk, read_query(request.args)))


def _total(query: Query, counts: Mapping[str, Mapping[JobState, int]]) -> int | None:
    """Return how many jobs match, where the counts that are kept tell it."""
    if query.first() != Query(states=query.states, queues=query.queues, limit=query.limit):
        return None
    chosen = [counts.get(queue, {}) for queue in query.queues] if query.queues else counts.values()
    states = query.states or tuple(JobState)
    return None if query.before else sum(each.get(state, 0) for each in chosen for state in states)


def _found(desk: Desk, query: Query) -> dict[str, Any]:
    now = desk.store.reader.now_ms()
    # One more than is shown tells whether there are older ones.
    found = desk.store.reader.page(
        query.filter(now=now), limit=query.limit + 1, before=query.before
    )
    shown = found[: query.limit]
    return {
        "now": now,
        "query": query,
        "rows": job_rows(desk, shown),
        "older": shown[-1].id if len(found) > query.limit else None,
    }


def _link(query: Query, **changes: list[str]) -> str:
    """Write the address of the same list with some arguments changed, back on its first page."""
    arguments = {**query.first().arguments(), **changes}
    written = urlencode(arguments, doseq=True, errors="replace")
    return f"{request.script_root}/jobs" + (f"?{written}" if written else "")
