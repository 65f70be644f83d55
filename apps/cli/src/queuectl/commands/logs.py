"""`queuectl logs`: a job's output, as it was written or as it comes."""

from typing import Annotated

import typer

from queuectl.exits import CommandError, Exit, UsageProblem
from queuectl.jobs import logs_of
from queuectl.safe import OutputFilter, safe_text
from queuectl.selection import existing_ids, parse_ids
from queuectl.session import Session
from queuectl.watching import follow_output, run_note
from queuectl_store import Attempt, Job, JobId
from queuectl_worker import read as read_log


def logs(
    ctx: typer.Context,
    *,
    jobs: Annotated[
        list[str], typer.Argument(metavar="ID...", help="Job ids and ranges such as 5-9.")
    ],
    follow: Annotated[
        bool,
        typer.Option("--follow", "-f", help="Go on as output comes, until the job is finished."),
    ] = False,
    attempt: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="The output of attempt N instead of the latest."),
    ] = None,
    tail: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Only the last N lines.")
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="The exact bytes, on a terminal too.")] = False,
) -> None:
    """Print a job's output: stdout and stderr in the order they came.

    \b
    Examples:
      queuectl logs 12
      queuectl logs -f 12
      queuectl logs 5-9 --tail 20

    In a pipe the bytes are exact. On a terminal only colours pass; --raw passes everything.
    With --json: one object a job: id, attempt, log, output (bytes that are not UTF-8 as
    surrogate escapes).
    """
    session: Session = ctx.obj
    wanted = parse_ids(jobs)
    store = session.read_store()
    ids = existing_ids(store, wanted, words=jobs)
    if follow and (len(ids) != 1 or attempt or session.json):
        raise UsageProblem("--follow takes one job, and neither --attempt nor --json")
    if follow:
        _follow(session, ids[0], tail=tail, raw=raw)
        return
    for job_id in ids:
        _print(session, store.reader.get(job_id), attempt, tail, raw=raw, titled=len(ids) > 1)


def _print(
    session: Session, job: Job, number: int | None, tail: int | None, *, raw: bool, titled: bool
) -> None:
    run = _attempt(session, job, number) if number else None
    path = logs_of(session).for_run(job, run)
    output = read_log(path, tail=tail) if path else b""
    if session.json:
        session.terminal.document(
            {
                "id": job.id,
                "attempt": run.number if run else job.attempt,
                "log": str(path) if path else None,
                "output": output.decode("utf-8", "surrogateescape"),
            }
        )
        return
    if titled:
        session.terminal.say(f"==> job {job.id} <==")
    session.terminal.output(_fit(session, output, OutputFilter(), raw=raw, is_last=True))
    if not output and session.terminal.is_screen:
        session.terminal.say(f"job {job.id} has printed nothing; it is {job.state}")


def _attempt(session: Session, job: Job, number: int) -> Attempt:
    attempts = session.open_store().reader.attempts(job.id)
    # A run that was given back shares its number with the one after it: the later one counts.
    for attempt in reversed(attempts):
        if attempt.number == number:
            return attempt
    known = ", ".join(str(attempt.number) for attempt in attempts) or "none yet"
    raise CommandError(
        f"job {job.id} has no ended attempt {number}; it has {known}", code=Exit.NOT_FOUND
    )


def _follow(session: Session, job_id: JobId, *, tail: int | None, raw: bool) -> None:
    store, terminal = session.open_store(), session.terminal
    job = store.reader.get(job_id)
    if job.token == 0 and terminal.talks_to_person:
        reason = store.reader.reasons([job]).get(job_id)
        terminal.say(safe_text(f"job {job_id} is {job.state}" + (f" ({reason})" if reason else "")))

    def notify(run: Attempt) -> None:
        terminal.say(run_note(run, next_step="waiting for the next"))

    shown = OutputFilter()
    for piece in follow_output(
        store, logs_of(session), job_id, since=job.token - 1, notify=notify, tail=tail
    ):
        terminal.output(_fit(session, piece, shown, raw=raw, is_last=False))
    terminal.output(_fit(session, b"", shown, raw=raw, is_last=True))


def _fit(session: Session, piece: bytes, shown: OutputFilter, *, raw: bool, is_last: bool) -> bytes:
    if raw or not session.terminal.is_screen:
        return piece
    return shown.feed(piece, is_last=is_last)
