"""SAQ on Redis, on asyncio."""

import asyncio
from typing import Any

from saq import Queue, Worker

from benchmarks._peers.marks import address, main, mark

TOGETHER = 100


async def marking(_context: Any) -> None:
    """See `mark`."""
    mark()


class Saq:
    """Many calls at a time for many jobs."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._queue = Queue.from_url(address())

    def one(self) -> None:
        """See `Peer`."""
        self._runner.run(self._queue.enqueue("marking"))

    def bulk(self, count: int) -> bool:
        """See `Peer`."""
        for _ in range(0, count, TOGETHER):
            self._runner.run(self._together())
        return count % TOGETHER == 0

    async def _together(self) -> None:
        await asyncio.gather(*(self._queue.enqueue("marking") for _ in range(TOGETHER)))


def work() -> None:
    """Run one of two processes."""
    queue = Queue.from_url(address())
    asyncio.run(Worker(queue, functions=[marking], concurrency=50).start())


if __name__ == "__main__":
    main(Saq, work, workers=2)
