"""`queuectl enqueue`: jobs from words, a spec, standard input or a file of lines."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from queuectl.array import parse_array
from queuectl.asking import Asked, Defaults, complete, read_defaults
from queuectl.commands.wait import wait_for
from queuectl.each import Template
from queuectl.exits import UsageProblem
from queuectl.intake import Line, Source, item_lines, item_words, job_lines
from queuectl.joboptions import JobCommand, is_marked, is_whole_environment, spec_from_options
from queuectl.jobs import documents
from queuectl.misplaced import check_items, check_place_of_options
from queuectl.moments import describe_moment, local_time
from queuectl.safe import safe_text
from queuectl.session import Session
from queuectl.spec import JobSpec, spec_from_text, spec_from_words
from queuectl.submission import Bulk, enqueue_array, enqueue_bulk, spec_of_line
from queuectl_store import JobId
from queuectl_store.job import command_text

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
    each: Annotated[
        str | None,
        typer.Option(
            "--each",
            metavar="COMMAND",
            help="A job an item: {} is the item, quoted for the shell, {.} it without its"
            " extension, {/} its base name, {//} its folder, {/.} its base name without extension,"
            " {#} its number. Items are the words that follow, the lines of --from or of stdin.",
        ),
    ] = None,
    null: Annotated[
        bool,
        typer.Option("--null", "-0", help="With --each: a NUL ends each item of the input."),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", "-n", help="With --from or --each: only print the commands."),
    ] = False,
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
      queuectl enqueue --each 'convert -- {} {.}.png' *.jpg
      find . -name '*.wav' -print0 | queuectl enqueue --null --each 'flac -- {}'
      queuectl enqueue --after 12,13 -- ./publish
      queuectl enqueue --array 0-99%4 'render --frame $QUEUECTL_ARRAY_INDEX'
      queuectl enqueue --from build.jsonl --atomic --key build-7
      queuectl enqueue --on-finish 'notify-send "video $QUEUECTL_PARENT_ID"' -- ./render

    Options come before the command. The job runs in the current folder, with the variables that
    the setting env_pass names. With --json: the job; with --from, --each or --array: enqueued
    and ids.
    """
    session: Session = ctx.obj
    options = replace(spec_from_options(ctx), hold=hold or None)
    _check(ctx, command or [], from_=from_, each=each, array=array)
    if (null and each is None) or (dry_run and from_ is None and each is None):
        raise UsageProblem("--null belongs to --each, --dry-run to --each and --from")
    is_bulk = from_ is not None or each is not None
    if key is not None and is_bulk and not atomic:
        raise UsageProblem("--key with --from or --each needs --atomic: one key stands for a batch")
    defaults = partial(_defaults, session, is_whole=is_whole_environment(ctx))
    ids: Iterable[JobId]
    if is_bulk:
        template = None if each is None else Template(each)
        opened = _input(command or [], from_, is_each=each is not None, null=null)
        if dry_run:
            _print_commands(session, opened, _spec_of(template))
            return
        bulk = Bulk(spec=_spec_of(template), options=options, is_atomic=atomic, key=key)
        ids = enqueue_bulk(session, opened, defaults, bulk).ids()
    else:
        asked = _read_spec(command or []).overridden_by(options)
        asked = asked if key is None else replace(asked, key=key)
        ids = _enqueue_words(session, asked, defaults(), array)
    if wait:
        raise typer.Exit(wait_for(session, list(ids), timeout_s=None))


def _spec_of(template: Template | None) -> Callable[[Line], JobSpec]:
    return spec_of_line if template is None else template.spec_of_line


def _check(
    ctx: typer.Context,
    command: Sequence[str],
    *,
    from_: str | None,
    each: str | None,
    array: str | None,
) -> None:
    if each is None and (from_ is None) == (not command):
        what = "or --from FILE, not both" if command else "or --from FILE"
        raise UsageProblem(f"give a command {what}; `queuectl enqueue --help` has examples")
    if each is not None and from_ is not None and command:
        raise UsageProblem("give the items of --each as words or by --from, not both")
    if each is not None and not is_marked(ctx):
        check_items(command)
    if array is not None and (from_ is not None or each is not None):
        raise UsageProblem("--array makes jobs of one command; --from and --each have their own")


def _input(
    words: Sequence[str], from_: str | None, *, is_each: bool, null: bool
) -> AbstractContextManager[Source]:
    if not is_each:
        return job_lines(from_ or "-")
    if words and list(words) != ["-"]:
        return nullcontext(item_words(words))
    return item_lines(from_ or "-", ends=b"\0" if null else os.linesep.encode())


def _print_commands(
    session: Session, opened: AbstractContextManager[Source], spec: Callable[[Line], JobSpec]
) -> None:
    with opened as source:
        for line in source.lines:
            work = spec(line).work
            command = None if work is None else command_text(work)
            if session.json:
                session.terminal.document({"command": command})
            else:
                session.terminal.line(safe_text(command or ""))


def _enqueue_words(
    session: Session, asked: JobSpec, defaults: Defaults, array: str | None
) -> list[JobId]:
    if array is not None:
        return enqueue_array(session, asked, defaults, parse_array(array))
    ids = enqueue_one(session, complete(asked, defaults))
    _print_one(session, ids[0])
    return ids


def asked_job(ctx: typer.Context, words: Sequence[str]) -> Asked:
    """Return the job that a command's words and options ask for, and what they say beside it."""
    session: Session = ctx.obj
    spec = _read_spec(words).overridden_by(spec_from_options(ctx))
    return complete(spec, _defaults(session, is_whole=is_whole_environment(ctx)))


def enqueue_one(session: Session, asked: Asked) -> list[JobId]:
    """Store what was *asked*; tell a person when it will run, if that is later."""
    job, last = asked.job, asked.follower
    ids = session.open_store().enqueue(
        [job], group=asked.groups, on_finish={} if last is None else {0: last}
    )
    now = datetime.now(UTC).astimezone()
    at = job.run_at
    if job.delay_ms is not None:
        at = round(now.timestamp() * 1000) + job.delay_ms
    if at is not None:
        session.terminal.say(f"runs at {describe_moment(local_time(at), now=now)}")
    return ids


def _read_spec(words: Sequence[str]) -> JobSpec:
    if list(words) != ["-"]:
        check_place_of_options(words)
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
