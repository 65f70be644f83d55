"""The root of the command line: its options, its help, and what no command at all means."""

from collections.abc import Sequence

import typer
from typer.main import get_command

from queuectl.catalogue import ALIASES
from queuectl.lazy import LazyGroup, global_options
from queuectl.session import GlobalOptions, Session
from queuectl.terminal import tolerate_any_text

_OTHERS = ", ".join(f"{other} is {name}" for other, name in ALIASES.items())
_EPILOG = (
    f"Other names: {_OTHERS}.\n\n"
    "Every command explains itself with examples: queuectl COMMAND --help."
)

_app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    rich_markup_mode=None,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EPILOG,
)


@_app.callback()
def _queuectl(ctx: typer.Context) -> None:
    """A durable job queue: commands and Python functions, in one file or on PostgreSQL.

    \b
    Examples:
      queuectl enqueue -- rsync -a photos/ backup/
      queuectl worker start
      queuectl list --state dead

    Without a command it prints the status. Exit codes: 0 done, 1 failed, 2 usage,
    3 not found, 4 refused in this state, 5 store unreachable, 78 store damaged;
    `run` and `wait` pass the job's own code through.
    """
    if ctx.invoked_subcommand is None:
        invoke_below(ctx, "status")


def root_command() -> LazyGroup:
    """Build the root group with its visible global options."""
    command = get_command(_app)
    assert isinstance(command, LazyGroup)
    command.params.extend(global_options(hidden=False))
    return command


def invoke(words: Sequence[str]) -> int:
    """Run the command that *words* name; return its exit code.

    Raises:
        typer.TyperException: The words do not parse.
    """
    tolerate_any_text()
    session = Session(GlobalOptions())
    root = root_command()
    try:
        with root.make_context("queuectl", list(words), obj=session) as ctx:
            root.invoke(ctx)
    except typer.Exit as end:
        return end.exit_code
    finally:
        session.close()
    return 0


def invoke_below(ctx: typer.Context, name: str) -> None:
    """Run another command of the root, with no arguments, as if it had been typed."""
    root = ctx.command
    assert isinstance(root, LazyGroup)
    command = root.get_command(ctx, name)
    with command.make_context(name, [], parent=ctx) as below:
        command.invoke(below)
