"""A bar for a person at a terminal: how much of an input is in, how fast, and for how long yet."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from queuectl.intake import Line, Source
from queuectl.tally import Tally
from queuectl.terminal import Terminal

_EVERY = 100


@contextmanager
def progress(terminal: Terminal, source: Source, tally: Tally) -> Iterator[Iterator[Line]]:
    """Give the lines of *source*; on a terminal, show how far the reading of them is."""
    if not terminal.talks_to_person or os.environ.get("TERM") == "dumb":
        yield source.lines
        return
    # Imported here: only a person at a terminal sees a bar.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("enqueued {task.fields[stored]:,}"),
        BarColumn(),
        TextColumn("{task.fields[rate]:,.0f}/s"),
        TimeElapsedColumn() if source.size is None else TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=source.size, stored=0, rate=0.0)

        def show(read: int) -> None:
            # rich has a speed of its own, but in bytes, and only of the last moments.
            rate = tally.count / max(bar.tasks[0].elapsed or 0.0, 0.001)
            bar.update(task, completed=read, stored=tally.count, rate=rate)

        yield _watched(source.lines, show)


def _watched(lines: Iterator[Line], show: Callable[[int], None]) -> Iterator[Line]:
    read = 0
    for number, line in lines:
        read += len(line) + 1
        if number % _EVERY == 0:
            show(read)
        yield number, line
