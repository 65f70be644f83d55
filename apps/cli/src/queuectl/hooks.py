"""Hooks for people: rows, and what is shared by the commands on one hook."""

from typing import Annotated

import typer

from queuectl.render import Cell, Column, Row
from queuectl_store import Hook, hook_target

Name = Annotated[str, typer.Argument(metavar="NAME", help="The hook's name.")]

COLUMNS = (
    Column(title="NAME", flexible=True),
    Column(title="STATE", flexible=True),
    Column(title="ON", flexible=True),
    Column(title="OF", flexible=True),
    Column(title="KIND"),
    Column(title="TARGET", flexible=True),
)


def hook_row(hook: Hook) -> Row:
    """Return a hook's cells for `COLUMNS`."""
    state = "paused" if hook.paused else "active"
    why = f" ({hook.note})" if hook.note else ""
    return [
        Cell(text=hook.name),
        Cell(text=state + why, style="yellow" if hook.paused else "green"),
        Cell(text=_on(hook)),
        Cell(text=_of(hook)),
        Cell(text=hook.kind.value),
        Cell(text=hook_target(hook)),
    ]


def _on(hook: Hook) -> str:
    count = hook.rule.after_failures
    if count is not None:
        return f"{count} dead in a row ({min(hook.failures, count)} now)"
    return ", ".join(sorted(hook.rule.on))


def _of(hook: Hook) -> str:
    rule = hook.rule
    named = (("name", rule.name), ("task", rule.task), ("group", rule.group))
    words = [f"queue {queue}" for queue in sorted(rule.queues)]
    words += [f"{what} {value}" for what, value in named if value is not None]
    words += [f"{key}={value}" for key, value in rule.tags.items()]
    return ", ".join(words)
