"""Between hooks and the store's rows."""

import base64
import json
from typing import Any

from queuectl_store import template
from queuectl_store.errors import InvalidHook
from queuectl_store.hooks.hook import Hook, HookId, HookOn, HookRule, NewHook


def columns(new: NewHook) -> dict[str, Any]:
    """Return what is stored of *new*.

    Raises:
        InvalidJob: Its job does not fit JSON.
    """
    rule = new.rule
    fields = {
        "on": sorted(rule.on),
        "queues": sorted(rule.queues),
        "name": rule.name,
        "task": rule.task,
        "group": rule.group,
        "tags": dict(rule.tags),
        "after_failures": rule.after_failures,
    }
    return {
        "name": new.name,
        "rule": json.dumps({key: value for key, value in fields.items() if value}),
        "job": template.to_json(new.job),
        "url": new.url,
        "secret": None if new.secret is None else base64.b64encode(new.secret).decode(),
        "allow_private": int(new.allow_private),
    }


def read_hook(row: Any) -> Hook:
    """Return the hook in *row*.

    Raises:
        InvalidHook: A newer version stored it.
    """
    return Hook(
        id=HookId(row.id),
        name=row.name,
        rule=_rule(row.rule),
        template=row.job,
        url=row.url,
        secret=None if row.secret is None else base64.b64decode(row.secret),
        allow_private=bool(row.allow_private),
        paused=bool(row.paused),
        note=row.note,
        failures=row.failures,
        created_at=row.created_at,
    )


def _rule(text: str) -> HookRule:
    fields = json.loads(text)
    try:
        fields["on"] = frozenset(map(HookOn, fields["on"]))
        fields["queues"] = frozenset(fields.get("queues", ()))
        return HookRule(**fields)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidHook(f"a hook cannot be read, a newer version stored it: {error}") from error
