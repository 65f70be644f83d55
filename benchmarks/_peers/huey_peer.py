"""Huey on SQLite: WAL and synchronous=FULL, its defaults. A job is gone once it is fetched."""

from huey import SqliteHuey

from benchmarks._peers.marks import address, main, mark, processes

huey = SqliteHuey(filename=address(), results=False)
marking = huey.task()(mark)


class Huey:
    """It has no way for many."""

    def one(self) -> None:
        """See `Peer`."""
        marking()

    def bulk(self, count: int) -> bool:
        """See `Peer`."""
        del count
        return False


def work() -> None:
    """Run the consumer, with the shortest pauses that its manual shows."""
    huey.create_consumer(
        workers=processes(1),
        worker_type="process",
        initial_delay=0.01,
        max_delay=0.1,
        periodic=False,
    ).run()


if __name__ == "__main__":
    main(Huey, work)
