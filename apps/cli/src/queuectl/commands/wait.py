"""`queuectl wait`: block until jobs are final, and pass their code on."""

from collections.abc import Sequence
from typing import Annotated

import typer

from queuectl.exits import CommandError, Exit, UsageProblem
from queuectl.jobs import documents
from queuectl.moments import parse_span
from queuectl.safe import safe_text
from queuectl.selection import existing_ids, ids_in_group, parse_ids
from queuectl.session import Session
from queuectl.watching import code_of_job, until_finished
from queuectl_store import FINAL, Job, JobId


def wait(
    ctx: typer.Context,
    *,
    jobs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Job ids and ranges such as 5-9."),
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="GROUP", help="All jobs that this group has now.")
    ] = None,
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

    The exit code is the job's own: 0 succeeded, 124 timed out (also when --timeout passed),
    127 no such program, 128+n killed by signal n, 130 cancelled. Of several jobs, the first
    code that is not 0. Ctrl-C stops the waiting, not the jobs. With --json: one job a line, in
    the order they finish.
    """
    session: Session = ctx.obj
    wanted = parse_ids(jobs or ())
    timeout_s = None if timeout is None else parse_span(timeout, what="--timeout") / 1000
    if bool(jobs) == (group is not None):
        raise UsageProblem("say for which jobs to wait: ids, ranges such as 5-9, or --group")
    store = session.read_store()
    if group is not None:
        ids = ids_in_group(store, group)
    else:
        ids = existing_ids(store, wanted, words=jobs or ())
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
        for job in until_finished(session.open_store(), ids, timeout_s=timeout_s, is_any=is_any):
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
    reader = session.open_store().reader
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
