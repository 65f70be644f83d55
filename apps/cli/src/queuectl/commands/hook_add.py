"""`queuectl hook add`: which events, of which jobs, told to whom and how."""

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from queuectl.exits import UsageProblem
from queuectl.hooks import Name
from queuectl.moments import parse_span
from queuectl.pairs import parse_pairs
from queuectl.session import Session
from queuectl_store import (
    HookOn,
    HookRule,
    NewHook,
    NewJob,
    Shell,
    desktop_job,
    hook_document,
    webhook_job,
)
from queuectl_worker import pick_environment
from queuectl_worker.hooks.address import is_public
from queuectl_worker.hooks.signing import read_secret, secret_text

ENDED = frozenset({HookOn.SUCCEEDED, HookOn.DEAD, HookOn.CANCELLED})
# Together more than two hours: a receiver that is being deployed misses nothing.
RETRIES = 12
TIMEOUT = "60s"
_STDIN = "-"
_MOST = 10_000


def add(
    ctx: typer.Context,
    *,
    name: Name,
    on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="EVENT",
            help="enqueued, started, succeeded, retrying, dead, cancelled, held, or ended for the"
            " three ends; repeat or separate by commas. [default: dead]",
        ),
    ] = None,
    queue: Annotated[
        list[str] | None, typer.Option(metavar="QUEUE", help="Only jobs of this queue; repeatable.")
    ] = None,
    job_name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Only jobs of this name.")
    ] = None,
    task: Annotated[
        str | None, typer.Option(metavar="TASK", help="Only runs of this task.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="GROUP", help="Only jobs of this group.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="K=V", help="Only jobs with this tag; repeatable.")
    ] = None,
    after_failures: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Only when N of these jobs died with no success in between."
        ),
    ] = None,
    webhook: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Send it there, signed; - reads the URL from standard input."
        ),
    ] = None,
    command: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND", help="Run this shell command, with the event on its standard input."
        ),
    ] = None,
    desktop: Annotated[
        bool, typer.Option("--desktop", help="Show it on the desktop of a worker's host.")
    ] = False,
    secret_file: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="What webhooks are signed with; without it a new one is printed."
        ),
    ] = None,
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="The webhook may lead into a private network."),
    ] = False,
    max_retries: Annotated[
        int, typer.Option(min=0, metavar="N", help="Retries of a delivery.")
    ] = RETRIES,
    timeout: Annotated[
        str, typer.Option(metavar="TIME", help="How long the command may run.")
    ] = TIMEOUT,
) -> None:
    """Add a hook: tell somebody of what happens to jobs from now on.

    \b
    Examples:
      queuectl hook add pager --on dead --webhook https://example.org/hooks
      queuectl hook add chat --on ended --tag team=web --webhook - < url.txt
      queuectl hook add mail --command 'mail -s "$QUEUECTL_EVENT_TEXT" me@example.org'
      queuectl hook add night --after-failures 3 --tag schedule=backup --desktop

    Prints the name, and of a webhook the secret that it is signed with, which is shown this
    once. Deliveries are jobs of the queue queuectl.hooks: a worker that serves it runs them.
    With --json: the hook, and secret.
    """
    session: Session = ctx.obj
    if sum((webhook is not None, command is not None, desktop)) != 1:
        raise UsageProblem("say how to tell: --webhook URL, --command COMMAND or --desktop")
    if webhook is None and (secret_file is not None or allow_private):
        raise UsageProblem("--secret-file and --allow-private are for --webhook")
    rule = HookRule(
        on=_events(on or [HookOn.DEAD]),
        queues=frozenset(queue or ()),
        name=job_name,
        task=task,
        group=group,
        tags=parse_pairs(tag or [], option="--tag"),
        after_failures=after_failures,
    )
    given = None if secret_file is None else _given_secret(secret_file)
    rules = {"max_retries": max_retries, "timeout_ms": parse_span(timeout, what="--timeout")}
    new = NewHook(
        name=name,
        rule=rule,
        job=_job(session, command, rules, is_webhook=webhook is not None),
        url=_stdin_line() if webhook == _STDIN else webhook,
        secret=secrets.token_bytes(32) if webhook is not None and given is None else given,
        allow_private=allow_private,
    )
    _add(session, new, is_told=given is None)


def _refuse_private(new: NewHook) -> None:
    """Refuse at once what every delivery would refuse; names are looked up then."""
    try:
        is_private = new.url is not None and not is_public(urlsplit(new.url).hostname or "")
    except ValueError:  # a name, or no address at all, which the store refuses
        return
    if is_private and not new.allow_private:
        raise UsageProblem("that address is in a private network; --allow-private allows it")


def _add(session: Session, new: NewHook, *, is_told: bool) -> None:
    _refuse_private(new)
    hook = session.open_store().hooks.add(new)
    secret = secret_text(new.secret) if is_told and new.secret is not None else None
    if session.json:
        session.terminal.document({**hook_document(hook), "secret": secret})
        return
    session.terminal.line(hook.name)
    if secret is not None:
        session.terminal.line(secret)
        session.terminal.say("the second line is its secret, for the receiver; it is shown once")
    session.terminal.say(f"`queuectl hook test {hook.name}` tries it")


def _events(words: list[str]) -> frozenset[HookOn]:
    names = [name for word in words for name in word.split(",") if name]
    found: set[HookOn] = set()
    for name in names:
        if name == "ended":
            found |= ENDED
        elif name in list(HookOn):
            found.add(HookOn(name))
        else:
            raise UsageProblem(f"--on is one of {', '.join(HookOn)}, ended; got {name!r}")
    return frozenset(found)


def _job(
    session: Session, command: str | None, rules: Mapping[str, Any], *, is_webhook: bool
) -> NewJob:
    if is_webhook:
        return webhook_job(**rules)
    if command is None:
        return desktop_job(**rules)
    return NewJob(
        work=Shell(script=command),
        cwd=str(Path.cwd()),
        environment=pick_environment(os.environ, session.settings().typed("env_pass")),
        **rules,
    )


def _given_secret(place: str) -> bytes:
    try:
        return read_secret(_stdin_line() if place == _STDIN else _text_of(Path(place)))
    except ValueError as error:
        raise UsageProblem(f"--secret-file: {error}") from error


def _text_of(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(_MOST)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UsageProblem(f"{str(path)!r} cannot be read: {reason}") from error


def _stdin_line() -> str:
    return sys.stdin.readline(_MOST).strip()
