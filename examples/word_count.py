# /// script
# requires-python = ">=3.11"
# dependencies = ["queuectl-worker"]
#
# [tool.uv.sources]
# queuectl-worker = { path = "../packages/queuectl-worker" }
# ///
"""A script of one file: its functions are jobs, its worker runs in it, its queue is a file.

uv run examples/word_count.py

It needs `queuectl-worker` alone: no command line, no dashboard.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from queuectl_worker import GiveUp, Queue

FOLDER = Path(tempfile.mkdtemp(prefix="queuectl-example-"))
TEXTS = {"one.txt": "one", "two.txt": "one two", "three.txt": "one two three"}
queue = Queue(f"sqlite:///{FOLDER / 'words.db'}")


@queue.task(max_retries=0)
def count(path: Path) -> int:
    """Return the number of words in a file."""
    if not path.exists():
        raise GiveUp(f"there is no file {path.name}")
    return len(path.read_text("utf-8").split())


@queue.task
async def total(counts: list[int]) -> int:
    """Return the sum."""
    return sum(counts)


def main() -> int:
    """Count the words of some files, one of which is not there; give 0 if that came out right."""
    for name, text in TEXTS.items():
        (FOLDER / name).write_text(text, "utf-8")
    jobs = count.enqueue_many({"path": FOLDER / name} for name in [*TEXTS, "none.txt"])
    queue.worker(concurrency=4).run(burst=True)
    done = [job for job in jobs if job.refresh().state == "succeeded"]

    summed = total.enqueue([job.result for job in done])
    queue.worker(concurrency=1).run(burst=True)

    for job in jobs:
        print(f"job {job.id} {job.state}: {job.result if job in done else job.facts.note}")
    print(f"{summed.refresh().result} words")
    return 0 if (summed.result, jobs[-1].state) == (6, "dead") else 1


if __name__ == "__main__":
    try:
        code = main()
    finally:
        queue.close()
        shutil.rmtree(FOLDER)
    sys.exit(code)
