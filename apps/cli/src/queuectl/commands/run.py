"""`queuectl run`: one job from its start to its end, as if it ran here."""

import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Annotated

import typer

from queuectl.commands.enqueue import asked_job, enqueue_one
from queuectl.exits import Exit, UsageProblem
from queuectl.inprocess import SideWorker, is_served, side_worker
from queuectl.joboptions import JobCommand
from queuectl.jobs import documents, logs_of
from queuectl.safe import safe_text
from queuectl.session import Session
from queuectl.watching import code_of_job, follow_output, run_note, until_finished
from queuectl_store import FINAL, Attempt, Job, JobId, Stream

# After Ctrl-C: how long its worker may take to stop the job.
_STOP_S = 15.0

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(cls=JobCommand)
def run(
    ctx: typer.Context,
    *,
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[--] COMMAND [ARG]...", help="As for `queuectl enqueue`."),
    ] = None,
) -> None:
    """Add a job, stream its output, and exit with its exit code.

    \b
    Examples:
      queuectl run -- make -j4 test
      queuectl run --timeout 10m --max-retries 0 './backup.sh | gzip > backup.gz'

    A worker that serves the queue runs it; where there is none, this command works for the queue
    until the job is finished. Ctrl-C cancels the job. Exit code: the job's own, 124 timed out, 127
    no such program, 128+n killed by signal n, 130 cancelled. With --json the output goes to
    stderr and the job to stdout.
    """
    session: Session = ctx.obj
    if not command:
        raise UsageProblem("give a command; `queuectl run --help` has examples")
    [job_id] = enqueue_one(session, asked_job(ctx, command))
    if session.terminal.talks_to_person:
        session.terminal.say(f"job {job_id}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        code = _watch(session, job_id, _helper(session, stack))
    raise typer.Exit(code)


def _helper(session: Session, stack: ExitStack) -> Callable[[Job], None]:
    """Return what to do while a job waits: work for its queue if nobody else does."""
    mine: list[SideWorker] = []

    def help_out(job: Job) -> None:
        for worker in mine:
            worker.check()
        store = session.open_store()
        if mine or job.state in FINAL or is_served(store, job):
            return
        context = side_worker(
            store, concurrency=1, queues=(job.queue,), settings=session.worker_settings()
        )
        mine.append(stack.enter_context(context))

    return help_out


def _watch(session: Session, job_id: JobId, help_out: Callable[[Job], None]) -> int:
    store = session.open_store()
    try:
        _stream(session, job_id, help_out)
    except KeyboardInterrupt:
        session.terminal.say(f"cancelling job {job_id}; Ctrl-C again leaves it to its worker")
        store.admin.cancel([job_id])
        _await_end(session, job_id)
        return Exit.CANCELLED
    job = store.reader.get(job_id)
    if session.json:
        session.terminal.document(documents(session, [job])[0])
    elif job.last and job.last.error:
        session.terminal.say(safe_text(f"job {job_id} {job.state}: {job.last.error}"))
    return code_of_job(job)


def _stream(session: Session, job_id: JobId, help_out: Callable[[Job], None]) -> None:
    def notify(run: Attempt) -> None:
        session.terminal.say(run_note(run, next_step="trying again"))

    aside = sys.stderr.buffer
    out = aside if session.json else sys.stdout.buffer
    pieces = follow_output(
        session.open_store(),
        logs_of(session),
        job_id,
        since=0,
        notify=notify,
        while_waiting=help_out,
    )
    for stream, piece in pieces:
        place = aside if stream is Stream.ERR else out
        place.write(piece)
        place.flush()


def _await_end(session: Session, job_id: JobId) -> None:
    try:
        for _ in until_finished(session.open_store(), [job_id], timeout_s=_STOP_S, is_any=False):
            pass
    except TimeoutError:
        session.terminal.say(f"job {job_id} has not stopped yet; its worker goes on stopping it")
