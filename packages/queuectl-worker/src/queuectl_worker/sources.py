"""Reading one output, from a file with holes or from the store's pieces.

A log over its cap has a hole in its middle, as has one that was there when its disk was full; so
have the pieces. Reading states what is missing, and why.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from queuectl_store import OutputOf, OutputReader

BLOCK = 1 << 16
FOLLOW_PAUSE_S = 0.05
EMPTIED_NOTE = b"\n[queuectl: the log was emptied here, not by queuectl]\n"


class Source(Protocol):
    """One output, which may still grow."""

    def size(self) -> int:
        """Return the bytes that were written so far, those that were cut included."""
        ...

    def blocks(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Yield what is left of it between two bytes, in order: where it begins, and it."""
        ...

    def tail_start(self, lines: int) -> int:
        """Return the byte at which its last *lines* lines begin."""
        ...

    def is_lost(self, start: int) -> bool:
        """Tell whether a gap at *start* is there since the disk was full, not for the cap."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class FileSource:
    """An output in a file."""

    def __init__(self, path: Path) -> None:
        """Open *path*.

        Raises:
            FileNotFoundError: It is not there (yet).
        """
        self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))

    def size(self) -> int:
        """See `Source`."""
        return os.fstat(self._file).st_size

    def changed_ms(self) -> int:
        """Return when it was last written to, as UTC milliseconds."""
        return os.fstat(self._file).st_mtime_ns // 1_000_000

    def blocks(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """See `Source`."""
        file = self._file
        while (start := _next_data(file, start, end)) < end:
            block = _read_at(file, start, min(BLOCK, end - start))
            if not block:
                return
            # The middle may be cut while we read it, and then reads as zeros: believe only a
            # block that is still data afterwards.
            kept = min(start + len(block), _next_hole(file, start, end)) - start
            if kept:
                yield start, block[:kept]
            start += kept

    def tail_start(self, lines: int) -> int:
        """See `Source`."""
        return _tail_start(self._file, self.size(), lines)

    def is_lost(self, start: int) -> bool:
        """See `Source`; who reads may be in the midst of the hole that was made."""
        # Here, as below: the guardian's client comes with it, and few logs have gaps.
        from queuectl_worker.guardian.marks import PRESSED_END, PRESSED_MARK

        if start < PRESSED_END or _next_data(self._file, PRESSED_END, start) < start:
            return False
        before = PRESSED_END - len(PRESSED_MARK)
        return _read_at(self._file, before, len(PRESSED_MARK)) == PRESSED_MARK

    def close(self) -> None:
        """See `Source`."""
        os.close(self._file)


class StoredSource:
    """An output in the store, where the worker of another host put it."""

    def __init__(self, outputs: OutputReader, of: OutputOf) -> None:
        self._outputs, self._of = outputs, of

    def size(self) -> int:
        """See `Source`."""
        return self._outputs.size(self._of)

    def blocks(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """See `Source`."""
        while start < end and (found := self._outputs.since(self._of, start)):
            for at, body in found:
                if at >= end:
                    return
                # A piece may begin before: they are cut anew when a run has ended.
                body = body[max(0, start - at) : end - at]
                start = max(start, at)
                yield start, body
                start += len(body)

    def tail_start(self, lines: int) -> int:
        """See `Source`; what the store keeps of an output is small enough to read it all."""
        wanted, size = lines, self.size()
        body = b"".join(block for _, block in self.blocks(0, size))
        if lines <= 0:
            return size
        if body.endswith(b"\n"):
            wanted += 1
        at = len(body)
        for _ in range(wanted):
            at = body.rfind(b"\n", 0, at)
            if at < 0:
                return 0
        return size - (len(body) - at - 1)

    def is_lost(self, start: int) -> bool:
        """See `Source`."""
        from queuectl_worker.guardian.marks import PRESSED_MARK

        before = self.blocks(max(0, start - len(PRESSED_MARK)), start)
        return b"".join(block for _, block in before) == PRESSED_MARK

    def close(self) -> None:
        """See `Source`."""


def pieces(source: Source, start: int, end: int) -> Iterator[bytes]:
    """Yield what is between two bytes of *source*, with a note wherever something was cut."""
    for at, block in source.blocks(start, end):
        if at > start:
            yield gap_note(source, start, at)
        yield block
        start = at + len(block)
    if start < end:
        yield gap_note(source, start, end)


def read(path: Path, *, tail: int | None = None) -> bytes:
    """Return the output in *path*, or its last *tail* lines; empty where there is no file."""
    try:
        source = FileSource(path)
    except FileNotFoundError:
        return b""
    try:
        return read_source(source, tail=tail)
    finally:
        source.close()


def read_source(source: Source, *, tail: int | None = None) -> bytes:
    """Return all of *source*, or its last *tail* lines."""
    start = 0 if tail is None else source.tail_start(tail)
    return b"".join(pieces(source, start, source.size()))


def follow(path: Path, is_over: Callable[[], bool]) -> Iterator[bytes]:
    """Yield the output in *path* as it comes, until the run is over and all of it was read.

    The file may appear late or never. *is_over* is asked about twenty times a second.
    """
    source: FileSource | None = None
    position = 0
    try:
        while True:
            over = is_over()  # asked before the last look, so that nothing falls between
            source = source or _open_if_there(path)
            if source is not None:
                size = source.size()
                yield from pieces(source, position, size)
                position = max(position, size)
            if over:
                return
            time.sleep(FOLLOW_PAUSE_S)
    finally:
        if source is not None:
            source.close()


def copy_with_holes(source: Path, target: Path) -> None:
    """Copy an output; what was cut from its middle is a hole in the copy too."""
    binary = getattr(os, "O_BINARY", 0)
    old = os.open(source, os.O_RDONLY | binary)
    new = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, 0o600)
    try:
        position, size = 0, os.fstat(old).st_size
        while (position := _next_data(old, position, size)) < size:
            block = _read_at(old, position, min(BLOCK, _next_hole(old, position, size) - position))
            os.lseek(new, position, os.SEEK_SET)
            position += os.write(new, block)
        os.ftruncate(new, size)
    finally:
        os.close(old)
        os.close(new)
    shutil.copystat(source, target)


def gap_note(source: Source, start: int, end: int) -> bytes:
    """Return what stands in place of the bytes of *source* that are missing between two."""
    is_lost = source.is_lost(start)
    why = "lost here, the disk was full" if is_lost else "cut here, the log reached its cap"
    return f"\n[queuectl: {end - start:,} bytes {why}]\n".encode()


def _open_if_there(path: Path) -> FileSource | None:
    try:
        return FileSource(path)
    except FileNotFoundError:
        return None


def _tail_start(file: int, end: int, lines: int) -> int:
    if lines <= 0:
        return end
    wanted, position = lines, end
    while position > 0:
        first = max(0, position - BLOCK)
        block = _read_at(file, first, position - first)
        if position == end and block.endswith(b"\n"):
            wanted += 1  # the last line's own end is not a line more
        newlines = block.count(b"\n")
        if newlines >= wanted:
            return first + _nth_last_newline(block, wanted) + 1
        wanted, position = wanted - newlines, first
    return 0


def _nth_last_newline(block: bytes, count: int) -> int:
    at = len(block)
    for _ in range(count):
        at = block.rindex(b"\n", 0, at)
    return at


def _read_at(file: int, start: int, length: int) -> bytes:
    os.lseek(file, start, os.SEEK_SET)
    return os.read(file, length)


def _next_data(file: int, start: int, end: int) -> int:
    return min(_seek(file, start, "SEEK_DATA", otherwise=end), end)


def _next_hole(file: int, start: int, end: int) -> int:
    return max(start, min(_seek(file, start, "SEEK_HOLE", otherwise=end), end))


def _seek(file: int, start: int, whence: str, *, otherwise: int) -> int:
    kind = getattr(os, whence, None)
    if kind is None:  # Windows keeps its logs whole
        return start if whence == "SEEK_DATA" else otherwise
    try:
        return os.lseek(file, start, kind)
    except OSError:  # ENXIO: nothing of that kind follows
        return otherwise
