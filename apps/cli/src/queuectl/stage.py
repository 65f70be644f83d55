"""The demo on the screen: its jobs, redrawn in place on a terminal, told line by line in a pipe."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from queuectl.inprocess import SideWorker
from queuectl.jobs import state_cell, took
from queuectl.render import Cell, Column, aligned_lines
from queuectl.terminal import Terminal
from queuectl_store import FINAL, Job, JobId, JobState

if TYPE_CHECKING:
    # The database library comes with them, and help needs none.
    from queuectl_store import Store

_LOOK_S = 0.1
_COLUMNS = (
    Column(title="ID", right=True),
    Column(title="JOB"),
    Column(title="TRIES", right=True),
    Column(title="TOOK", right=True),
    Column(title="STATE", flexible=True),
)


class DemoTimeout(Exception):
    """The demo's jobs were not finished in time."""


Show = Callable[["Store", Sequence[Job]], None]


def stage(terminal: Terminal) -> Show:
    """Return what shows the jobs on *terminal*."""
    return _Redrawn(terminal).show if terminal.is_live else _Told(terminal).show


def ignored(_store: "Store", _jobs: Sequence[Job]) -> None:
    """Show nothing."""


def watch(
    store: "Store", ids: Sequence[JobId], worker: SideWorker, show: Show, *, within_s: float
) -> list[Job]:
    """Show the jobs until all are final; return them.

    Raises:
        DemoTimeout: They were not within *within_s* seconds.
    """
    deadline = time.monotonic() + within_s
    with closing(store.listen()) as listener:
        while True:
            jobs = store.reader.find(ids)
            show(store, jobs)
            worker.check()
            if all(job.state in FINAL for job in jobs):
                return jobs
            if time.monotonic() > deadline:
                raise DemoTimeout
            listener.wait(_LOOK_S)


class _Redrawn:
    """Draws the table over its last drawing."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal, self._height = terminal, 0

    def show(self, store: "Store", jobs: Sequence[Job]) -> None:
        now_ms, reasons = store.reader.now_ms(), store.reader.reasons(jobs)
        rows = [
            [
                Cell(text=str(job.id)),
                Cell(text=job.name or ""),
                Cell(text=str(job.attempt)),
                Cell(text=took(job, now_ms=now_ms)),
                state_cell(job, reasons.get(job.id)),
            ]
            for job in jobs
        ]
        lines = aligned_lines(self._terminal, _COLUMNS, rows)
        self._terminal.redraw(lines, over=self._height)
        self._height = len(lines)


class _Told:
    """Prints a line for each change of a state."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._states: dict[JobId, tuple[str, int]] = {}

    def show(self, store: "Store", jobs: Sequence[Job]) -> None:
        reasons = store.reader.reasons(jobs)
        for job in jobs:
            state = (str(job.state), job.attempt)
            # That a job may start is no news: nearly all of them start at once.
            if self._states.get(job.id) == state or job.state is JobState.PENDING:
                continue
            self._states[job.id] = state
            told = state_cell(job, reasons.get(job.id)).text
            self._terminal.line(f"{job.id:>3}  {(job.name or '').ljust(18)}  {told}")
        self._terminal.flush()
