"""RQ on Redis, with workers that do not fork for each job."""

from redis import Redis
from rq import Queue, SimpleWorker

from benchmarks._peers.marks import address, main, mark

queue = Queue(connection=Redis.from_url(address()))


class Rq:
    """A pipeline for many."""

    def one(self) -> None:
        """See `Peer`."""
        queue.enqueue(mark, result_ttl=0)

    def bulk(self, count: int) -> bool:
        """See `Peer`."""
        queue.enqueue_many([Queue.prepare_data(mark, result_ttl=0) for _ in range(count)])
        return True


if __name__ == "__main__":
    main(
        Rq,
        lambda: SimpleWorker([queue], connection=queue.connection).work(logging_level="ERROR"),
        workers=4,
    )
