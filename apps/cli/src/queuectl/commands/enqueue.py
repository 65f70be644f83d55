"""`queuectl enqueue`: jobs from words, a spec, standard input or a file of lines."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from queuectl.array import parse_array
from queuectl.asking import Defaults, new_groups, new_job, read_defaults
from queuectl.commands.wait import wait_for
from queuectl.exits import UsageProblem
from queuectl.joboptions import JobCommand, is_whole_environment, spec_from_options
from queuectl.jobs import documents
from queuectl.moments import describe_moment, local_time
from queuectl.session import Session
from queuectl.spec import JobSpec, spec_from_text, spec_from_words
from queuectl.submission import enqueue_array, enqueue_from
from queuectl_store import JobId, NewGroup, NewJob

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=JobCommand)
def enqueue(
    ctx: typer.Context,
    *,
    command: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[--] COMMAND [ARG]...",
            help="Several words: a program and its arguments, run without a shell. One word: "
            "a shell command, or a JSON spec if it starts with {. - reads either from stdin.",
        ),
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FILE|-",
            help="A job a line: a shell command or a JSON spec; - is stdin.",
        ),
    ] = None,
    atomic: Annotated[
        bool, typer.Option("--atomic", help="With --from: all lines or none, not batches of 1,000.")
    ] = False,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            metavar="KEY",
            help="Enqueue once: given again with the same key, nothing is added and the first ids"
            " are printed. With --from it needs --atomic.",
        ),
    ] = None,
    array: Annotated[
        str | None,
        typer.Option(
            "--array",
            metavar="0-99%4",
            help="A job an index, which it finds in QUEUECTL_ARRAY_INDEX; with %4, four at a time.",
        ),
    ] = None,
    hold: Annotated[bool, typer.Option("--hold", help="Keep it until `queuectl release`.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for it and exit with its code.")
    ] = False,
) -> None:
    """Add a job to the queue and print its id.

    \b
    Examples:
      queuectl enqueue -- convert photo.png -resize 50% small.png
      queuectl enqueue 'gzip -k *.log && echo done'
      queuectl enqueue --at 'tomorrow 09:00' --max-retries 5 -- ./report.sh
      queuectl enqueue '{"command": "sleep 2", "priority": "high"}'
      ls *.wav | sed 's/.*/flac "&"/' | queuectl enqueue --from -
      queuectl enqueue --after 12,13 -- ./publish
      queuectl enqueue --array 0-99%4 'render --frame $QUEUECTL_ARRAY_INDEX'
      queuectl enqueue --from build.jsonl --atomic --key build-7

    Options come before the command. The job runs in the current folder, with the variables that
    the setting env_pass names. With --json: the job; with --from or --array: enqueued and
    ids.
    """
    session: Session = ctx.obj
    options = replace(spec_from_options(ctx), hold=hold or None)
    if (from_ is None) == (not command):
        raise UsageProblem(
            "give a command or --from FILE, not both; `queuectl enqueue --help` has examples"
        )
    if array is not None and from_ is not None:
        raise UsageProblem("--array makes jobs of one command; --from has its own")
    if key is not None and from_ is not None and not atomic:
        raise UsageProblem("--key with --from needs --atomic: one key stands for one batch")
    asked = None if from_ is not None else _read_spec(command or []).overridden_by(options)
    defaults = partial(_defaults, session, is_whole=is_whole_environment(ctx))
    if asked is None:
        ids = enqueue_from(session, from_ or "-", options, defaults, is_atomic=atomic, key=key)
    else:
        asked = asked if key is None else replace(asked, key=key)
        ids = _enqueue_words(session, asked, defaults(), array)
    if wait:
        raise typer.Exit(wait_for(session, ids, timeout_s=None))


def _enqueue_words(
    session: Session, asked: JobSpec, defaults: Defaults, array: str | None
) -> list[JobId]:
    if array is not None:
        return enqueue_array(session, asked, defaults, parse_array(array))
    ids = enqueue_one(session, new_job(asked, defaults), new_groups([asked]))
    _print_one(session, ids[0])
    return ids


def asked_job(ctx: typer.Context, words: Sequence[str]) -> tuple[NewJob, list[NewGroup]]:
    """Return the job that a command's words and options ask for, and what they say of its group."""
    session: Session = ctx.obj
    spec = _read_spec(words).overridden_by(spec_from_options(ctx))
    job = new_job(spec, _defaults(session, is_whole=is_whole_environment(ctx)))
    return job, new_groups([spec])


def enqueue_one(session: Session, job: NewJob, groups: Sequence[NewGroup]) -> list[JobId]:
    """Store *job*; tell a person when it will run, if that is later."""
    ids = session.open_store().enqueue([job], group=groups)
    now = datetime.now(UTC).astimezone()
    at = job.run_at
    if job.delay_ms is not None:
        at = round(now.timestamp() * 1000) + job.delay_ms
    if at is not None:
        session.terminal.say(f"runs at {describe_moment(local_time(at), now=now)}")
    return ids


def _read_spec(words: Sequence[str]) -> JobSpec:
    if list(words) != ["-"]:
        return spec_from_words(words)
    text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    return spec_from_text(text.strip() if text.lstrip().startswith("{") else text.rstrip("\r\n"))


def _defaults(session: Session, *, is_whole: bool) -> Defaults:
    return read_defaults(
        session.settings(),
        os.environ,
        cwd=Path.cwd(),
        is_whole_environment=is_whole,
        queues=session.open_store().settings.queues(),
    )


def _print_one(session: Session, job_id: JobId) -> None:
    if session.json:
        [job] = session.open_store().reader.find([job_id])
        session.terminal.document(documents(session, [job])[0])
        return
    session.terminal.line(str(job_id))
    if session.terminal.is_screen and session.terminal.talks_to_person:
        session.terminal.say(_hint(session, job_id))


def _hint(session: Session, job_id: JobId) -> str:
    reader = session.open_store().reader
    [job] = reader.find([job_id])
    reason = reader.reasons([job]).get(job_id, "")
    if reason.startswith("no worker"):
        return f"job {job_id} waits: {reason}; `queuectl worker start` runs it"
    return f"job {job_id} is {job.state}; `queuectl logs -f {job_id}` follows it"
