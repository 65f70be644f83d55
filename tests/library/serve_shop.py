"""The shop's worker as a program of its own, for a test that kills it."""

from tests.library.shop import queue

if __name__ == "__main__":
    queue.worker(concurrency=2, executor="process", settings={"lease": "3s"}).run()
