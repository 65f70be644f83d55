"""Where a job's output goes: a spool file per slot that becomes the job's log at its first byte.

Making and deleting a file for each silent job would cost more than the job's own bookkeeping, so a
slot hands the same empty file to one job after the other until one of them writes to it.
"""

from __future__ import annotations

import errno
import os
import resource

# Descriptors that are left for reading /proc and pinning processes, however many slots there are:
# a guardian that cannot look cannot kill.
_SPARE_FDS = 8
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


class Spool:
    """One open output file; `log` is where it was published, empty before that."""

    __slots__ = ("fd", "log", "path", "problem", "punched_to")

    def __init__(self, fd: int, path: bytes) -> None:
        self.fd = fd
        self.path = path
        self.log = b""
        self.problem: str | None = None
        self.punched_to = 0

    def size(self) -> int:
        """Return the bytes written so far."""
        return os.fstat(self.fd).st_size

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
        start = max(self.punched_to, _round_up(cap // 2))
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
    """The spool files, empty ones kept for the next job, and the cap on what one job may keep."""

    def __init__(self, folder: bytes, *, prefix: bytes, cap: int) -> None:
        self._folder = folder
        self._prefix = prefix
        self._cap = cap
        self._made = 0
        self._empty: list[Spool] = []

    def take(self) -> Spool:
        """Return an empty spool file.

        Raises:
            OSError: No descriptor, no space, or no permission: the host's fault.
        """
        return self._empty.pop() if self._empty else self._open()

    def watch(self, spool: Spool, log: bytes) -> int:
        """Publish what a job has begun to write, and keep it under the cap; return its size."""
        size = spool.size()
        if size and (spool.log or spool.publish(log)) and size > self._cap:
            spool.trim(self._cap, size)
        return size

    def settle(self, spool: Spool, log: bytes, *, may_reuse: bool) -> tuple[int, str | None]:
        """Finish with a job's output; return the bytes that its log holds, and what went wrong.

        *may_reuse* is false when a process may live that still writes to it.
        """
        size = self.watch(spool, log)
        if may_reuse and not size and not spool.log:
            self._empty.append(spool)
        else:
            spool.discard()
        return (size if spool.log else 0), spool.problem

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


def _remove(path: bytes) -> None:
    try:
        os.unlink(path)
    except OSError:
        return


def _round_up(offset: int) -> int:
    return -(-offset // _PAGE) * _PAGE
