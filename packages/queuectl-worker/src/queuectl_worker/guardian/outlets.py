"""What a run writes to: a file, or two; and a pipe before it where the disk is nearly full.

With its own file a job is told that the disk is full, and most end of it. Through a pipe it is not:
what cannot be written is dropped and counted, and the job goes on.
"""

from __future__ import annotations

import os
import select

from .room import SpoolRoom
from .run import Request
from .spool import Spool

_BLOCK_BYTES = 1 << 16
# Of one job, before the others have their turn.
_BLOCKS_AT_ONCE = 16
# What a job left in its pipe, which holds a megabyte at most; strays may write on.
_LAST_BLOCKS = 64


class Outlets:
    """The spool files of the live runs, and the pipes before them.

    *poller* is told of the pipes; whoever waits on it calls `pump` with those that are readable.
    """

    def __init__(self, room: SpoolRoom, poller: select.poll) -> None:
        self._room = room
        self._poller = poller
        self._by_pipe: dict[int, Spool] = {}

    def open(self, request: Request) -> list[Spool]:
        """Return the empty files of a run that is about to start: for stdout, and for stderr.

        Raises:
            OSError: No descriptor, no space, or no permission: the host's fault.
        """
        spools: list[Spool] = []
        try:
            for _ in range(2 if request.errors else 1):
                spools.append(self._room.take())
                if self._room.is_tight():
                    self._put_pipe_before(spools[-1])
        except OSError:
            self.give_back(spools)
            raise
        return spools

    def give_back(self, spools: list[Spool]) -> None:
        """Take back the files of a run that did not start."""
        self.handed_over(spools)
        for spool in spools:
            self._end_pipe(spool)
            self._room.settle(spool, b"", may_reuse=True)

    def handed_over(self, spools: list[Spool]) -> None:
        """Let go of the ends that the run has now."""
        for spool in spools:
            if spool.target != spool.fd:
                os.close(spool.target)
                spool.target = spool.fd

    def pump(self, pipe: int) -> None:
        """Move what is in *pipe* into its file."""
        spool = self._by_pipe.get(pipe)
        if spool is not None and not _move(spool, _BLOCKS_AT_ONCE):
            self._close_pipe(spool)

    def watch(self, spools: list[Spool], request: Request) -> None:
        """Publish what a run has begun to write, and keep it under the cap."""
        for spool, log in zip(spools, (request.log, request.errors)):  # noqa: B905  one or two
            self._room.watch(spool, log)

    def settle(
        self, spools: list[Spool], request: Request, *, may_reuse: bool
    ) -> tuple[int, int, str | None]:
        """Finish with what a run wrote; return its bytes, those that were lost, what went wrong."""
        size, lost, problem = 0, 0, None
        for spool, log in zip(spools, (request.log, request.errors)):  # noqa: B905  one or two
            self._end_pipe(spool)
            end = self._room.settle(spool, log, may_reuse=may_reuse)
            size, lost, problem = size + end[0], lost + end[1], problem or end[2]
        return size, lost, problem

    def readable(self, content: bytes) -> int:
        """Return a descriptor at the beginning of a nameless file that holds *content*.

        Raises:
            OSError: No descriptor, no space, or no permission: the host's fault.
        """
        return self._room.readable(content)

    def close(self) -> None:
        """Remove every spool file that no job uses."""
        self._room.close()

    def _put_pipe_before(self, spool: Spool) -> None:
        spool.pipe, spool.target = os.pipe()
        os.set_blocking(spool.pipe, False)
        self._by_pipe[spool.pipe] = spool
        self._poller.register(spool.pipe, select.POLLIN)

    def _end_pipe(self, spool: Spool) -> None:
        if spool.pipe is not None:
            _move(spool, _LAST_BLOCKS)
            self._close_pipe(spool)

    def _close_pipe(self, spool: Spool) -> None:
        pipe, spool.pipe = spool.pipe, None
        if pipe is not None:
            del self._by_pipe[pipe]
            self._poller.unregister(pipe)
            os.close(pipe)


def _move(spool: Spool, blocks: int) -> bool:
    """Move up to so many *blocks* from a pipe to its file; False at the pipe's end."""
    for _ in range(blocks):
        try:
            block = os.read(spool.pipe or 0, _BLOCK_BYTES)
        except BlockingIOError:
            return True
        if not block:
            return False
        spool.write(block)
    return True
