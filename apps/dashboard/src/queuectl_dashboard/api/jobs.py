"""Looking at jobs: lists, one job, its history, why it waits."""

from typing import Annotated, Any

import msgspec

from queuectl_dashboard.api import shapes
from queuectl_dashboard.api.choice import Filter, filter_of
from queuectl_dashboard.api.desk import Desk, run_document
from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.api.kinds import Asked, Id
from queuectl_dashboard.api.routes import Topic
from queuectl_store import Cursor, InvalidCursor, why_document

topic = Topic("jobs")

Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
EventLimit = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
After = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class JobQuery(Filter):
    """Which jobs, how many of them, and under which id the page begins."""

    limit: Limit = 50
    before: Id | None = None


class EventQuery(Asked):
    """Which events; `after` is the id of the last one that is known."""

    after: After = 0
    limit: EventLimit = 200


class FeedQuery(Asked):
    """Where to go on: the cursor of the last answer; without it, the newest events."""

    after: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    limit: EventLimit = 200


@topic.get("/jobs", query=JobQuery, answer=shapes.JobPage, problems=(400,))
def list_jobs(desk: Desk, query: JobQuery) -> dict[str, Any]:
    """List jobs, newest first."""
    reader = desk.store.reader
    try:
        chosen = filter_of(query, now_ms=reader.now_ms())
    except BadInput as error:
        raise BadInput(str(error), status=400) from error
    found = reader.page(chosen, limit=query.limit + 1, before=query.before)  # type: ignore[arg-type]
    shown = found[: query.limit]
    more = shown[-1].id if len(found) > query.limit else None
    return {"jobs": desk.documents(shown), "next": more}


@topic.get("/jobs/<id:job_id>", answer=shapes.FullJob, problems=(404,))
def show_job(desk: Desk, job_id: int) -> dict[str, Any]:
    """Show a job with its ended runs."""
    return desk.full_document(desk.job(job_id))


@topic.get("/jobs/<id:job_id>/attempts", answer=shapes.Attempts, problems=(404,))
def list_attempts(desk: Desk, job_id: int) -> dict[str, Any]:
    """List a job's ended runs, oldest first."""
    attempts = desk.attempts(desk.job(job_id).id)
    return {"attempts": [run_document(attempt) for attempt in attempts]}


@topic.get(
    "/jobs/<id:job_id>/events", query=EventQuery, answer=shapes.JobEvents, problems=(400, 404)
)
def list_job_events(desk: Desk, job_id: int, query: EventQuery) -> dict[str, Any]:
    """Tell what happened to a job, oldest first."""
    found = desk.store.reader.events(
        after=query.after, job_id=desk.job(job_id).id, limit=query.limit + 1
    )
    shown = found[: query.limit]
    more = shown[-1].id if len(found) > query.limit else None
    return {"events": [desk.event(each) for each in shown], "next": more}


_TEXTS = ("reason", "detail", "remedy")


@topic.get("/jobs/<id:job_id>/why", answer=shapes.Why, problems=(404,))
def explain_job(desk: Desk, job_id: int) -> dict[str, Any]:
    """Say why a job is where it is, and what would change it."""
    told = why_document(desk.store.reader.why(desk.job(job_id).id))
    texts = {key: desk.redaction.of_text(told[key]) for key in _TEXTS}
    return {**told, **texts}


@topic.get("/events", query=FeedQuery, answer=shapes.Feed, problems=(400,))
def list_events(desk: Desk, query: FeedQuery) -> dict[str, Any]:
    """Tell what happened to all jobs: from a cursor on, or the newest events."""
    reader = desk.store.reader
    try:
        if query.after is None:
            page = reader.newest_events(query.limit)
        else:
            page = reader.feed(Cursor(query.after), limit=query.limit)
    except InvalidCursor as error:
        raise BadInput(str(error), status=400) from error
    events = [desk.event(each) for each in page.events]
    return {"events": events, "cursor": page.cursor, "is_pruned": page.is_pruned}
