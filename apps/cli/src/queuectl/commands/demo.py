"""`queuectl demo`: a sample workload, live."""

import os
import shlex
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import typer

from queuectl.exits import CommandError
from queuectl.inprocess import side_worker
from queuectl.jobs import documents
from queuectl.sample import sample_jobs
from queuectl.session import GlobalOptions, Session
from queuectl.stage import DemoTimeout, ignored, stage, watch
from queuectl.terminal import Terminal
from queuectl_store import Job

_SLOTS = 3
_LONGEST_S = 60.0


def demo(ctx: typer.Context) -> None:
    """Watch a sample workload: successes, retries, a timeout, a dead job, a priority, a delay.

    \b
    Examples:
      queuectl demo
      queuectl demo | cat

    It makes a store of its own in a temporary folder, so nothing of yours is touched, and takes
    about ten seconds. With --json: one job a line at the end.
    """
    given: Session = ctx.obj
    folder = Path(tempfile.mkdtemp(prefix="queuectl-demo-"))
    options = GlobalOptions(
        db=str(folder / "queue.db"),
        json=given.options.json,
        quiet=given.options.quiet,
        no_color=given.options.no_color,
    )
    session = Session(options)
    try:
        jobs = _play(session, folder)
        if session.json:
            for document in documents(session, jobs):
                session.terminal.document(document)
        else:
            _sum_up(session.terminal, folder / "queue.db", jobs)
    finally:
        session.close()


def _play(session: Session, folder: Path) -> list[Job]:
    store, terminal = session.open_store(), session.terminal
    work = folder / "work"
    work.mkdir()
    ids = store.enqueue(sample_jobs(work))
    if not session.json:
        terminal.line(f"{len(ids)} jobs, {_SLOTS} at a time, in {folder}")
        terminal.line()
    show = ignored if session.json else stage(terminal)
    try:
        with side_worker(store, concurrency=_SLOTS, queues=None) as worker:
            return watch(store, ids, worker, show, within_s=_LONGEST_S)
    except DemoTimeout as error:
        raise CommandError(
            f"the demo's jobs took more than {_LONGEST_S:g} s; is this host very busy?"
        ) from error


def _sum_up(terminal: Terminal, db: Path, jobs: Sequence[Job]) -> None:
    counts = Counter(str(job.state) for job in jobs)
    said = ", ".join(f"{count} {state}" for state, count in sorted(counts.items(), reverse=True))
    retries = sum(max(0, job.attempt - 1) for job in jobs)
    dead = next((job.id for job in jobs if job.state == "dead"), jobs[0].id)
    command = f"{_program()} --db {shlex.quote(str(db))}"
    terminal.line()
    terminal.line(f"{len(jobs)} jobs: {said}; {retries} retries.")
    terminal.line("Try next:")
    terminal.line(f"  {command} list")
    terminal.line(f"  {command} show {dead}")
    terminal.line(f"  {command} dlq retry --all")


def _program() -> str:
    """Return how this shell can call us: by name only if the name means this program."""
    # `uv run` puts us on the PATH of this process alone, not on that of the shell.
    if "UV_RUN_RECURSION_DEPTH" in os.environ:
        return "uv run queuectl"
    called = Path(sys.argv[0])
    found = shutil.which("queuectl")
    if called.name == "__main__.py" or (found and called.exists() and called.samefile(found)):
        return "queuectl"
    here = Path.cwd()
    path = called.absolute()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
