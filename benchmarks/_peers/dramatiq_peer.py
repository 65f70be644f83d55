"""Dramatiq on Redis, acknowledged after the run."""

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.worker import Worker

from benchmarks._peers.marks import address, main, mark

broker = RedisBroker(url=address())
dramatiq.set_broker(broker)
marking = dramatiq.actor(mark)


class Dramatiq:
    """It has no way for many."""

    def one(self) -> None:
        """See `Peer`."""
        marking.send()

    def bulk(self, count: int) -> bool:
        """See `Peer`."""
        del count
        return False


def work() -> None:
    """Run one of two processes with eight threads."""
    worker = Worker(broker, worker_threads=8)
    worker.start()
    for thread in worker.workers:
        thread.join()


if __name__ == "__main__":
    main(Dramatiq, work, workers=2)
