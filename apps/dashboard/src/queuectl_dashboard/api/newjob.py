"""Enqueueing and editing: who may do that can run anything, so it is for admins."""

from typing import Any

import msgspec

from queuectl_dashboard.api import shapes
from queuectl_dashboard.api.acting import Action, act_on_all, act_on_one, joined
from queuectl_dashboard.api.choice import Choice
from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.api.jobspec import (
    JobSpec,
    RunSpec,
    Span,
    backoff_of,
    memory_of,
    new_job,
    priority_of,
    work_of,
)
from queuectl_dashboard.api.kinds import Words
from queuectl_dashboard.api.routes import Topic
from queuectl_dashboard.api.times import read_moment, read_span
from queuectl_store import (
    TRANSITIONS,
    Edit,
    NewGroup,
    NewJob,
    Verb,
    parse_halt,
)

topic = Topic("new jobs")

# What a job that follows another one cannot say.
_OWN = ("after", "after_any", "after_failed", "group", "halt", "key", "unique", "on_finish")


class EditSpec(RunSpec):
    """What to change; what is not named stays.

    `timeout` and `memory` 0 take the limit away, `delay` 0 lets it start at once, an empty `name`
    is none, `tags` replace all that there were. `retry` runs a dead job again in the same step.
    """

    delay: Span | None = None
    run_at: Words | None = None
    retry: bool = False


class EditChoice(Choice):
    """Jobs to change, and how."""

    edit: EditSpec = msgspec.field(default_factory=EditSpec)


@topic.rule(
    "POST",
    "/jobs",
    body=JobSpec,
    answer=shapes.Job,
    status=201,
    takes_key=True,
    problems=(404, 409),
)
def enqueue_job(desk: Desk, body: JobSpec) -> dict[str, Any]:
    """Enqueue a job. On stable storage when the answer comes."""
    if desk.key is not None and body.key not in {None, desk.key}:
        raise BadInput("the Idempotency-Key and the key of the job differ; give one of them")
    if desk.key is not None:
        body = msgspec.structs.replace(body, key=desk.key)
    job, follower = new_job(body), _follower(body)
    if body.halt is not None and body.group is None:
        raise BadInput("to halt needs a group; name it in group")
    has_group = body.group is not None
    groups = [_group(body, follower)] if has_group and (body.halt or follower) else []
    last = {} if follower is None or has_group else {0: follower}
    [job_id] = desk.store.enqueue([job], group=groups, on_finish=last)
    return desk.document(job_id)


@topic.rule("PATCH", "/jobs/<id:job_id>", body=EditSpec, answer=shapes.Job, problems=(404, 409))
def edit_job(desk: Desk, job_id: int, body: EditSpec) -> dict[str, Any]:
    """Change a job that waits or is dead."""
    return act_on_one(desk, _editing(desk, body), job_id)


@topic.rule("POST", "/jobs/edit", body=EditChoice, answer=shapes.Acted, problems=(404,))
def edit_jobs(desk: Desk, body: EditChoice) -> dict[str, Any]:
    """Change jobs that wait or are dead."""
    return act_on_all(desk, _editing(desk, body.edit), body)


def _follower(asked: JobSpec) -> NewJob | None:
    last = asked.on_finish
    if last is None:
        return None
    spec = JobSpec(command=last) if isinstance(last, str) else last
    if odd := [name for name in _OWN if getattr(spec, name) is not None]:
        raise BadInput(f"on_finish takes no {odd[0]}: it follows what it is given with")
    like = {"queue": asked.queue, "cwd": asked.cwd, "env": asked.env}
    unsaid = {name: value for name, value in like.items() if getattr(spec, name) is None}
    return new_job(msgspec.structs.replace(spec, **unsaid))


def _group(asked: JobSpec, last: NewJob | None) -> NewGroup:
    assert asked.group is not None
    halt = None if asked.halt is None else parse_halt(asked.halt)
    return NewGroup(name=asked.group, halt=halt, on_finish=last)


def _editing(desk: Desk, asked: EditSpec) -> Action:
    change = _edit(desk, asked)
    if change == Edit() and not asked.retry:
        raise BadInput("say what to change")

    def retried(verbs: Any, ids: Any) -> Any:
        return joined([verbs.admin.edit_and_retry(job_id, change) for job_id in ids])

    return Action(
        verb="edit",
        states=TRANSITIONS[Verb.EDIT].sources,
        move=retried if asked.retry else lambda verbs, ids: verbs.admin.edit(ids, change),
    )


def _edit(desk: Desk, asked: EditSpec) -> Edit:
    desk.refuse_hidden(asked)
    has_work = any(getattr(asked, key) is not None for key in ("command", "argv", "shell", "task"))
    timeout = None if asked.timeout is None else read_span(asked.timeout, what="timeout")
    return Edit(
        work=work_of(asked) if has_work else None,
        queue=asked.queue,
        priority=priority_of(asked.priority),
        name=asked.name,
        tags=asked.tags,
        cwd=asked.cwd,
        run_at=_run_at(desk, asked),
        max_retries=asked.max_retries,
        timeout_ms=timeout,
        memory=memory_of(asked.memory),
        backoff=backoff_of(asked),
    )


def _run_at(desk: Desk, asked: EditSpec) -> int | None:
    if asked.delay is not None and asked.run_at is not None:
        raise BadInput("a job takes one of delay and run_at")
    if asked.run_at is not None:
        return read_moment(asked.run_at, what="run_at")
    if asked.delay is None:
        return None
    delay_ms = read_span(asked.delay, what="delay")
    return desk.store.reader.now_ms() + delay_ms if delay_ms else 0
