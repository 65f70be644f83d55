"""Groups of jobs, and who in them waits for whom."""

from typing import Any

from queuectl_dashboard.api import shapes
from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.jobs import Limit
from queuectl_dashboard.api.kinds import Asked, Id
from queuectl_dashboard.api.routes import Topic
from queuectl_store import Group, JobFilter, instant

topic = Topic("groups")

# A picture of more jobs than these nobody can read.
_MOST_SHOWN = 500


class GroupQuery(Asked):
    """How many groups, and under which id the page begins."""

    limit: Limit = 50
    before: Id | None = None


@topic.get("/groups", query=GroupQuery, answer=shapes.Groups, problems=(400,))
def list_groups(desk: Desk, query: GroupQuery) -> dict[str, Any]:
    """List groups, newest first."""
    before = 2**63 - 1 if query.before is None else query.before
    found = desk.store.reader.groups(limit=query.limit + 1, before=before)
    shown = found[: query.limit]
    more = shown[-1].id if len(found) > query.limit else None
    return {"groups": list(map(_document, shown)), "next": more}


@topic.get("/groups/<name:name>", answer=shapes.Group, problems=(404,))
def show_group(desk: Desk, name: str) -> dict[str, Any]:
    """Show one group with its counts."""
    return _document(desk.store.reader.group(name))


@topic.get("/groups/<name:name>/graph", answer=shapes.Graph, problems=(404,))
def draw_group(desk: Desk, name: str) -> dict[str, Any]:
    """Show who in a group waits for whom: its newest 500 jobs, and what they follow."""
    reader = desk.store.reader
    chosen = JobFilter(group=reader.group(name).name)
    found = reader.page(chosen, limit=_MOST_SHOWN + 1)
    members = found[:_MOST_SHOWN]
    known = {job.id for job in members}
    parents = sorted({parent for job in members for parent in job.after} - known)
    jobs = [*members, *reader.find(parents[:_MOST_SHOWN])]
    edges = [{"parent": parent, "child": job.id} for job in members for parent in job.after]
    is_cut = len(found) > _MOST_SHOWN
    return {"jobs": desk.documents(jobs), "edges": edges, "is_cut": is_cut}


def _document(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "counts": {state.value: n for state, n in sorted(group.counts.items())},
        "total": group.total,
        "sealed": group.sealed,
        "concurrency": group.concurrency,
        "halt": None if group.halt is None else str(group.halt),
        "halted": group.halted,
        "finish_job": group.finish_job_id,
        "created_at": instant(group.created_at),
        "finished_at": instant(group.finished_at),
    }
