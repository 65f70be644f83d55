"""Celery on Redis; a job counts as done when it is fetched, and no result is kept."""

import os

from celery import Celery

from benchmarks._peers.marks import address, main, mark

app = Celery("bench", broker=address())
app.conf.task_ignore_result = True
marking = app.task(name="mark")(mark)


class CeleryPeer:
    """It has no way for many."""

    def one(self) -> None:
        """See `Peer`."""
        marking.delay()

    def bulk(self, count: int) -> bool:
        """See `Peer`."""
        del count
        return False


if __name__ == "__main__":
    name = f"bench{os.getpid()}@%h"
    main(
        CeleryPeer,
        lambda: app.worker_main(["worker", "--pool", "solo", "-l", "ERROR", "-n", name]),
        workers=2,
    )
