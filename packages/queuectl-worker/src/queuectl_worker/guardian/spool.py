"""Where a job's output goes: a spool file that becomes the job's log at its first byte."""

from __future__ import annotations

import os

from .marks import PRESSED_END, PRESSED_MARK

_PAGE = os.sysconf("SC_PAGE_SIZE")
_PRIVATE_FOLDER = 0o700


class Spool:
    """One open output file; `log` is where it was published, empty before that.

    `target` is what the job gets: the file itself, or the end of a pipe before it, whose other end
    is `pipe`. `lost` counts the bytes that came by the pipe and found no room.
    """

    __slots__ = (
        "cap",
        "fd",
        "log",
        "lost",
        "path",
        "pipe",
        "pressed_to",
        "problem",
        "punched_to",
        "target",
        "unstated",
    )

    def __init__(self, fd: int, path: bytes) -> None:
        self.fd = self.target = fd
        self.pipe: int | None = None
        self.lost = self.unstated = 0
        self.cap = 0
        self.path = path
        self.log = b""
        self.problem: str | None = None
        self.punched_to = self.pressed_to = 0

    def size(self) -> int:
        """Return the bytes written so far."""
        return os.fstat(self.fd).st_size

    def write(self, block: bytes) -> None:
        """Append what came by the pipe; what finds no room is lost, and stated where it was."""
        if self.unstated and not self._state_loss():
            self._lose(len(block))
            return
        try:
            written = os.write(self.fd, block)
        except OSError:
            written = 0
        if written < len(block):
            self._lose(len(block) - written)

    def end(self) -> None:
        """State a loss at the end, if need be in the place of the last words."""
        if not self.unstated or self._state_loss():
            return
        kept = self.size()
        room = min(kept, len(_loss_note(self.unstated + kept)))
        if not room:
            return
        # The blocks of what goes are the only ones that the note can have.
        os.ftruncate(self.fd, kept - room)
        self._lose(room)
        self._state_loss()

    def _lose(self, count: int) -> None:
        self.lost += count
        self.unstated += count

    def _state_loss(self) -> bool:
        note = _loss_note(self.unstated)
        try:
            if os.write(self.fd, note) < len(note):
                return False
        except OSError:
            return False
        self.unstated = 0
        return True

    def publish(self, log: bytes) -> bool:
        """Make the file appear at *log*; False, with `problem` set, when that is refused.

        The job writes on either way: a log that cannot be placed must not cost the run.
        """
        try:
            make_private_folders(os.path.dirname(log))
            os.rename(self.path, log)
        except OSError as error:
            self.problem = f"the log {os.fsdecode(log)!r} could not be made: {error.strerror}"
            return False
        self.log = log
        self.problem = None
        return True

    def trim(self, cap: int, size: int, *, is_pressed: bool) -> None:
        """Keep the first and the newest half of *cap*; the middle becomes a hole.

        *is_pressed*: more is kept as a rule, but the disk is full.
        """
        if size < self.punched_to:  # somebody emptied it
            self.punched_to = self.pressed_to = 0
        # Under a smaller cap than before there is more to punch, before what was punched.
        start = _round_up(cap // 2)
        if cap >= self.cap:
            start = max(self.punched_to, start)
        self.cap = cap
        end = (size - cap // 2) // _PAGE * _PAGE
        if end <= start or self.problem is not None:
            return
        # Loaded only by the first job that writes too much.
        from . import kernel

        try:
            kernel.punch_hole(self.fd, start, end)
        except OSError as error:
            why = "takes room on a full disk" if is_pressed else f"is over its cap of {cap} bytes"
            self.problem = f"the log {why}: {error}"
        else:
            if is_pressed and not self.pressed_to:
                self._mark()
            if is_pressed:
                self.pressed_to = end
        self.punched_to = end

    def deleted(self, cap: int, size: int) -> int:
        """Return the bytes that the full disk cost, of which *cap* would have kept every one."""
        if not self.pressed_to:
            return 0
        over_cap = min(self.pressed_to, (size - cap // 2) // _PAGE * _PAGE) - _round_up(cap // 2)
        return self.pressed_to - PRESSED_END - max(0, over_cap) + len(PRESSED_MARK)

    def _mark(self) -> None:
        """Say before the hole why it is there."""
        try:
            # Another description of the file: through the job's, everything goes to its end.
            fd = os.open(self.log, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return
        try:
            if os.path.samestat(os.fstat(fd), os.fstat(self.fd)):
                os.pwrite(fd, PRESSED_MARK, PRESSED_END - len(PRESSED_MARK))
        except OSError:
            return
        finally:
            os.close(fd)

    def discard(self) -> None:
        """Close the file, and remove it unless it was published."""
        os.close(self.fd)
        if not self.log:
            remove(self.path)


def make_private_folders(folder: bytes) -> None:
    """Make *folder* and its missing parents, all of them the owner's alone."""
    if os.path.isdir(folder):
        return
    make_private_folders(os.path.dirname(folder))
    try:
        os.mkdir(folder, _PRIVATE_FOLDER)
    except FileExistsError:
        return


def remove(path: bytes) -> None:
    """Remove a file that may be gone already."""
    try:
        os.unlink(path)
    except OSError:
        return


def _loss_note(count: int) -> bytes:
    return b"\n[queuectl: %d bytes lost here, the disk was full]\n" % count


def _round_up(offset: int) -> int:
    return -(-offset // _PAGE) * _PAGE
