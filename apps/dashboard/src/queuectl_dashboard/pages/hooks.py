"""The hooks: who is told of what, and whether that arrived."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import render_template, request

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.filters import PAGE, read_before
from queuectl_dashboard.rows import job_rows
from queuectl_store import (
    HOOK_QUEUE,
    Hook,
    HookOn,
    HookRule,
    Job,
    JobFilter,
    JobId,
    Store,
    hook_target,
)

# The dots beside a hook come from the latest deliveries of all, however many hooks there are.
_LOOKED_AT = 200
_DOTS = 8


def hooks_page(desk: Desk) -> str:
    """Render all hooks, by name, with what became of their latest deliveries."""
    hooks = desk.store.hooks.all()
    latest = _latest(desk.store) if hooks else {}
    return render_template(
        "hooks.html",
        now=desk.store.reader.now_ms(),
        hooks=[(*_told(desk, hook), latest.get(hook.name, [])) for hook in hooks],
        is_served=all(hook.paused for hook in hooks) or _is_served(desk.store),
        hook_queue=HOOK_QUEUE,
        all_on=list(HookOn),
    )


def hook_page(desk: Desk, name: str) -> str:
    """Render one hook and its deliveries, newest first."""
    hook, target, words = _told(desk, desk.store.hooks.get(name))
    before = read_before(request.args)
    chosen = JobFilter(queues=(HOOK_QUEUE,), tags={"hook": hook.name})
    under = None if before is None else JobId(before)
    found = desk.store.reader.page(chosen, limit=PAGE + 1, before=under)
    return render_template(
        "hook.html",
        now=desk.store.reader.now_ms(),
        hook=hook,
        target=target,
        words=words,
        rows=job_rows(desk, found[:PAGE]),
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        before=before,
        is_served=hook.paused or _is_served(desk.store),
        hook_queue=HOOK_QUEUE,
    )


def _told(desk: Desk, hook: Hook) -> tuple[Hook, str, list[str]]:
    """Return a hook, where it leads and what narrows it, as they may be shown."""
    shown, rule = desk.redaction, hook.rule
    rule = replace(rule, name=shown.of_text(rule.name), tags=shown.of(dict(rule.tags)))
    hook = replace(hook, rule=rule, note=shown.of_text(hook.note))
    return hook, shown.of_text(hook_target(hook)), rule_words(rule)


def rule_words(rule: HookRule) -> list[str]:
    """Say what narrows a hook, one word or two for each."""
    said = [f"queue {queue}" for queue in sorted(rule.queues)]
    said += [
        f"{what} {value}"
        for what, value in (("name", rule.name), ("task", rule.task), ("group", rule.group))
        if value is not None
    ]
    said += [f"{key}={value}" for key, value in sorted(rule.tags.items())]
    if rule.after_failures is not None:
        said.append(f"after {rule.after_failures} in a row")
    return said


def _latest(store: Store) -> Mapping[str, Sequence[Job]]:
    """Return the latest deliveries of each hook, oldest first."""
    found: defaultdict[str, list[Job]] = defaultdict(list)
    for job in store.reader.page(JobFilter(queues=(HOOK_QUEUE,)), limit=_LOOKED_AT):
        told = found[job.tags.get("hook", "")]
        if len(told) < _DOTS:
            told.insert(0, job)
    return found


def _is_served(store: Store) -> bool:
    """Tell whether a worker that lives takes deliveries."""
    return any(
        worker.queues is None or HOOK_QUEUE in worker.queues for worker in store.reader.workers()
    )
