"""`queuectl schedule`: recurring jobs."""

from typing import Annotated

import typer

from queuectl.commands.schedule_change import add, edit, tell
from queuectl.jobs import documents
from queuectl.render import Row, print_facts, print_table
from queuectl.scheduleoptions import Name, ScheduleCommand
from queuectl.schedules import COLUMNS, SLOT_COLUMNS, facts, schedule_row, slot_row, zone_of
from queuectl.session import Session
from queuectl_store import instant, slot_document
from queuectl_store.instants import moment_of
from queuectl_store.schedules.document import schedule_document

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="""Recurring jobs: one job a slot, whatever the number of workers.

docs/schedules.md states what becomes of missed slots, of overlaps and when clocks change.""",
)

app.command("add", cls=ScheduleCommand)(add)


@app.command("list")
def list_schedules(ctx: typer.Context) -> None:
    """List the schedules with their next fire times.

    \b
    Examples:
      queuectl schedule list
      queuectl schedule list --json | jq -r 'select(.paused) | .name'

    With --json, one schedule a line.
    """
    session: Session = ctx.obj
    store = session.read_store()
    schedules = store.schedules.all()
    if session.json:
        for schedule in schedules:
            session.terminal.document(schedule_document(schedule))
    elif schedules:
        now_ms = store.reader.now_ms()
        rows: list[Row] = [schedule_row(schedule, now_ms=now_ms) for schedule in schedules]
        print_table(session.terminal, COLUMNS, rows)
    else:
        session.terminal.say("no schedules; `queuectl schedule add --help` shows how to add one")


@app.command("show")
def show(
    ctx: typer.Context,
    *,
    name: Name,
    limit: Annotated[
        int, typer.Option(min=0, max=1000, metavar="N", help="So many of the latest slots.")
    ] = 10,
) -> None:
    """Show a schedule and what became of its latest slots.

    \b
    Examples:
      queuectl schedule show backup
      queuectl schedule show backup --limit 100 --json | jq '.slots[] | select(.outcome != "fired")'

    With --json: the schedule, with slots, newest first.
    """
    session: Session = ctx.obj
    store = session.read_store()
    schedule = store.schedules.get(name)
    slots = store.schedules.history(name, limit=limit)
    if session.json:
        told = [slot_document(slot) for slot in slots]
        session.terminal.document({**schedule_document(schedule), "slots": told})
        return
    print_facts(session.terminal, facts(schedule, now_ms=store.reader.now_ms()))
    if slots:
        session.terminal.line()
        print_table(session.terminal, SLOT_COLUMNS, [slot_row(slot, schedule.tz) for slot in slots])


@app.command("next")
def next_slots(
    ctx: typer.Context,
    *,
    name: Name,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=1000, metavar="N", help="So many.")
    ] = 5,
) -> None:
    """Print when a schedule fires next, in its zone.

    \b
    Examples:
      queuectl schedule next backup
      queuectl schedule next backup -n 20 --json

    A paused schedule fires at none of them. With --json, one object a line: slot, local.
    """
    session: Session = ctx.obj
    schedules = session.read_store().schedules
    zone = zone_of(schedules.get(name).tz)
    for slot in schedules.upcoming(name, n=count):
        local = moment_of(slot, zone).isoformat()
        if session.json:
            session.terminal.document({"slot": instant(slot), "local": local})
        else:
            session.terminal.line(local)


@app.command("pause")
def pause(ctx: typer.Context, *, name: Name) -> None:
    """Let a schedule fire no more until it is resumed.

    \b
    Examples:
      queuectl schedule pause backup
      queuectl schedule pause backup --json | jq .paused

    Jobs that it made already go on. With --json: the schedule.
    """
    session: Session = ctx.obj
    tell(session, session.read_store().schedules.pause(name))


@app.command("resume")
def resume(ctx: typer.Context, *, name: Name) -> None:
    """Let a schedule fire again, from its first slot after now.

    \b
    Examples:
      queuectl schedule resume backup
      queuectl schedule resume backup && queuectl schedule next backup

    The slots of the pause are not made up for; `queuectl schedule run` runs one now. With
    --json: the schedule.
    """
    session: Session = ctx.obj
    tell(session, session.read_store().schedules.resume(name))


@app.command("run")
def run(ctx: typer.Context, *, name: Name) -> None:
    """Add a schedule's job now, paused or not, and print its id.

    \b
    Examples:
      queuectl schedule run backup
      queuectl wait $(queuectl schedule run backup)

    Exit code 4 when its policy is --overlap skip and its last job has not ended. With --json:
    the job.
    """
    session: Session = ctx.obj
    store = session.read_store()
    job_id = store.schedules.run_now(name)
    if session.json:
        session.terminal.document(documents(session, store.reader.find([job_id]))[0])
        return
    session.terminal.line(str(job_id))


@app.command("rm")
def remove(ctx: typer.Context, *, name: Name) -> None:
    """Remove a schedule; the jobs that it made stay.

    \b
    Examples:
      queuectl schedule rm backup
      queuectl schedule rm backup --json

    With --json: removed.
    """
    session: Session = ctx.obj
    session.read_store().schedules.remove(name)
    if session.json:
        session.terminal.document({"removed": name})
        return
    session.terminal.say(f"removed {name}; `queuectl list --tag schedule={name}` lists its jobs")


app.command("edit", cls=ScheduleCommand)(edit)
