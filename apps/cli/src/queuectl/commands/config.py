"""`queuectl config`: settings, and where each value came from."""

from typing import Annotated

import typer

from queuectl.config import Value, check_name
from queuectl.exits import CommandError, Exit
from queuectl.locate import SETTINGS_FILE, find_settings_files, user_settings_file
from queuectl.render import Cell, Column, Row, print_table
from queuectl.session import STORE_ORIGIN, Session
from queuectl_store import SETTINGS

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="""Settings, and where each value came from.

First wins: the command line, QUEUECTL_* variables, the store (shared by every worker),
queuectl.toml, defaults.""",
)

_COLUMNS = (
    Column(title="SETTING"),
    Column(title="VALUE", flexible=True),
    Column(title="FROM", flexible=True),
)


@app.command("list")
def list_settings(ctx: typer.Context) -> None:
    """List every setting in force with its origin.

    \b
    Examples:
      queuectl config list
      queuectl config list --json | jq -r 'select(.origin != "default") | .key'

    With --json, one object a line: key, value, origin.
    """
    session: Session = ctx.obj
    session.look()
    values = session.settings().all()
    if session.json:
        for value in values:
            session.terminal.document(_document(value))
        return
    rows: list[Row] = [
        [
            Cell(text=value.name),
            Cell(text=value.text),
            Cell(text=value.origin, style="dim" if value.origin == "default" else "cyan"),
        ]
        for value in values
    ]
    print_table(session.terminal, _COLUMNS, rows)


@app.command("get")
def get_setting(
    ctx: typer.Context,
    *,
    name: Annotated[str, typer.Argument(metavar="SETTING", help="Its name.")],
) -> None:
    """Print one setting's value.

    \b
    Examples:
      queuectl config get max_retries
      queuectl config get lease --json
    """
    session: Session = ctx.obj
    known = check_name(name)
    session.look()
    value = session.settings().value(known)
    if session.json:
        session.terminal.document(_document(value))
        return
    session.terminal.line(value.text)
    if session.terminal.is_screen:
        session.terminal.say(f"{SETTINGS[known].help} From: {value.origin}.")


@app.command("set", context_settings={"ignore_unknown_options": True})
def set_setting(
    ctx: typer.Context,
    *,
    name: Annotated[str, typer.Argument(metavar="SETTING", help="Its name.")],
    value: Annotated[
        str,
        typer.Argument(
            metavar="VALUE", help="Lengths of time: 90 (seconds), 30s, 10m; sizes: 64M."
        ),
    ],
) -> None:
    """Set a setting in the store, for every worker and every command that uses it.

    \b
    Examples:
      queuectl config set max_retries 5
      queuectl config set timeout 30m

    Running workers follow within a second. Jobs keep the max_retries and timeout that they
    were enqueued with.
    """
    session: Session = ctx.obj
    known = check_name(name)
    store = session.open_store()
    store.settings.set(known, value)
    _tell(session, known)


@app.command("unset")
def unset_setting(
    ctx: typer.Context,
    *,
    name: Annotated[str, typer.Argument(metavar="SETTING", help="Its name.")],
) -> None:
    """Take a setting out of the store.

    \b
    Examples:
      queuectl config unset timeout
      queuectl config unset keep_logs --json
    """
    session: Session = ctx.obj
    known = check_name(name)
    store = session.open_store()
    if known not in store.settings.all():
        raise CommandError(f"{known} is not set in the store", code=Exit.NOT_FOUND)
    store.settings.unset(known)
    _tell(session, known)


@app.command("path")
def settings_path(ctx: typer.Context) -> None:
    """Print the queuectl.toml files that apply, the strongest first.

    \b
    Examples:
      queuectl config path
      queuectl config path --json

    The nearest queuectl.toml upward from the current folder comes first, then the user's own.
    With --json: files, user_file.
    """
    from pathlib import Path

    session: Session = ctx.obj
    files = find_settings_files(cwd=Path.cwd())
    if session.json:
        own = str(user_settings_file())
        session.terminal.document({"files": list(map(str, files)), "user_file": own})
        return
    for file in files:
        session.terminal.line(str(file))
    if not files:
        session.terminal.say(
            f"there is none; {SETTINGS_FILE!r} here or {str(user_settings_file())!r} is read"
        )


def _tell(session: Session, name: str) -> None:
    value = session.settings().value(name)
    if session.json:
        session.terminal.document(_document(value))
        return
    note = "" if value.origin in (STORE_ORIGIN, "default") else f" ({value.origin} wins here)"
    session.terminal.say(f"{name} is {value.text}{note}")


def _document(value: Value) -> dict[str, str]:
    return {"key": value.name, "value": value.text, "origin": value.origin}
