"""QueueCTL itself: every promise on, as a plain `Queue` gives it."""

from benchmarks._peers.marks import address, main, mark, processes
from queuectl_worker import Queue

queue = Queue(address())
marking = queue.task(mark)


class Ours:
    """One call, one commit; or a thousand."""

    def one(self) -> None:
        """See `Peer`."""
        marking.enqueue()

    def bulk(self, count: int) -> bool:
        """See `Peer`."""
        for at in range(0, count, 1_000):
            marking.enqueue_many({} for _ in range(min(1_000, count - at)))
        return True


if __name__ == "__main__":
    # Two processes where two may write at a time.
    workers = 2 if address().startswith("postgresql") else processes(1)
    main(Ours, lambda: queue.worker(concurrency=8).run(), workers=workers)
