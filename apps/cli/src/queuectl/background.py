"""`queuectl worker start --detach`: the same command again, in the background."""

from enum import Enum
from typing import Any

import typer

from queuectl.detaching import start_detached
from queuectl.jobs import logs_of
from queuectl.safe import safe_text
from queuectl.session import Session


def start_in_background(session: Session, ctx: typer.Context) -> None:
    """Start a worker with the options that *ctx* was given, and say which one it is."""
    store = session.open_store()
    found = start_detached(
        store,
        url=str(store.path) if store.path else session.address.url,
        options=options_again(ctx),
        log_folder=logs_of(session).root,
    )
    if session.json:
        session.terminal.document(
            {"worker": found.worker_id, "pid": found.pid, "log": str(found.log)}
        )
        return
    session.terminal.line(str(found.worker_id))
    session.terminal.say(
        safe_text(
            f"worker {found.worker_id} runs in the background; its log is {found.log};"
            f" `queuectl worker stop {found.worker_id}` stops it"
        )
    )


def options_again(ctx: typer.Context) -> list[str]:
    """Return what was said on the command line, but for `--detach` and `--reload`."""
    words: list[str] = []
    for option in ctx.command.params:
        name = str(option.name)
        source = ctx.get_parameter_source(name)
        # The options of every command, such as --json, are not among this one's values.
        if name in ("detach", "reload") or name not in ctx.params or source is None:
            continue
        if source.name != "COMMANDLINE":
            continue
        words += _words(max(option.opts, key=len), ctx.params[name])
    return words


def _words(option: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [option] if value else []
    values = value if isinstance(value, list | tuple) else [value]
    texts = [str(each.value if isinstance(each, Enum) else each) for each in values]
    return [word for text in texts for word in (option, text)]
