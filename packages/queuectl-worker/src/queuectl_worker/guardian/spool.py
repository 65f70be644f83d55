"""Where a job's output goes: a spool file per slot that becomes the job's log at its first byte.

Making and deleting a file for each silent job would cost more than the job's own bookkeeping, so a
slot hands the same empty file to one job after the other until one of them writes to it.
"""

from __future__ import annotations

import errno
import os
import resource
import time

# Descriptors that are left for reading /proc and pinning processes, however many slots there are:
# a guardian that cannot look cannot kill.
_SPARE_FDS = 8
_LOOK_SECONDS = 0.1
_SMALLEST_CAP = 128 << 10
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


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
        self.punched_to = 0

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
            _make_private_folders(os.path.dirname(log))
            os.rename(self.path, log)
        except OSError as error:
            self.problem = f"the log {os.fsdecode(log)!r} could not be made: {error.strerror}"
            return False
        self.log = log
        self.problem = None
        return True

    def trim(self, cap: int, size: int) -> None:
        """Keep the first and the newest half of *cap*; the middle becomes a hole."""
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
            self.problem = f"the log is over its cap of {cap} bytes: {error}"
        self.punched_to = end

    def discard(self) -> None:
        """Close the file, and remove it unless it was published."""
        os.close(self.fd)
        if not self.log:
            _remove(self.path)


class SpoolRoom:
    """The spool files, empty ones kept for the next job, and the cap on what one job may keep.

    With fewer than *reserve* bytes free on their disk it is tight; with a quarter of that, jobs
    keep no more than the ends of their output.
    """

    def __init__(self, folder: bytes, *, prefix: bytes, cap: int, reserve: int = 0) -> None:
        self._folder = folder
        self._prefix = prefix
        self._cap = self._cap_now = cap
        self._reserve = reserve
        self._is_tight = False
        self._look_at = 0.0
        self._made = 0
        self._empty: list[Spool] = []

    def take(self) -> Spool:
        """Return an empty spool file.

        Raises:
            OSError: No descriptor, no space, or no permission: the host's fault.
        """
        return self._empty.pop() if self._empty else self._open()

    def is_tight(self) -> bool:
        """Tell whether the disk is nearly full; looks at most ten times a second."""
        now = time.monotonic()
        if self._reserve and now >= self._look_at:
            self._look_at = now + _LOOK_SECONDS
            free = self._free_bytes()
            self._is_tight = free < self._reserve
            is_full = free < self._reserve // 4
            self._cap_now = min(self._cap, _SMALLEST_CAP) if is_full else self._cap
        return self._is_tight

    def watch(self, spool: Spool, log: bytes) -> int:
        """Publish what a job has begun to write, and keep it under the cap; return its size."""
        size = spool.size()
        self.is_tight()
        if size and (spool.log or spool.publish(log)) and size > self._cap_now:
            spool.trim(self._cap_now, size)
        return size

    def settle(self, spool: Spool, log: bytes, *, may_reuse: bool) -> tuple[int, int, str | None]:
        """Finish with a job's output; return the bytes of its log, those lost, what went wrong.

        *may_reuse* is false when a process may live that still writes to it.
        """
        spool.end()
        size, lost = self.watch(spool, log), spool.lost
        if not lost and may_reuse and not size and not spool.log:
            self._empty.append(spool)
        else:
            spool.discard()
        if size and not spool.log:
            return 0, lost + size, spool.problem
        problem = f"{lost} bytes of output were lost: the disk was full" if lost else spool.problem
        return size, lost, problem

    def readable(self, content: bytes) -> int:
        """Return a descriptor at the beginning of a nameless file that holds *content*.

        Raises:
            OSError: No descriptor, no space, or no permission: the host's fault.
        """
        self._made += 1
        path = os.path.join(self._folder, b"%s-%d" % (self._prefix, self._made))
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        _make_private_folders(self._folder)
        fd = os.open(path, flags, _PRIVATE_FILE)
        _remove(path)
        try:
            while content:
                content = content[os.write(fd, content) :]
            os.lseek(fd, 0, os.SEEK_SET)
        except OSError:
            os.close(fd)
            raise
        return fd

    def close(self) -> None:
        """Remove every spool file that no job uses."""
        while self._empty:
            self._empty.pop().discard()

    def remove_leftovers(self) -> None:
        """Remove the spool files that a guardian of this prefix left when it was killed."""
        try:
            names = os.listdir(self._folder)
        except OSError:
            return
        for name in names:
            if name.startswith(self._prefix + b"-"):
                _remove(os.path.join(self._folder, name))

    def _free_bytes(self) -> int:
        folder = self._folder
        while not os.path.isdir(folder):  # it is not there before the first file
            folder = os.path.dirname(folder)
        found = os.statvfs(folder)
        return found.f_bavail * found.f_frsize

    def _open(self) -> Spool:
        self._made += 1
        path = os.path.join(self._folder, b"%s-%d" % (self._prefix, self._made))
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            fd = os.open(path, flags, _PRIVATE_FILE)
        except FileNotFoundError:
            _make_private_folders(self._folder)
            fd = os.open(path, flags, _PRIVATE_FILE)
        spool = Spool(fd, path)
        if fd >= resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _SPARE_FDS:
            spool.discard()
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return spool


def _make_private_folders(folder: bytes) -> None:
    """Make *folder* and its missing parents, all of them the owner's alone."""
    if os.path.isdir(folder):
        return
    _make_private_folders(os.path.dirname(folder))
    try:
        os.mkdir(folder, _PRIVATE_FOLDER)
    except FileExistsError:
        return


def _loss_note(count: int) -> bytes:
    return b"\n[queuectl: %d bytes lost here, the disk was full]\n" % count


def _remove(path: bytes) -> None:
    try:
        os.unlink(path)
    except OSError:
        return


def _round_up(offset: int) -> int:
    return -(-offset // _PAGE) * _PAGE
