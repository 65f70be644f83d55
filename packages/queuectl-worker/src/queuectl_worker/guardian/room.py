"""The spool files of all slots, and how much of a job's output is kept.

Making and deleting a file for each silent job would cost more than the job's own bookkeeping, so a
slot hands the same empty file to one job after the other until one of them writes to it.
"""

from __future__ import annotations

import errno
import os
import resource
import time

from .marks import PRESSED_END
from .spool import Spool, make_private_folders, remove

# Descriptors that are left for reading /proc and pinning processes, however many slots there are:
# a guardian that cannot look cannot kill.
_SPARE_FDS = 8
_LOOK_SECONDS = 0.1
_SMALLEST_CAP = 2 * PRESSED_END
_PRIVATE_FILE = 0o600


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
            spool.trim(self._cap_now, size, is_pressed=self._cap_now < self._cap)
        return size

    def settle(self, spool: Spool, log: bytes, *, may_reuse: bool) -> tuple[int, int, str | None]:
        """Finish with a job's output; return the bytes of its log, those lost, what went wrong.

        *may_reuse* is false when a process may live that still writes to it.
        """
        spool.end()
        size = self.watch(spool, log)
        lost = spool.lost + spool.deleted(self._cap, size)
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
        make_private_folders(self._folder)
        fd = os.open(path, flags, _PRIVATE_FILE)
        remove(path)
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
                remove(os.path.join(self._folder, name))

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
            make_private_folders(self._folder)
            fd = os.open(path, flags, _PRIVATE_FILE)
        spool = Spool(fd, path)
        if fd >= resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _SPARE_FDS:
            spool.discard()
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return spool
