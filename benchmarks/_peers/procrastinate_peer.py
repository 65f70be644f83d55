"""Procrastinate on PostgreSQL; ended jobs stay in its table, as ours do."""

import asyncio
from typing import Any

from procrastinate import App, PsycopgConnector

from benchmarks._peers.marks import address, main, mark

MANY = 1_000

app = App(connector=PsycopgConnector(conninfo=address()))


@app.task(name="mark")
async def marking() -> None:
    """See `mark`."""
    mark()


class Procrastinate:
    """One statement of a thousand rows for many."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._runner.run(self._open())

    async def _open(self) -> None:
        await app.open_async()
        await app.schema_manager.apply_schema_async()

    def one(self) -> None:
        """See `Peer`."""
        self._runner.run(marking.defer_async())

    def bulk(self, count: int) -> bool:
        """See `Peer`."""
        for at in range(0, count, MANY):
            rows: list[dict[str, Any]] = [{} for _ in range(min(MANY, count - at))]
            self._runner.run(marking.batch_defer_async(*rows))
        return True


async def serve() -> None:
    """Run jobs, ten at a time."""
    async with app.open_async():
        await app.run_worker_async(concurrency=10)


if __name__ == "__main__":
    main(Procrastinate, lambda: asyncio.run(serve()), workers=2)
