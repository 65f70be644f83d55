"""`queuectl logs`: a job's output, as it was written or as it comes."""

from typing import Annotated, Any

import typer

from queuectl.choosing import Choice, ChoiceCommand, Ids, choice_of, chosen_ids
from queuectl.exits import CommandError, Exit, UsageProblem
from queuectl.following import follow_all
from queuectl.jobs import logs_of, output_of
from queuectl.ran import ids_that_ran
from queuectl.safe import OutputFilter, safe_text
from queuectl.session import Session
from queuectl.watching import follow_output, run_note
from queuectl_store import FINAL, Attempt, Job, JobId, JobState, Stream
from queuectl_worker import RunOutput

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("logs", cls=ChoiceCommand)
def logs(
    ctx: typer.Context,
    *,
    jobs: Ids = None,
    follow: Annotated[
        bool,
        typer.Option("--follow", "-f", help="Go on as output comes, until the jobs are finished."),
    ] = False,
    attempt: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="The output of attempt N instead of the latest."),
    ] = None,
    tail: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Only the last N lines.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN",
            help="Only jobs that ran then or later (with -f, or are yet to run): 10m (ago), 2d,"
            " 18:30, 'yesterday 09:00', 2026-04-01T18:30.",
        ),
    ] = None,
    stdout: Annotated[
        bool, typer.Option("--stdout", help="Only stdout, of a job with --split-output.")
    ] = False,
    stderr: Annotated[
        bool, typer.Option("--stderr", help="Only stderr, of a job with --split-output.")
    ] = False,
    raw: Annotated[bool, typer.Option("--raw", help="The exact bytes, on a terminal too.")] = False,
) -> None:
    """Print a job's output: stdout and stderr in the order they came.

    \b
    Examples:
      queuectl logs 12
      queuectl logs -f 12
      queuectl logs -f --group nightly
      queuectl logs 5-9 --tail 20
      queuectl logs --since 10m --state dead
      queuectl logs --stderr 12

    --since is about runs, not lines: output has no time stamps of its own, so that it stays byte
    for byte what the job wrote.

    Of several that are followed, each line has the job's id before it, and those that have not
    started are waited for. In a pipe the bytes are exact. On a terminal only colours pass; --raw
    passes everything. Of a job whose output was split, stdout goes to stdout and stderr to
    stderr; one of them alone, if asked for, to stdout. With --json: one object a job: id,
    attempt, log, output, stderr_log, stderr (bytes that are not UTF-8 as surrogate escapes; null
    unless split).
    """
    session: Session = ctx.obj
    if stdout and stderr:
        raise UsageProblem("--stdout and --stderr exclude each other; without them you get both")
    only = Stream.OUT if stdout else Stream.ERR if stderr else None
    choice = choice_of(ctx, jobs, verb="print the output of", is_bounded=since is not None)
    ids = _chosen(session, choice, since, follow=follow)
    if follow and (attempt or session.json):
        raise UsageProblem("--follow takes neither --attempt nor --json")
    if follow and len(ids) > 1:
        follow_all(session, ids, only, tail=tail, raw=raw)
        return
    if follow:
        _follow(session, ids[0], only, tail=tail, raw=raw)
        return
    for job_id in ids:
        job = _checked(session.look().reader.get(job_id), only)
        output = output_of(session, job, _attempt(session, job, attempt) if attempt else None)
        if session.json:
            session.terminal.document(_document(job, output, attempt or job.attempt, tail))
            continue
        if len(ids) > 1:
            session.terminal.say(f"==> job {job.id} <==")
        _print(session, job, output, only, tail=tail, raw=raw)


def _chosen(session: Session, choice: Choice, since: str | None, *, follow: bool) -> list[JobId]:
    store = session.look()
    if since is None:
        return chosen_ids(store, choice, verb="print")
    to_come = [state for state in JobState if follow and state not in FINAL]
    return ids_that_ran(store, choice, since, or_in=to_come)


def _checked(job: Job, only: Stream | None) -> Job:
    if only is not None and not job.split_output:
        raise CommandError(
            f"job {job.id} has stdout and stderr in one output; `queuectl logs {job.id}` prints it,"
            " and `enqueue --split-output` keeps them apart",
            code=Exit.REFUSED,
        )
    return job


def _document(job: Job, output: RunOutput, number: int, tail: int | None) -> dict[str, Any]:
    def text(stream: Stream) -> str:
        return output.read(stream, tail=tail).decode("utf-8", "surrogateescape")

    def place(stream: Stream) -> str | None:
        path = output.path(stream)
        return str(path) if path else None

    split = job.split_output
    return {
        "id": job.id,
        "attempt": number,
        "log": place(Stream.OUT),
        "output": text(Stream.OUT),
        "stderr_log": place(Stream.ERR) if split else None,
        "stderr": text(Stream.ERR) if split else None,
    }


def _print(
    session: Session,
    job: Job,
    output: RunOutput,
    only: Stream | None,
    *,
    tail: int | None,
    raw: bool,
) -> None:
    has_any = False
    for stream in output.streams if only is None else (only,):
        text = output.read(stream, tail=tail)
        has_any |= bool(text)
        shown = _fit(session, text, OutputFilter(), raw=raw, is_last=True)
        session.terminal.output(shown, is_error=only is None and stream is Stream.ERR)
    if has_any:
        return
    if missing := output.missing():
        session.terminal.say(
            f"the {missing:,} bytes that job {job.id} printed are neither on this host nor in the"
            " store: not kept, deleted, or on the host of its worker"
        )
    elif session.terminal.is_screen:
        session.terminal.say(f"job {job.id} has printed nothing; it is {job.state}")


def _attempt(session: Session, job: Job, number: int) -> Attempt:
    attempts = session.look().reader.attempts(job.id)
    # A run that was given back shares its number with the one after it: the later one counts.
    for attempt in reversed(attempts):
        if attempt.number == number:
            return attempt
    known = ", ".join(str(attempt.number) for attempt in attempts) or "none yet"
    raise CommandError(
        f"job {job.id} has no ended attempt {number}; it has {known}", code=Exit.NOT_FOUND
    )


def _follow(
    session: Session, job_id: JobId, only: Stream | None, *, tail: int | None, raw: bool
) -> None:
    store, terminal = session.look(), session.terminal
    job = _checked(store.reader.get(job_id), only)
    if job.token == 0 and terminal.talks_to_person:
        reason = store.reader.reasons([job]).get(job_id)
        terminal.say(safe_text(f"job {job_id} is {job.state}" + (f" ({reason})" if reason else "")))

    def notify(run: Attempt) -> None:
        terminal.say(run_note(run, next_step="waiting for the next"))

    shown = {stream: OutputFilter() for stream in Stream}

    def show(stream: Stream, piece: bytes, *, is_last: bool = False) -> None:
        if only in (None, stream):
            text = _fit(session, piece, shown[stream], raw=raw, is_last=is_last)
            terminal.output(text, is_error=only is None and stream is Stream.ERR)

    for stream, piece in follow_output(
        store, logs_of(session), job_id, since=job.token - 1, notify=notify, tail=tail
    ):
        show(stream, piece)
    for stream in Stream:
        show(stream, b"", is_last=True)


def _fit(session: Session, piece: bytes, shown: OutputFilter, *, raw: bool, is_last: bool) -> bytes:
    if raw or not session.terminal.is_screen:
        return piece
    return shown.feed(piece, is_last=is_last)
