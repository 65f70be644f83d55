"""Following the output of several jobs at once: line by line, each with its job before it."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence

from queuectl.exits import UsageProblem
from queuectl.jobs import logs_of
from queuectl.safe import OutputFilter, safe_text
from queuectl.session import Session
from queuectl.terminal import Terminal
from queuectl.watching import follow_output
from queuectl_store import Attempt, JobId, StoreError, Stream

# A thread and a place to listen each.
MOST_JOBS = 64
_COLOURS = ("cyan", "green", "yellow", "magenta", "blue", "red")
# Who reads slowly slows the reading down, not the jobs.
_BACKLOG = 1_000
# A line that does not end is shown in parts.
_LONGEST_LINE = 65_536

Piece = tuple[Stream, bytes] | StoreError | None


def follow_all(
    session: Session, ids: Sequence[JobId], only: Stream | None, *, tail: int | None, raw: bool
) -> None:
    """Print the output of *ids*, or *only* one stream of it, until the last of them is final.

    Raises:
        UsageProblem: They are too many.
        StoreError: It could not be read.
    """
    if len(ids) > MOST_JOBS:
        raise UsageProblem(f"--follow takes up to {MOST_JOBS} jobs, not {len(ids):,}; name fewer")
    arrived: queue.Queue[tuple[JobId, Piece]] = queue.Queue(_BACKLOG)
    for job_id in ids:
        name = f"follow-{job_id}"
        follower = _follower(session, job_id, tail, arrived.put)
        threading.Thread(target=follower, name=name, daemon=True).start()
    printers = _printers(session.terminal, ids, only, raw=raw)
    left = len(ids)
    while left:
        job_id, piece = arrived.get()
        if isinstance(piece, StoreError):
            raise piece
        if piece is None:
            for printer in printers[job_id].values():
                printer.feed(None)
            left -= 1
        elif (wanted := printers[job_id].get(piece[0])) is not None:
            wanted.feed(piece[1])


class LinePrinter:
    """Prints whole lines of one stream of a job, each after *prefix*."""

    def __init__(self, terminal: Terminal, prefix: str, *, raw: bool, is_error: bool) -> None:
        self._terminal, self._prefix, self._is_error = terminal, prefix, is_error
        self._filter = None if raw or not terminal.is_screen else OutputFilter()
        self._rest = b""

    def feed(self, piece: bytes | None) -> None:
        """Take a piece, or the end, and print what is whole by now."""
        text = self._rest + self._fit(piece)
        *lines, self._rest = text.split(b"\n")
        if self._rest and (piece is None or len(self._rest) > _LONGEST_LINE):
            lines.append(self._rest)
            self._rest = b""
        if lines:
            start = self._prefix.encode()
            whole = b"".join(start + line + self._end for line in lines)
            self._terminal.output(whole, is_error=self._is_error)

    @property
    def _end(self) -> bytes:
        # A colour that a line leaves on would run into the next job's.
        return b"\x1b[0m\n" if self._terminal.color else b"\n"

    def _fit(self, piece: bytes | None) -> bytes:
        if self._filter is None:
            return piece or b""
        return self._filter.feed(piece or b"", is_last=piece is None)


def _printers(
    terminal: Terminal, ids: Sequence[JobId], only: Stream | None, *, raw: bool
) -> dict[JobId, dict[Stream, LinePrinter]]:
    width = max(len(str(job_id)) for job_id in ids)
    prefixes = {
        job_id: terminal.paint(f"{job_id:>{width}} | ", _COLOURS[n % len(_COLOURS)])
        for n, job_id in enumerate(ids)
    }
    # One of them alone goes to stdout.
    streams = {Stream.OUT: False, Stream.ERR: True} if only is None else {only: False}
    return {
        job_id: {
            stream: LinePrinter(terminal, prefix, raw=raw, is_error=is_error)
            for stream, is_error in streams.items()
        }
        for job_id, prefix in prefixes.items()
    }


def _follower(
    session: Session,
    job_id: JobId,
    tail: int | None,
    put: Callable[[tuple[JobId, Piece]], None],
) -> Callable[[], None]:
    store, logs, terminal = session.look(), logs_of(session), session.terminal

    def notify(run: Attempt) -> None:
        terminal.say(safe_text(f"{job_id}: attempt {run.number}: {run.error or run.state}"))

    def pieces() -> Iterator[tuple[Stream, bytes]]:
        since = store.reader.get(job_id).token - 1
        yield from follow_output(store, logs, job_id, since=since, notify=notify, tail=tail)

    def follow() -> None:
        try:
            for piece in pieces():
                put((job_id, piece))
        except StoreError as error:
            put((job_id, error))
        else:
            put((job_id, None))

    return follow
