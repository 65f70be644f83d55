"""One output on its way from a file of this host into the store, in bounded pieces."""

from pathlib import Path

from queuectl_store import OutputOf, Piece
from queuectl_worker.guardian.marks import PRESSED_MARK
from queuectl_worker.sources import EMPTIED_NOTE, FileSource

# What a run prints faster than this is left out while it runs, and made up for at its end.
MOST_BEHIND = 1 << 20
_CUT_STEP = 1 << 20


class Shipment:
    """How far an output has got. The store keeps its first and its newest half of *cap* bytes.

    What was last written before *since_ms* (UTC) is not it.

    Attributes:
        has_ended: Its run is over: nothing more is written.
        is_done: All of it that is to be kept was taken.
    """

    def __init__(
        self,
        of: OutputOf,
        path: Path,
        *,
        cap: int,
        since_ms: int = 0,
        has_ended: bool = False,
    ) -> None:
        self.of, self._path, self._half = of, path, cap // 2
        self._since_ms = since_ms
        self._source: FileSource | None = None
        self._position = 0
        self._shift = 0  # in the store, of the first byte in the file: of one that was emptied
        self._last = b""
        self._cut_to = self._half
        self._has_gaps = False
        self.has_ended = has_ended
        self.is_done = False

    def take(self, room: int) -> tuple[list[tuple[int, int]], list[Piece]]:
        """Return what is to be cut from the store, and after that the next pieces for it.

        Args:
            room: About so many bytes at most.
        """
        self._source = self._source or self._open()
        if self._source is None:
            self.is_done = self.has_ended
            return [], []
        in_file = self._source.size()
        taken = self._told_if_emptied(in_file)
        size = self._shift + in_file
        cuts = self._cuts(size)
        taken += self._pieces(self._source, size, room)
        self.is_done = self.has_ended and self._position >= size
        return cuts, taken

    def close(self) -> None:
        """Let go of the file."""
        if self._source is not None:
            self._source.close()
            self._source = None

    def _pieces(self, source: FileSource, size: int, room: int) -> list[Piece]:
        taken: list[Piece] = []
        while self._position < size and room > 0:
            # A piece lies in one half: the second one is cut, piece by piece.
            end = min(size, self._half) if self._position < self._half else size
            first, last = self._position - self._shift, end - self._shift
            at, block = next(source.blocks(first, last), (last, b""))
            at += self._shift
            taken += self._told_of_gap(source, at)
            if block:
                taken.append(Piece(self.of, at, block))
                self._last = block[-len(PRESSED_MARK) :]
            self._position = at + len(block)
            room -= len(block)
        return taken

    def _told_if_emptied(self, in_file: int) -> list[Piece]:
        """Return what says that somebody emptied the file, or shortened it, where it is shorter.

        What was stored stays. All that is in the file now comes after it.
        """
        if self._shift + in_file >= self._position:
            return []
        piece = Piece(self.of, self._position, EMPTIED_NOTE)
        self._position = self._shift = self._position + len(EMPTIED_NOTE)
        return [piece]

    def _told_of_gap(self, source: FileSource, end: int) -> list[Piece]:
        """Return what says why there is a hole up to *end*, where that is not the log's own cap.

        In the file it stands before the hole, in bytes that may have been stored before that.
        """
        start, is_told = self._position, self._last == PRESSED_MARK
        is_short = end - start < len(PRESSED_MARK)
        if is_told or is_short or not source.is_lost(start - self._shift):
            return []
        self._last = PRESSED_MARK
        return [Piece(self.of, start, PRESSED_MARK)]

    def _cuts(self, size: int) -> list[tuple[int, int]]:
        """Choose where to go on, and return what the store must not keep any more."""
        if self._position < self._half:
            return []
        tail = max(self._half, size - self._half)
        if self.has_ended and self._has_gaps:
            # What was there before somebody emptied the file cannot be made up for.
            self._has_gaps, self._position = False, max(tail, self._shift)
            return [(max(self._half, self._shift), size)]
        if not self.has_ended and size - self._position > MOST_BEHIND:
            self._has_gaps, self._position = True, size - MOST_BEHIND
        if tail - self._cut_to < (_CUT_STEP if not self.has_ended else 1):
            return []
        self._cut_to = tail
        self._position = max(self._position, tail)
        return [(self._half, tail)]

    def _open(self) -> FileSource | None:
        try:
            source = FileSource(self._path)
        except FileNotFoundError:
            return None
        if source.changed_ms() >= self._since_ms:
            return source
        # Of a run with the same numbers in another life of the store, before it was made anew.
        source.close()
        return None
