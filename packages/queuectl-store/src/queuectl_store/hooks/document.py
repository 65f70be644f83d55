"""Hooks as the JSON documents of docs/json.md: nothing in them that could be secret."""

from typing import Any

from queuectl_store import template
from queuectl_store.document import instant
from queuectl_store.errors import InvalidJob
from queuectl_store.hooks.hook import Hook
from queuectl_store.job import NewJob, command_text


def hook_document(hook: Hook) -> dict[str, Any]:
    """Return the JSON hook; *target* is the command, the server of a webhook, or `desktop`."""
    rule = hook.rule
    return {
        "name": hook.name,
        "on": sorted(rule.on),
        "queues": sorted(rule.queues),
        "job_name": rule.name,
        "task": rule.task,
        "group": rule.group,
        "tags": dict(rule.tags),
        "after_failures": rule.after_failures,
        "kind": hook.kind.value,
        "target": hook_target(hook),
        "signed": hook.secret is not None,
        "allow_private": hook.allow_private,
        "paused": hook.paused,
        "note": hook.note,
        "failures": hook.failures,
        "created_at": instant(hook.created_at),
    }


def hook_target(hook: Hook) -> str:
    """Return where it leads, for people."""
    job = _job(hook)
    return (job and command_text(job.work)) or hook.target


def _job(hook: Hook) -> NewJob | None:
    try:
        return template.from_json(hook.template)
    except InvalidJob:  # a newer version stored it
        return None
