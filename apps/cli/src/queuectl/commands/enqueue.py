"""`queuectl enqueue`: jobs from words, a spec, standard input or a file of lines."""

import os
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from queuectl.asking import Defaults, new_job, read_defaults
from queuectl.bulk import enqueue_lines, read_lines
from queuectl.commands.wait import wait_for
from queuectl.exits import CommandError, Exit, UsageProblem
from queuectl.fields import parse_pairs, parse_priority
from queuectl.jobs import documents
from queuectl.moments import describe_moment, local_time, parse_moment, parse_span, to_ms
from queuectl.progress import bulk_progress
from queuectl.session import Session
from queuectl.spec import JobSpec, spec_from_text, spec_from_words
from queuectl_store import JobId, NewJob

app = typer.Typer(add_completion=False, rich_markup_mode=None)


# Everything after the first word belongs to the command that is enqueued.
@app.command(context_settings={"allow_interspersed_args": False})
def enqueue(
    ctx: typer.Context,
    command: Annotated[list[str] | None, typer.Argument(metavar="[--] COMMAND [ARG...]", help="Several words run without a shell; one word is a shell command, or a JSON spec if it starts with {; - reads it from stdin.")] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="FILE|-", help="A job a line: a shell command or a JSON spec; - is stdin.")] = None,
    atomic: Annotated[bool, typer.Option("--atomic", help="With --from: all lines or none, instead of batches of 1,000.")] = False,
    queue: Annotated[str | None, typer.Option(help="The queue. [setting: queue]")] = None,
    priority: Annotated[str | None, typer.Option(help="low, normal, high, critical or a whole number; higher runs first.")] = None,
    delay: Annotated[str | None, typer.Option(metavar="TIME", help="Not before this long from now: 90 (seconds), 30s, 10m, 1h30m, 2d.")] = None,
    at: Annotated[str | None, typer.Option(metavar="WHEN", help="Not before: 2026-04-01T18:30, 18:30, 'tomorrow 09:00'. Local time unless it names a zone.")] = None,
    timeout: Annotated[str | None, typer.Option(metavar="TIME", help="Stop an attempt that runs longer: 90 (seconds), 30s, 10m. [setting: timeout]")] = None,
    max_retries: Annotated[int | None, typer.Option(min=0, help="Retries after the first attempt. [setting: max_retries]")] = None,
    backoff_base: Annotated[float | None, typer.Option(help="The delay before retry n is base ** n seconds. [setting: backoff_base]")] = None,
    backoff_max: Annotated[str | None, typer.Option(metavar="TIME", help="The longest delay before a retry: 90 (seconds), 10m, 6h. [setting: backoff_max]")] = None,
    name: Annotated[str | None, typer.Option(help="A name to find it by.")] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="K=V", help="A tag; repeatable.")] = None,
    env: Annotated[list[str] | None, typer.Option(metavar="K=V", help="An environment variable for the job; repeatable.")] = None,
    env_all: Annotated[bool, typer.Option("--env-all", help="Pass all of your environment, not only what the setting env_pass names.")] = False,
    cwd: Annotated[str | None, typer.Option(metavar="DIR", help="Where it runs, instead of the current folder.")] = None,
    hold: Annotated[bool, typer.Option("--hold", help="Keep it from starting until `queuectl release`.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for it and exit with its code.")] = False,
) -> None:
    """Add a job to the queue and print its id.

    \b
    Examples:
      queuectl enqueue -- convert photo.png -resize 50% small.png
      queuectl enqueue 'gzip -k *.log && echo done'
      queuectl enqueue --at 'tomorrow 09:00' --max-retries 5 -- ./report.sh
      queuectl enqueue '{"command": "sleep 2", "priority": "high"}'
      find . -name '*.wav' | sed 's/.*/flac "&"/' | queuectl enqueue --from -

    Options come before the command. The job runs in the current folder with the variables that
    the setting env_pass names. With --json: the job; with --from: enqueued and ids.
    """
    session: Session = ctx.obj
    options = _options(locals())
    store = session.open_store()
    defaults = read_defaults(
        session.settings(), os.environ, cwd=Path.cwd(), is_whole_environment=env_all
    )
    if from_ is not None:
        _refuse_both(command)
        ids = _enqueue_lines(session, from_, options, defaults, is_atomic=atomic)
    else:
        spec = _read_spec(command or []).overridden_by(options)
        job = new_job(spec, defaults)
        ids = store.enqueue([job])
        _tell(session, job, ids[0])
    if wait:
        raise typer.Exit(wait_for(session, ids, timeout_s=None))
