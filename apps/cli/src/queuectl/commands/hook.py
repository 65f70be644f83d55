"""`queuectl hook`: who is told of what happens to jobs."""

from typing import Annotated

import typer

from queuectl.commands.hook_add import add
from queuectl.hooks import COLUMNS, Name, hook_row
from queuectl.jobs import documents
from queuectl.listing import Wish, print_jobs
from queuectl.render import Row, print_table
from queuectl.session import Session
from queuectl_store import HOOK_QUEUE, Hook, JobFilter, hook_document

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="""Webhooks, commands and desktop notifications on what happens to jobs.

docs/hooks.md says what is sent, how it is signed and what is promised.""",
)

app.command("add")(add)


@app.command("list")
def list_hooks(ctx: typer.Context) -> None:
    """List the hooks.

    \b
    Examples:
      queuectl hook list
      queuectl hook list --json | jq -r 'select(.paused) | .name'

    Of a webhook's address only the server is shown. With --json, one hook a line.
    """
    session: Session = ctx.obj
    hooks = session.read_store().hooks.all()
    if session.json:
        for hook in hooks:
            session.terminal.document(hook_document(hook))
    elif hooks:
        rows: list[Row] = [hook_row(hook) for hook in hooks]
        print_table(session.terminal, COLUMNS, rows)
    else:
        session.terminal.say("no hooks; `queuectl hook add --help` shows how to add one")


@app.command("test")
def test(ctx: typer.Context, *, name: Name) -> None:
    """Deliver an event that did not happen, and print the id of the job that does.

    \b
    Examples:
      queuectl hook test pager
      queuectl wait $(queuectl hook test pager)

    Its type is hook.test. It works for paused hooks too. With --json: the job.
    """
    session: Session = ctx.obj
    store = session.read_store()
    job_id = store.hooks.test(name)
    if session.json:
        session.terminal.document(documents(session, store.reader.find([job_id]))[0])
        return
    session.terminal.line(str(job_id))


@app.command("log")
def log(
    ctx: typer.Context,
    *,
    name: Name,
    limit: Annotated[
        int, typer.Option(min=0, metavar="N", help="Print at most this many; 0 is all.")
    ] = 50,
) -> None:
    """List a hook's deliveries, newest first, and how each one went.

    \b
    Examples:
      queuectl hook log pager
      queuectl hook log pager --json | jq 'select(.state == "dead")'

    A delivery is a job of the queue queuectl.hooks: `queuectl show ID` has its attempts,
    `queuectl retry ID` sends it again. With --json, one job a line.
    """
    session: Session = ctx.obj
    session.read_store().hooks.get(name)
    wish = Wish(filter=JobFilter(queues=(HOOK_QUEUE,), tags={"hook": name}), limit=limit)
    print_jobs(session, wish, empty=f"{name} was told of nothing yet")


@app.command("pause")
def pause(ctx: typer.Context, *, name: Name) -> None:
    """Tell a hook of nothing until it is resumed.

    \b
    Examples:
      queuectl hook pause pager
      queuectl hook pause pager --json

    Deliveries that were made already go on. With --json: the hook.
    """
    session: Session = ctx.obj
    _tell(session, session.read_store().hooks.pause(name))


@app.command("resume")
def resume(ctx: typer.Context, *, name: Name) -> None:
    """Tell a hook of what happens from now on.

    \b
    Examples:
      queuectl hook resume pager
      queuectl hook resume pager && queuectl hook test pager

    The events of the pause are not made up for. With --json: the hook.
    """
    session: Session = ctx.obj
    _tell(session, session.read_store().hooks.resume(name))


@app.command("remove", hidden=True)
@app.command("rm")
def remove(ctx: typer.Context, *, name: Name) -> None:
    """Remove a hook.

    \b
    Examples:
      queuectl hook rm pager
      queuectl hook rm pager --json

    Webhooks that still wait to be sent are given up. With --json: removed.
    """
    session: Session = ctx.obj
    session.read_store().hooks.remove(name)
    if session.json:
        session.terminal.document({"removed": name})
        return
    session.terminal.say(f"removed {name}; `queuectl list --tag hook={name}` lists its deliveries")


def _tell(session: Session, hook: Hook) -> None:
    if session.json:
        session.terminal.document(hook_document(hook))
        return
    session.terminal.line(hook.name)
