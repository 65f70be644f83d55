"""`queuectl service`: a worker that the system starts and keeps, and its removal."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from queuectl.exits import CommandError, Exit
from queuectl.locate import without_password
from queuectl.safe import safe_text
from queuectl.service import Service, check_name, stop_seconds, task_text, unit_folder, unit_text
from queuectl.session import Session

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="""A worker that the system starts and keeps running.

A systemd user unit on Linux, a task of the Task Scheduler on Windows.""",
)

Name = Annotated[str, typer.Option("--name", metavar="NAME", help="One of several services.")]


@app.command("install")
def install(
    ctx: typer.Context,
    *,
    name: Name = "worker",
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", min=1, metavar="N", help="Jobs at once.")
    ] = None,
    queue: Annotated[
        list[str] | None,
        typer.Option("--queue", metavar="QUEUE", help="Only jobs of this queue; repeatable."),
    ] = None,
    app_: Annotated[
        str | None, typer.Option("--app", metavar="MODULE:NAME", help="Where the tasks are.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Only print what would be written.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Write the service, show it, and start it after a question.

    \b
    Examples:
      queuectl service install --dry-run
      queuectl service install --concurrency 8
      queuectl service install --name gpu --queue gpu --concurrency 1

    It works on the store that this command finds, from the current folder, as the current user.
    On Linux it also asks systemd to let it outlive the login. `queuectl service uninstall` undoes
    all of it. With --json: name, file, text, started.
    """
    session: Session = ctx.obj
    settings = session.settings()
    words = [*_options("--concurrency", concurrency), *_options("--app", app_)]
    words += [word for each in queue or () for word in ("--queue", each)]
    service = Service(
        name=check_name(name),
        command=[sys.executable, "-m", "queuectl", "worker", "start", *words],
        store=_address(session),
        folder=Path.cwd(),
        stop_s=stop_seconds(
            grace_ms=settings.typed("grace"), kill_grace_ms=settings.typed("kill_grace")
        ),
    )
    file, text = _place(service)
    _show(session, service, file, text)
    if not dry_run:
        if not yes:
            session.confirm(f"write {file} and start it?")
        _start(session, service, file, text)
    if session.json:
        shown = without_password(text)
        session.terminal.document(
            {"name": service.title, "file": str(file), "text": shown, "started": not dry_run}
        )


@app.command("uninstall")
def uninstall(ctx: typer.Context, *, name: Name = "worker") -> None:
    """Stop the service and take away what install wrote.

    \b
    Examples:
      queuectl service uninstall
      queuectl service uninstall --name gpu

    Its worker lets jobs finish within the grace. With --json: name, removed.
    """
    session: Session = ctx.obj
    title = f"queuectl-{check_name(name)}"
    if sys.platform == "win32":
        _run(["schtasks", "/Delete", "/F", "/TN", title])
    else:
        file = unit_folder(os.environ) / f"{title}.service"
        if not file.exists():
            raise CommandError(f"there is no service {title}: no {file}", code=Exit.NOT_FOUND)
        _run(["systemctl", "--user", "disable", "--now", file.name])
        file.unlink()
        _run(["systemctl", "--user", "daemon-reload"])
    if session.json:
        session.terminal.document({"name": title, "removed": True})
    else:
        session.terminal.say(f"{title} is stopped and removed")


def _options(name: str, value: object) -> list[str]:
    return [] if value is None else [name, str(value)]


def _address(session: Session) -> str:
    # Opened, so that a service never waits for a store that nobody can reach.
    store = session.open_store()
    return store.url if store.path is not None else session.address.url


def _place(service: Service) -> tuple[Path, str]:
    if sys.platform == "win32":
        return Path.cwd() / f"{service.title}.xml", task_text(service)
    if sys.platform == "darwin":
        raise CommandError("on macOS write a launchd agent that runs `queuectl worker start`")
    return unit_folder(os.environ) / f"{service.title}.service", unit_text(service)


def _show(session: Session, service: Service, file: Path, text: str) -> None:
    if session.json:
        return
    session.terminal.say(safe_text(f"# {file}"))
    for line in without_password(text).splitlines():
        session.terminal.line(safe_text(line))
    session.terminal.say(f"# {service.title}: `queuectl service uninstall` takes it away again")


def _start(session: Session, service: Service, file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    encoding = "utf-16" if sys.platform == "win32" else "utf-8"
    # The store's address may hold a password: nobody else reads it.
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(file, flags, 0o600), "w", encoding=encoding) as out:
        out.write(text)
    if sys.platform == "win32":
        _run(["schtasks", "/Create", "/F", "/TN", service.title, "/XML", str(file)])
        file.unlink()
        _run(["schtasks", "/Run", "/TN", service.title])
        return
    _run(["systemctl", "--user", "daemon-reload"])
    _run(["systemctl", "--user", "enable", "--now", file.name])
    try:
        _run(["loginctl", "enable-linger"])
    except CommandError as error:
        session.terminal.say(f"it ends when you log out: {error}")
    session.terminal.say(f"{service.title} runs; `systemctl --user status {file.name}` shows it")


def _run(command: Sequence[str]) -> None:
    try:
        ended = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except FileNotFoundError as error:
        raise CommandError(
            f"there is no {command[0]} here; start the worker another way"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise CommandError(f"{command[0]} did not answer within a minute") from error
    if ended.returncode:
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise CommandError(f"`{' '.join(command)}` failed: {said[-1]}")
