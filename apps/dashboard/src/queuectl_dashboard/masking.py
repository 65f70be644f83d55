"""Output without the values that somebody named as secret: each byte of one is shown as a star.

What is shown is as long as what is there, so that places in it mean the same, and a part of it is
masked as the whole would be: lines are read from their beginning, however a part cuts them.
"""

from collections.abc import Iterator

from queuectl_dashboard.redaction import Redaction
from queuectl_store import Attempt, Job, Store, Stream
from queuectl_worker import LogFolder, RunOutput
from queuectl_worker.sources import Source

# Of a longer line, only so much before a place is looked at.
LONGEST_LINE = 64 * 1024


def output_of(
    store: Store, logs: LogFolder, job: Job, run: Attempt | None, redaction: Redaction
) -> RunOutput:
    """Return what a run printed (None: the latest), without what *redaction* hides of texts."""
    if not redaction.named:
        return RunOutput(store, logs, job, run)
    return _MaskedOutput(store, logs, job, run, redaction)


class _MaskedOutput(RunOutput):
    def __init__(
        self, store: Store, logs: LogFolder, job: Job, run: Attempt | None, redaction: Redaction
    ) -> None:
        super().__init__(store, logs, job, run)
        self._redaction = redaction

    def open(self, stream: Stream = Stream.OUT) -> Source | None:
        return self._masked(super().open(stream))

    def find(self, stream: Stream, *, over: bool) -> Source | None:
        return self._masked(super().find(stream, over=over))

    def _masked(self, source: Source | None) -> Source | None:
        return None if source is None else MaskedSource(source, self._redaction)


class MaskedSource:
    """A source whose secrets are stars."""

    def __init__(self, source: Source, redaction: Redaction) -> None:
        self._source, self._redaction = source, redaction
        self.size, self.tail_start = source.size, source.tail_start
        self.is_lost, self.close = source.is_lost, source.close

    def blocks(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """See `Source`."""
        carry_at, carry = start, b""
        first = self._line_start(start)
        for at, block in self._source.blocks(first, min(self.size(), end + LONGEST_LINE)):
            if carry and carry_at + len(carry) == at:
                at, block = carry_at, carry + block
            elif carry:
                yield from self._part(carry_at, carry, start, end)
            cut = block.rfind(b"\n") + 1 or (len(block) if len(block) > LONGEST_LINE else 0)
            yield from self._part(at, block[:cut], start, end)
            carry_at, carry = at + cut, block[cut:]
            if carry_at >= end:
                return
        yield from self._part(carry_at, carry, start, end)

    def _part(self, at: int, block: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        first, last = max(at, start), min(at + len(block), end)
        if first < last:
            yield first, self._redaction.of_bytes(block)[first - at : last - at]

    def _line_start(self, place: int) -> int:
        """Return where the line begins that *place* is in."""
        before = max(0, place - LONGEST_LINE)
        line = before
        for at, block in self._source.blocks(before, place):
            newline = block.rfind(b"\n")
            line = at + newline + 1 if newline >= 0 else line
        return line
