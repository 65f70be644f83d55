"""`queuectl resource`: named resources of which jobs take a part while they run."""

from typing import Annotated

import typer

from queuectl.render import Cell, Column, print_table
from queuectl.session import Session
from queuectl_store import ResourceUse, resource_document

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="""Named resources, such as GPUs or licences, that the jobs of the whole store share.

A job asks with `enqueue --resource gpu=1` and is told in QUEUECTL_RESOURCE_GPU which it has.""",
)

_COLUMNS = (
    Column(title="RESOURCE", flexible=True),
    Column(title="CAPACITY", right=True),
    Column(title="FREE", right=True),
    Column(title="WAITING", right=True),
    Column(title="IN USE", flexible=True),
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The resource's name.")]


@app.command("set")
def set_resource(
    ctx: typer.Context,
    *,
    name: Name,
    capacity: Annotated[int, typer.Argument(metavar="N", help="How much there is in all.")],
) -> None:
    """Say how much there is of a resource.

    \b
    Examples:
      queuectl resource set gpu 2
      queuectl resource set license 5 --json

    Jobs that run keep what they have, also where there is less now. With --json: name, capacity.
    """
    session: Session = ctx.obj
    session.open_store().admin.set_resource(name, capacity)
    if session.json:
        session.terminal.document({"name": name, "capacity": capacity})
        return
    session.terminal.say(f"there are {capacity} {name}")


@app.command("list")
def list_resources(ctx: typer.Context) -> None:
    """List the resources that are there or that a job waits for.

    \b
    Examples:
      queuectl resource list
      queuectl resource list --json | jq 'select(.waiting > 0) | .name'

    With --json, one resource a line.
    """
    session: Session = ctx.obj
    resources = session.look().reader.resources()
    if session.json:
        for each in resources:
            session.terminal.document(resource_document(each))
        return
    if not resources:
        session.terminal.say("no resources; `queuectl resource set gpu 2` makes one")
    print_table(session.terminal, _COLUMNS, [_row(each) for each in resources])


@app.command("rm")
def remove_resource(ctx: typer.Context, *, name: Name) -> None:
    """Forget a resource; jobs that ask for it wait until it is there again.

    \b
    Examples:
      queuectl resource rm gpu
      queuectl resource rm gpu --json

    Exit code 3 when there is none of that name. With --json: removed.
    """
    session: Session = ctx.obj
    session.read_store().admin.remove_resource(name)
    if session.json:
        session.terminal.document({"removed": name})
        return
    session.terminal.say(f"removed {name}")


def _row(each: ResourceUse) -> list[Cell]:
    return [
        Cell(text=each.name),
        Cell(text=str(each.capacity)),
        Cell(text=str(each.free)),
        Cell(text=str(each.waiting)),
        Cell(text=", ".join(map(str, each.used)), style="dim"),
    ]
