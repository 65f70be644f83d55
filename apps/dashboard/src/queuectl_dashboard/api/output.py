"""What runs printed: the end, the beginning or a stretch of it as text, or all of it as a file."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from flask import Response

from queuectl_dashboard.api import shapes
from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.api.kinds import Asked, Id
from queuectl_dashboard.api.routes import Topic
from queuectl_store import Attempt, Job, JobState, Stream
from queuectl_worker.sources import Source, pieces

topic = Topic("output")

MOST_BYTES = 1024 * 1024
StreamName = Literal["stdout", "stderr"]
STREAMS: Mapping[str, Stream] = MappingProxyType({"stdout": Stream.OUT, "stderr": Stream.ERR})
Lines = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Place = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class OutputQuery(Asked):
    """Which run (its latest) and stream, and which part: `tail` or `head` lines, or from a byte on.

    At most a mebibyte is sent; the last 400 lines where nothing is said.
    """

    run: Id | None = None
    stream: StreamName = "stdout"
    tail: Lines | None = None
    head: Lines | None = None
    start: Place | None = msgspec.field(default=None, name="from")
    end: Place | None = msgspec.field(default=None, name="to")


class DownloadQuery(Asked):
    """Which run (its latest) and stream."""

    run: Id | None = None
    stream: StreamName = "stdout"


class NoOutput(LookupError):
    """There is no such run, or nothing of what it printed is here."""


@topic.get("/jobs/<id:job_id>/logs", query=OutputQuery, answer=shapes.Output, problems=(400, 404))
def read_output(desk: Desk, job_id: int, query: OutputQuery) -> dict[str, Any]:
    """Read a part of what a run printed; a run that printed nothing yet has an empty output."""
    parts = [query.tail is not None, query.head is not None, (query.start or query.end) is not None]
    if parts.count(True) > 1:
        raise BadInput("say one of tail, head, and from and to", status=400)
    job = desk.job(job_id)
    run = run_of(desk, job, query.run)
    source = desk.output(job, run).open(STREAMS[query.stream])
    facts = {
        "job": job.id,
        "run": job.token if run is None else run.token,
        "stream": query.stream,
        "is_over": run is not None or job.state is not JobState.RUNNING,
    }
    if source is None:
        return {**facts, "from": 0, "to": 0, "size": 0, "text": ""}
    with closing(source):
        size = source.size()
        start, end = _stretch(source, query, size)
        text = b"".join(pieces(source, start, end)).decode("utf-8", "replace")
    return {**facts, "from": start, "to": end, "size": size, "text": text}


@topic.get(
    "/jobs/<id:job_id>/logs/download",
    query=DownloadQuery,
    answer="text/plain",
    problems=(400, 404),
)
def download_output(desk: Desk, job_id: int, query: DownloadQuery) -> Response:
    """Download all that a run printed, byte for byte."""
    job = desk.job(job_id)
    run = run_of(desk, job, query.run)
    source = desk.output(job, run).open(STREAMS[query.stream])
    if source is None:
        raise NoOutput(f"job {job_id} has no {query.stream} of that run here")
    token = job.token if run is None else run.token
    # Of numbers and fixed words alone: no stored text can reach the name or the header.
    name = f"job-{job.id}-{token}.{'err.' if query.stream == 'stderr' else ''}log"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(_all(source), content_type="text/plain; charset=utf-8", headers=headers)


def run_of(desk: Desk, job: Job, token: int | None) -> Attempt | None:
    """Return an ended run of *job* by its number; None is the latest one.

    Raises:
        NoOutput: There is no such run.
    """
    if token is None or (token == job.token and job.state is JobState.RUNNING):
        return None
    for attempt in desk.store.reader.attempts(job.id):
        if attempt.token == token:
            return attempt
    raise NoOutput(f"job {job.id} has no run {token}")


def _stretch(source: Source, query: OutputQuery, size: int) -> tuple[int, int]:
    if query.head is not None:
        return 0, _end_of_line(source, query.head, min(size, MOST_BYTES))
    if query.start is not None or query.end is not None:
        end = size if query.end is None else min(query.end, size)
        start = min(query.start or 0, end)
        return start, min(end, start + MOST_BYTES)
    start = source.tail_start(400 if query.tail is None else query.tail)
    return max(start, size - MOST_BYTES), size


def _end_of_line(source: Source, lines: int, size: int) -> int:
    for at, block in source.blocks(0, size):
        place = -1
        while lines and (found := block.find(b"\n", place + 1)) >= 0:
            lines, place = lines - 1, found
        if not lines:
            return at + place + 1
    return size


def _all(source: Source) -> Iterator[bytes]:
    with closing(source):
        yield from pieces(source, 0, source.size())
