"""Groups of jobs, and the picture of who in one waits for whom."""

from flask import render_template

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.graphing import draw
from queuectl_dashboard.rows import job_rows
from queuectl_dashboard.shares import shares
from queuectl_dashboard.shell import RAIL
from queuectl_store import JobFilter

_GROUPS = 100
_DRAWN = 200
_LISTED = 100


def groups_page(desk: Desk) -> str:
    """Render the newest groups."""
    groups = desk.store.reader.groups(limit=_GROUPS)
    return render_template(
        "groups.html",
        now=desk.store.reader.now_ms(),
        groups=[(group, shares(group.counts, RAIL)) for group in groups],
    )


def group_page(desk: Desk, name: str) -> str:
    """Render one group."""
    reader = desk.store.reader
    group = reader.group(name)
    members = reader.page(JobFilter(group=group.name), limit=_DRAWN + 1)
    known = {job.id for job in members}
    parents = sorted({parent for job in members for parent in job.after} - known)[:_DRAWN]
    shown = [desk.redaction.of_job(job) for job in [*members[:_DRAWN], *reader.find(parents)]]
    return render_template(
        "group.html",
        now=reader.now_ms(),
        group=group,
        shares=shares(group.counts, RAIL),
        picture=draw(shown) if any(job.after for job in shown) else None,
        is_cut=len(members) > _DRAWN,
        rows=job_rows(desk, members[:_LISTED]),
    )
