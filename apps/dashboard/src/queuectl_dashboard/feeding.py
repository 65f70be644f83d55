"""What a run prints, as messages for one socket, until the run is over and all of it was sent."""

import codecs
import json
import time
from collections.abc import Iterator
from typing import Any

from queuectl_dashboard.masking import output_of
from queuectl_dashboard.redaction import Redaction
from queuectl_store import Attempt, Job, JobId, JobState, Store, Stream
from queuectl_worker import LogFolder, RunOutput, log_root
from queuectl_worker.sources import Source, gap_note

LINES = 400
MOST_AT_ONCE = 64 * 1024
# How often the state of the job is looked up; the output is looked at more often.
STATE_S = 0.5
_NOTHING_HIDDEN = Redaction()
NAMES = {Stream.OUT: "stdout", Stream.ERR: "stderr"}


class NoRun(LookupError):
    """The job has no attempt of that number."""


class OutputFeed:
    """The output of one attempt of a job, from its last lines on.

    Attributes:
        is_over: The run has ended and all was told.
        pause_s: How long to wait where there was nothing new.
    """

    def __init__(
        self, store: Store, job_id: int, attempt: int, *, redaction: Redaction = _NOTHING_HIDDEN
    ) -> None:
        """Find the latest run of that attempt.

        Raises:
            UnknownJob: There is no such job.
            NoRun: It has no such attempt.
        """
        self._store = store
        job = store.reader.get(JobId(job_id))
        self._job, self._run = job, _run_of(store, job, attempt)
        self._token = job.token if self._run is None else self._run.token
        logs = LogFolder(log_root(store, store.settings.all().get("log_dir")))
        output = output_of(store, logs, job, self._run, redaction)
        self._readers = [_Reader(output, stream) for stream in output.streams]
        self._looked_at = time.monotonic()
        self._has_ended = self._run is not None
        self.is_over = False
        self.pause_s = 0.1

    def news(self) -> list[str]:
        """Return the messages of what was printed since the last time."""
        ended = self._is_ended()  # asked before the last look, so that nothing falls between
        told = [text for reader in self._readers for text in reader.news(ended=ended)]
        if ended and not told:
            self.is_over = True
            return [json.dumps({"type": "end", "run": self._token})]
        return told

    def close(self) -> None:
        """Let go of the output."""
        for reader in self._readers:
            reader.close()

    def _is_ended(self) -> bool:
        now = time.monotonic()
        if not self._has_ended and now - self._looked_at >= STATE_S:
            self._looked_at = now
            found = self._store.reader.find([self._job.id])
            self._has_ended = not found or not _runs(found[0], self._token)
        return self._has_ended


class _Reader:
    """One stream, and how far it was told."""

    def __init__(self, output: RunOutput, stream: Stream) -> None:
        self._output, self._stream = output, stream
        self._source: Source | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._place: int | None = None

    def news(self, *, ended: bool) -> Iterator[str]:
        source = self._source = self._source or self._output.find(self._stream, over=ended)
        if source is None:
            return
        size = source.size()
        start = source.tail_start(LINES) if self._place is None else self._place
        end = min(size, start + MOST_AT_ONCE)
        place = start
        for at, block in source.blocks(start, end):
            if at > place:
                yield self._told(place, at, gap_note(source, place, at))
            yield self._told(at, at + len(block), block)
            place = at + len(block)
        if place < end:
            yield self._told(place, end, gap_note(source, place, end))
        self._place = end

    def _told(self, start: int, end: int, block: bytes) -> str:
        facts: dict[str, Any] = {"type": "output", "stream": NAMES[self._stream]}
        return json.dumps({**facts, "from": start, "to": end, "text": self._decoder.decode(block)})

    def close(self) -> None:
        if self._source is not None:
            self._source.close()


def _run_of(store: Store, job: Job, number: int) -> Attempt | None:
    """Return the latest ended run of that number, or None for the one that goes on."""
    if job.state is JobState.RUNNING and job.attempt == number:
        return None
    runs = [run for run in store.reader.attempts(job.id) if run.number == number]
    if not runs:
        raise NoRun(f"job {job.id} has no attempt {number}")
    return runs[-1]


def _runs(job: Job, token: int) -> bool:
    return job.state is JobState.RUNNING and job.token == token
