"""A picture of who waits for whom: jobs in columns, each right of all that it follows."""

from collections.abc import Sequence

from queuectl_dashboard.rows import work_of
from queuectl_store import Job, JobId
from queuectl_store.values import dataclass

WIDTH, HEIGHT = 168, 40
_GAP_X, _GAP_Y = 56, 14
_MARGIN = 8
_LONGEST_LABEL = 20


@dataclass(frozen=True, slots=True)
class Node:
    """A job at its place."""

    job: Job
    label: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn. *edges* are paths of SVG."""

    nodes: Sequence[Node]
    edges: Sequence[str]
    width: int
    height: int


def draw(jobs: Sequence[Job]) -> Picture:
    """Lay *jobs* out."""
    by_id = {job.id: job for job in sorted(jobs, key=lambda job: job.id)}
    columns: dict[int, list[Job]] = {}
    for job_id, column in _columns(by_id).items():
        columns.setdefault(column, []).append(by_id[job_id])
    nodes = {
        job.id: Node(job, _label(job), _x(column), _y(row))
        for column, members in columns.items()
        for row, job in enumerate(members)
    }
    edges = [
        _edge(nodes[parent], nodes[job.id])
        for job in by_id.values()
        for parent in job.after
        if parent in nodes
    ]
    tallest = max((len(members) for members in columns.values()), default=0)
    return Picture(
        nodes=list(nodes.values()),
        edges=edges,
        width=_x(len(columns) - 1) + WIDTH + _MARGIN,
        height=_y(max(tallest - 1, 0)) + HEIGHT + _MARGIN,
    )


def _columns(jobs: dict[JobId, Job]) -> dict[JobId, int]:
    """Put each job one column right of the rightmost that it follows; there are no cycles."""
    columns: dict[JobId, int] = {}
    todo = list(jobs)[::-1]
    while todo:
        job = jobs[todo[-1]]
        parents = [parent for parent in job.after if parent in jobs]
        missing = [parent for parent in parents if parent not in columns]
        if missing:
            todo += missing
            continue
        columns[job.id] = 1 + max((columns[parent] for parent in parents), default=-1)
        todo.pop()
    return columns


def _label(job: Job) -> str:
    text = job.name or work_of(job)[1]
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"


def _x(column: int) -> int:
    return _MARGIN + column * (WIDTH + _GAP_X)


def _y(row: int) -> int:
    return _MARGIN + row * (HEIGHT + _GAP_Y)


def _edge(parent: Node, child: Node) -> str:
    x, y = parent.x + WIDTH, parent.y + HEIGHT // 2
    to_x, to_y = child.x, child.y + HEIGHT // 2
    bend = max(24, (to_x - x) // 2)
    return f"M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"
