"""The output of a run, wherever it is: in a file of this host, else in the store's pieces."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from queuectl_store import Attempt, Job, Look, OutputOf, Stream
from queuectl_worker.output import LogFolder
from queuectl_worker.sources import (
    EMPTIED_NOTE,
    FOLLOW_PAUSE_S,
    FileSource,
    Source,
    StoredSource,
    pieces,
    read_source,
)

# For so long after its end, or after some of them came, the last words of a run may be under way
# from its worker's host: a megabyte at a time, and a host may be busy.
LAST_WORDS_S = 10.0


class RunOutput:
    """What one run of *job* printed: *run*, or the job's latest.

    Attributes:
        streams: Its outputs: one, unless stderr is apart.
    """

    def __init__(self, store: Look, logs: LogFolder, job: Job, run: Attempt | None = None) -> None:
        self._store, self._logs, self._job, self._run = store, logs, job, run
        self._token = (run or job).token
        self.streams = (Stream.OUT, Stream.ERR) if job.split_output else (Stream.OUT,)

    def path(self, stream: Stream = Stream.OUT) -> Path | None:
        """Return the file that an output has on its worker's host; None before the first run."""
        return self._logs.for_run(self._job, self._run, stream)

    def open(self, stream: Stream = Stream.OUT) -> Source | None:
        """Return an output to read; None where there is none on this host or in the store."""
        return self._file(stream) or self._stored(stream)

    def read(self, stream: Stream = Stream.OUT, *, tail: int | None = None) -> bytes:
        """Return an output, or its last *tail* lines; empty where there is none."""
        source = self.open(stream)
        if source is None:
            return b""
        with closing(source):
            return read_source(source, tail=tail)

    def missing(self) -> int:
        """Return the bytes of the run's log, or of what got into none, where nothing is left."""
        for stream in self.streams:
            if source := self.open(stream):
                source.close()
                return 0
        ended = self._run or self._attempt()
        return 0 if ended is None else ended.log_bytes or ended.log_lost or 0

    def follow(
        self, is_over: Callable[[], bool], *, tail: int | None = None
    ) -> Iterator[tuple[Stream, bytes]]:
        """Yield each output as it comes, until the run is over and all was read.

        Args:
            is_over: Asked about twenty times a second.
            tail: Begin with the last *tail* lines of what is there already.
        """
        readers = [_Reader(self, stream) for stream in self.streams]
        try:
            for reader in readers if tail is not None else ():
                reader.skip_to_tail(tail or 0)
            while True:
                over = is_over()  # asked before the last look, so that nothing falls between
                for reader in readers:
                    for piece in reader.news(over=over):
                        yield reader.stream, piece
                if over and not self._under_way(readers):
                    return
                time.sleep(FOLLOW_PAUSE_S)
        finally:
            for reader in readers:
                reader.close()

    def find(self, stream: Stream, *, over: bool) -> Source | None:
        """Return an output to follow. A SQLite store is asked for pieces once, at the end."""
        is_asked = over or self._store.path is None
        return self._file(stream) or (self._stored(stream) if is_asked else None)

    def _under_way(self, readers: "list[_Reader]") -> bool:
        """Tell whether more of an ended run will come from another host."""
        if self._store.path is not None or any(each.is_file for each in readers):
            return False
        ended = self._run or self._attempt()
        if ended is None or not ended.log_bytes:
            return False
        over_s = (self._store.reader.now_ms() - ended.finished_at) / 1000
        silent_s = time.monotonic() - max(each.changed for each in readers)
        is_late = min(over_s, silent_s) > LAST_WORDS_S
        return not is_late and sum(each.position for each in readers) < ended.log_bytes

    def _attempt(self) -> Attempt | None:
        ended = self._store.reader.attempts(self._job.id)
        return next((each for each in ended if each.token == self._token), None)

    def _file(self, stream: Stream) -> Source | None:
        path = self.path(stream)
        # A link or a pipe was not made by a worker: it may lead anywhere.
        if path is None or not path.is_file() or path.is_symlink():
            return None
        try:
            return FileSource(path)
        except FileNotFoundError:
            return None

    def _stored(self, stream: Stream) -> Source | None:
        source = StoredSource(self._store.outputs, OutputOf(self._job.id, self._token, stream))
        return source if self._token and source.size() else None


class _Reader:
    """Where a follower is in one output.

    Attributes:
        changed: When its size was last seen to be another (`time.monotonic`).
    """

    def __init__(self, output: RunOutput, stream: Stream) -> None:
        self._output, self.stream = output, stream
        self._source: Source | None = None
        self.position = self._size = 0
        self.changed = -math.inf

    @property
    def is_file(self) -> bool:
        """Whether it reads the file itself, which has everything at once."""
        return isinstance(self._source, FileSource)

    def skip_to_tail(self, lines: int) -> None:
        """Begin with the last *lines* lines of what is there."""
        self._source = self._output.open(self.stream)
        if self._source is not None:
            self.position = self._source.tail_start(lines)

    def news(self, *, over: bool) -> Iterator[bytes]:
        """Yield what came since the last time."""
        self._source = self._source or self._output.find(self.stream, over=over)
        if self._source is None:
            return
        size = self._source.size()
        if size != self._size:
            # Smaller ones too: what was left out of a flood comes anew, from the middle on.
            self._size, self.changed = size, time.monotonic()
        if self.is_file and size < self.position:
            yield EMPTIED_NOTE
            self.position = 0
        if size > self.position:
            yield from pieces(self._source, self.position, size)
            self.position = size

    def close(self) -> None:
        """Let go of the source."""
        if self._source is not None:
            self._source.close()
