"""`queuectl wait`: block until jobs are final, and pass their code on."""

from collections.abc import Sequence
from typing import Annotated

import typer

from queuectl.choosing import ChoiceCommand, Ids, choice_of, chosen_ids
from queuectl.exits import CommandError, Exit
from queuectl.jobs import documents
from queuectl.moments import parse_span
from queuectl.safe import safe_text
from queuectl.session import Session
from queuectl.watching import code_of_job, until_finished
from queuectl_store import FINAL, Job, JobId

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("wait", cls=ChoiceCommand)
def wait(
    ctx: typer.Context,
    *,
    jobs: Ids = None,
    any_: Annotated[
        bool, typer.Option("--any", help="Return when the first of them is finished.")
    ] = False,
    timeout: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Give up after this long: 90 (seconds), 30s, 10m, 1h30m."
        ),
    ] = None,
) -> None:
    """Wait for jobs to finish and exit with their code.

    \b
    Examples:
      queuectl wait 12 && echo done
      queuectl wait 5-9 --timeout 10m
      queuectl wait 12 13 --any --json
      queuectl wait --group nightly
      queuectl wait --queue mail --state pending,running

    The exit code is the job's own: 0 succeeded, 124 timed out (also when --timeout passed),
    127 no such program, 128+n killed by signal n, 130 cancelled. Of several jobs, the first
    code that is not 0. Ctrl-C stops the waiting, not the jobs. With --json: one job a line, in
    the order they finish.

    A filter means the jobs that there are when the waiting begins.
    """
    session: Session = ctx.obj
    timeout_s = None if timeout is None else parse_span(timeout, what="--timeout") / 1000
    choice = choice_of(ctx, jobs, verb="wait for")
    ids = chosen_ids(session.look(), choice, verb="wait for")
    code = wait_for(session, ids, timeout_s=timeout_s, is_any=any_)
    raise typer.Exit(code)


def wait_for(
    session: Session, ids: Sequence[JobId], *, timeout_s: float | None, is_any: bool = False
) -> int:
    """Wait, tell each end, and return the first code that is not 0.

    Raises:
        CommandError: *timeout_s* passed first.
    """
    _tell_waiting(session, ids)
    codes = {}
    try:
        for job in until_finished(session.look(), ids, timeout_s=timeout_s, is_any=is_any):
            codes[job.id] = code_of_job(job)
            _tell_end(session, job)
    except TimeoutError as error:
        left = ", ".join(str(job_id) for job_id in ids if job_id not in codes)
        raise CommandError(
            f"still not finished: {left}; they go on", code=Exit.TIMED_OUT
        ) from error
    return next((codes[job_id] for job_id in ids if codes.get(job_id)), 0)


def _tell_waiting(session: Session, ids: Sequence[JobId]) -> None:
    if not session.terminal.talks_to_person or len(ids) > 1:
        return
    reader = session.look().reader
    for job in reader.find(ids):
        if job.state in FINAL:
            return
        reason = reader.reasons([job]).get(job.id)
        because = f" ({reason})" if reason else ""
        session.terminal.say(
            safe_text(f"job {job.id} is {job.state}{because}; waiting, Ctrl-C stops only this")
        )


def _tell_end(session: Session, job: Job) -> None:
    if session.json:
        session.terminal.document(documents(session, [job])[0])
        return
    error = f": {job.last.error}" if job.last and job.last.error else ""
    session.terminal.say(safe_text(f"job {job.id} {job.state}{error}"))
