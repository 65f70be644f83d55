"""One descriptor for the life of a client that is readable when its channel has work."""

import select
import sys

from .protocol import Channel


class Readiness:
    """Watches a channel, and the next one after it, behind a descriptor that never changes.

    Readable means: there is something to receive, or room for what could not be sent.
    """

    def __init__(self) -> None:
        if sys.platform == "linux":
            self._poller = select.epoll()
        else:
            self._poller = select.kqueue()

    def fileno(self) -> int:
        """Return the descriptor, for select, poll and the like."""
        return self._poller.fileno()

    def watch(self, channel: Channel) -> None:
        """Start to watch *channel*. One that is closed leaves by itself."""
        if sys.platform == "linux":
            self._poller.register(channel.fd, select.EPOLLIN)
        else:
            self._change(channel.fd, select.KQ_FILTER_READ, select.KQ_EV_ADD)

    def update(self, channel: Channel) -> None:
        """Watch for room to write exactly while *channel* is backed up."""
        if sys.platform == "linux":
            wanted = select.EPOLLOUT if channel.is_backed_up else 0
            self._poller.modify(channel.fd, select.EPOLLIN | wanted)
        else:
            flag = select.KQ_EV_ENABLE if channel.is_backed_up else select.KQ_EV_DISABLE
            self._change(channel.fd, select.KQ_FILTER_WRITE, select.KQ_EV_ADD | flag)

    def close(self) -> None:
        """Release the descriptor."""
        self._poller.close()

    if sys.platform != "linux":

        def _change(self, fd: int, event: int, flags: int) -> None:
            self._poller.control([select.kevent(fd, event, flags)], 0)
