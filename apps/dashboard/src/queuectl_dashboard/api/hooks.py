"""Who is told of what happens to jobs, and whether that arrived."""

from typing import Any, Literal

from queuectl_dashboard.api import shapes
from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.jobs import Limit
from queuectl_dashboard.api.kinds import Asked, Count, Id, Shape, Time
from queuectl_dashboard.api.routes import Topic
from queuectl_store import HOOK_QUEUE, JobFilter

topic = Topic("hooks")


class HookDocument(Shape):
    """A hook. `target` is a command, the server of a webhook, or `desktop`; `on`: of what."""

    name: str
    on: list[str]
    queues: list[str]
    job_name: str | None
    task: str | None
    group: str | None
    tags: dict[str, str]
    after_failures: Count | None
    kind: Literal["webhook", "command", "desktop"]
    target: str
    signed: bool
    allow_private: bool
    paused: bool
    note: str | None
    failures: Count
    created_at: Time


class Hooks(Shape):
    """Hooks, by name."""

    hooks: list[HookDocument]


class DeliveryQuery(Asked):
    """How many deliveries, and under which id the page begins."""

    limit: Limit = 50
    before: Id | None = None


_ONE: dict[str, Any] = {"answer": HookDocument, "problems": (404,)}


@topic.get("/hooks", answer=Hooks)
def list_hooks(desk: Desk) -> dict[str, Any]:
    """List the hooks."""
    return {"hooks": list(map(desk.hook_document, desk.store.hooks.all()))}


@topic.get("/hooks/<name:name>", **_ONE)
def show_hook(desk: Desk, name: str) -> dict[str, Any]:
    """Show one hook."""
    return desk.hook_document(desk.store.hooks.get(name))


@topic.get(
    "/hooks/<name:name>/deliveries",
    query=DeliveryQuery,
    answer=shapes.JobPage,
    problems=(400, 404),
)
def list_deliveries(desk: Desk, name: str, query: DeliveryQuery) -> dict[str, Any]:
    """List the jobs that tell of what happened, newest first."""
    hook = desk.store.hooks.get(name)
    chosen = JobFilter(queues=(HOOK_QUEUE,), tags={"hook": hook.name})
    found = desk.store.reader.page(
        chosen,
        limit=query.limit + 1,
        before=query.before,  # type: ignore[arg-type]
    )
    shown = found[: query.limit]
    more = shown[-1].id if len(found) > query.limit else None
    return {"jobs": desk.documents(shown), "next": more}


@topic.act("/hooks/<name:name>/pause", **_ONE)
def pause_hook(desk: Desk, name: str) -> dict[str, Any]:
    """Tell it of nothing until it is resumed."""
    return desk.hook_document(desk.store.hooks.pause(name))


@topic.act("/hooks/<name:name>/resume", **_ONE)
def resume_hook(desk: Desk, name: str) -> dict[str, Any]:
    """Tell it of what happens from now on."""
    return desk.hook_document(desk.store.hooks.resume(name))


@topic.act("/hooks/<name:name>/test", answer=shapes.Job, problems=(404, 409))
def test_hook(desk: Desk, name: str) -> dict[str, Any]:
    """Deliver an event that did not happen; the answer is the job that does."""
    return desk.document(desk.store.hooks.test(name))


@topic.rule("DELETE", "/hooks/<name:name>", answer=None, status=204, problems=(404,))
def remove_hook(desk: Desk, name: str) -> None:
    """Remove a hook; deliveries that were made already go on to their end."""
    desk.store.hooks.remove(name)
