"""The demo's workload: jobs that show each thing that can happen to a job."""

import sys
from collections.abc import Sequence
from pathlib import Path

from queuectl_store import Argv, Backoff, NewJob, Work

_QUICK = Backoff(base=1.5, max_s=2.0, jitter=0.0)

_FLAKY = """
import pathlib, sys
tries = pathlib.Path(sys.argv[1])
count = int(tries.read_text()) + 1 if tries.exists() else 1
tries.write_text(str(count))
print("try", count)
sys.exit("the server is busy" if count < 3 else None)
"""

_RESIZE = """
import time
for size in (64, 128, 256):
    time.sleep(0.4)
    print(f"made a thumbnail of {size} pixels", flush=True)
"""

_COUNT = """
import random
words = random.Random(7).choices(["error", "warning", "info"], k=200_000)
print({word: words.count(word) for word in sorted(set(words))})
"""

_CHECKSUM = "import hashlib; print(hashlib.sha256(bytes(5_000_000)).hexdigest())"
_HANG = "import time; print('waiting for a reply'); time.sleep(60)"
_REFUSED = "import sys; sys.exit('no such account')"


def sample_jobs(folder: Path) -> list[NewJob]:
    """Return about a dozen jobs that run in *folder* and are over within seconds.

    They are Python programs, so that they run the same on every system.
    """
    return [
        _job("thumbnails", _RESIZE, folder),
        _job("checksum", _CHECKSUM, folder),
        _job("count words", _COUNT, folder),
        _job("call a busy server", _FLAKY, folder, "tries.txt"),
        _job("charge an account", _REFUSED, folder, max_retries=1),
        _job("wait for a reply", _HANG, folder, timeout_ms=2_000, max_retries=0),
        *(_job(f"page {page}", f"print('page {page} is done')", folder) for page in range(1, 5)),
        _job("urgent", "print('first, though it came last')", folder, priority=20),
        _job("later", "print('it was due two seconds after the start')", folder, delay_ms=2_000),
    ]


def _job(
    name: str,
    program: str,
    folder: Path,
    *arguments: str,
    priority: int = 0,
    delay_ms: int | None = None,
    timeout_ms: int | None = None,
    max_retries: int = 3,
) -> NewJob:
    return NewJob(
        work=_python(program, arguments),
        name=name,
        cwd=str(folder),
        priority=priority,
        delay_ms=delay_ms,
        timeout_ms=timeout_ms,
        max_retries=max_retries,
        backoff=_QUICK,
    )


def _python(program: str, arguments: Sequence[str]) -> Work:
    return Argv(argv=(sys.executable, "-c", program.strip(), *arguments))
