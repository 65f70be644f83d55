"""PgQueuer on PostgreSQL through asyncpg and uvloop."""

import asyncio
from typing import Any

import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

from benchmarks._peers.marks import address, main, mark

MANY = 1_000


class PgQueuerPeer:
    """An array of a thousand for many."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._queries = self._runner.run(self._connect())

    async def _connect(self) -> Any:
        queries = Queries(AsyncpgDriver(await asyncpg.connect(address())))
        await queries.install()
        return queries

    def one(self) -> None:
        """See `Peer`."""
        self._runner.run(self._queries.enqueue("mark", None))

    def bulk(self, count: int) -> bool:
        """See `Peer`."""
        for at in range(0, count, MANY):
            size = min(MANY, count - at)
            self._runner.run(self._queries.enqueue(["mark"] * size, [None] * size, [0] * size))
        return True


async def serve() -> None:
    """Run jobs, a hundred at a time."""
    queuer = PgQueuer.from_asyncpg_connection(await asyncpg.connect(address()))

    @queuer.entrypoint("mark")
    async def marking(_job: Any) -> None:
        mark()

    await queuer.run(batch_size=100)


def work() -> None:
    """Run one of two processes."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())


if __name__ == "__main__":
    main(PgQueuerPeer, work, workers=2)
