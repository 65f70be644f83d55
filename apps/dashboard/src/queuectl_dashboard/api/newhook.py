"""Making a hook: it decides what is run, or where news of jobs go, so it is for admins."""

import secrets
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.hooks import HookDocument
from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.api.jobspec import Span, Whole
from queuectl_dashboard.api.kinds import Asked, Name, Words
from queuectl_dashboard.api.routes import Topic
from queuectl_dashboard.api.times import read_span
from queuectl_store import (
    HookOn,
    HookRule,
    NewHook,
    NewJob,
    Shell,
    desktop_job,
    webhook_job,
)
from queuectl_worker.hooks.address import is_public
from queuectl_worker.hooks.signing import secret_text

topic = Topic("hooks")

Failures = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class HookSpec(Asked):
    """A hook: exactly one of `webhook` (its address), `command` and `desktop` says how it tells.

    The other fields narrow of what: with `after_failures`, only once so many jobs have died in a
    row. `allow_private`: the address may lead into a private network.
    """

    name: Name
    on: list[HookOn] = msgspec.field(default_factory=lambda: [HookOn.DEAD])
    queues: list[Words] = msgspec.field(default_factory=list)
    job_name: Words | None = None
    task: Words | None = None
    group: Words | None = None
    tags: dict[str, str] = msgspec.field(default_factory=dict)
    after_failures: Failures | None = None
    webhook: Words | None = None
    command: Words | None = None
    desktop: bool = False
    allow_private: bool = False
    max_retries: Whole = 12
    timeout: Span = "60s"


class MadeHook(HookDocument):
    """A hook, and the secret that its webhook is signed with: shown this once."""

    secret: str | None


@topic.rule("POST", "/hooks", body=HookSpec, answer=MadeHook, status=201, problems=(409,))
def add_hook(desk: Desk, body: HookSpec) -> dict[str, Any]:
    """Add a hook: tell somebody of what happens to jobs from now on."""
    ways = [body.webhook is not None, body.command is not None, body.desktop]
    if ways.count(True) != 1:
        raise BadInput("say how to tell: exactly one of webhook, command and desktop")
    _refuse_private(body)
    secret = None if body.webhook is None else secrets.token_bytes(32)
    rule = HookRule(
        on=frozenset(body.on),
        queues=frozenset(body.queues),
        name=body.job_name,
        task=body.task,
        group=body.group,
        tags=body.tags,
        after_failures=body.after_failures,
    )
    new = NewHook(
        name=body.name,
        rule=rule,
        job=_job(body),
        url=body.webhook,
        secret=secret,
        allow_private=body.allow_private,
    )
    told = desk.hook_document(desk.store.hooks.add(new))
    return {**told, "secret": None if secret is None else secret_text(secret)}


def _job(asked: HookSpec) -> NewJob:
    timeout_ms = read_span(asked.timeout, what="timeout")
    rules: dict[str, Any] = {"max_retries": asked.max_retries, "timeout_ms": timeout_ms}
    if asked.webhook is not None:
        return webhook_job(**rules)
    if asked.command is None:
        return desktop_job(**rules)
    if not asked.command.strip():
        raise BadInput("command is empty; give a shell command")
    return NewJob(work=Shell(script=asked.command), **rules)


def _refuse_private(asked: HookSpec) -> None:
    """Refuse at once what every delivery would refuse; names are looked up then."""
    try:
        host = urlsplit(asked.webhook or "").hostname or ""
        is_private = asked.webhook is not None and not is_public(host)
    except ValueError:  # a name, or no address at all, which the store refuses
        return
    if is_private and not asked.allow_private:
        raise BadInput("that address is in a private network; allow_private allows it")
