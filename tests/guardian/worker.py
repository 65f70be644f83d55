"""A worker for tests to kill: `python worker.py FOLDER MARK FENCE_MS`, ready once it prints.

It runs twenty awkward trees, says so with the guardian's pid, and does nothing more.
"""

import os
import sys
import time
from pathlib import Path

from queuectl_worker.guardian import Guardian, Launch, Started

TREES = 20


def main(folder: str, mark: str, fence_ms: str, *scripts: str) -> None:
    guardian = Guardian(slots=TREES, spool=Path(folder, "spool"))
    guardian.start()
    if int(fence_ms):
        guardian.extend(time.monotonic_ns() // 10**6 + int(fence_ms))
    env_ref = guardian.define_env({b"PATH": os.environb[b"PATH"], b"MARK": mark.encode()})
    guardian.launch(
        [
            Launch(
                key=key,
                argv=(b"sh", b"-c", os.fsencode(scripts[key % len(scripts)]), b"sh", mark.encode()),
                cwd=b"/",
                env_ref=env_ref,
                env={},
                log=os.fsencode(f"{folder}/logs/{key}"),
                timeout_ms=None,
                kill_grace_ms=60_000,
            )
            for key in range(TREES)
        ]
    )
    started = 0
    while started < TREES:
        started += sum(isinstance(report, Started) for report in guardian.receive())
    print(guardian.pid, flush=True)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
