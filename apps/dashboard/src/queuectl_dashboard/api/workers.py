"""Workers, on whatever host they run."""

from typing import Annotated, Any, Literal

import msgspec

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.kinds import Asked, Count, Id, Shape, Time
from queuectl_dashboard.api.routes import Topic
from queuectl_store import WorkerId, worker_document

topic = Topic("workers")


class WorkerDocument(Shape):
    """A worker. `queues` null is all; `alive`: its lease has not run out."""

    id: Id
    state: Literal["running", "quiet", "stopping", "stopped", "gone"]
    host: str
    pid: int
    concurrency: Count
    running: Count
    queues: list[str] | None
    version: str
    started_at: Time
    seen_at: Time
    alive: bool


class Workers(Shape):
    """Workers, oldest first."""

    workers: list[WorkerDocument]


class WorkerQuery(Asked):
    """Whether those that have ended are listed too."""

    all: bool = False


class Stop(Asked):
    """Which workers to stop; all that live where no ids are given.

    `now` kills their jobs and gives them back; else they finish what they run.
    """

    ids: Annotated[list[Id], msgspec.Meta(max_length=10_000)] | None = None
    now: bool = False


class Quiet(Asked):
    """Which workers to quiet; all that live where no ids are given."""

    ids: Annotated[list[Id], msgspec.Meta(max_length=10_000)] | None = None


class AskedWorkers(Shape):
    """The workers that were asked; one that is unknown or has ended is not among them."""

    asked: list[Id]


@topic.get("/workers", query=WorkerQuery, answer=Workers, problems=(400,))
def list_workers(desk: Desk, query: WorkerQuery) -> dict[str, Any]:
    """List the workers that live, or every one there ever was."""
    return {"workers": list(map(worker_document, desk.store.reader.workers(all=query.all)))}


@topic.act("/workers/stop", body=Stop, is_optional=True, answer=AskedWorkers)
def stop_workers(desk: Desk, body: Stop) -> dict[str, Any]:
    """Ask workers to stop."""
    ids = None if body.ids is None else [WorkerId(each) for each in body.ids]
    return {"asked": desk.store.admin.stop_workers(ids, now=body.now)}


@topic.act("/workers/quiet", body=Quiet, is_optional=True, answer=AskedWorkers)
def quiet_workers(desk: Desk, body: Quiet) -> dict[str, Any]:
    """Ask workers to take no more jobs and to go on with those that they run, until stopped."""
    ids = None if body.ids is None else [WorkerId(each) for each in body.ids]
    return {"asked": desk.store.admin.quiet_workers(ids)}
