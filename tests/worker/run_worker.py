"""A worker as a program of its own, for tests that signal it. Prints its news, a line each."""

import argparse
import sys

from queuectl_store import connect
from queuectl_worker import JobEnded, JobStarted, News, Worker, WorkerJoined, supervise


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("db")
    parser.add_argument("--concurrency", type=int, default=2)
    parser.add_argument("--burst", action="store_true")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args()
    with connect(options.db) as store:
        worker = Worker(
            store,
            concurrency=options.concurrency,
            burst=options.burst,
            settings=dict(each.split("=", 1) for each in options.set),
            on_news=tell,
        )
        code = supervise(worker)
        print("refused", worker.refused, flush=True)
        return code


def tell(news: News) -> None:
    match news:
        case WorkerJoined(worker_id=worker_id):
            print("joined", worker_id, flush=True)
        case JobStarted(claim=claim):
            print("started", claim.job.id, flush=True)
        case JobEnded(finish=finish):
            print("ended", finish.claim.job.id, type(finish.outcome).__name__, flush=True)
        case _:
            print(type(news).__name__, flush=True)


if __name__ == "__main__":
    sys.exit(main())
