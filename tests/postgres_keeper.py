"""Outlive the test run by a moment and take its PostgreSQL down with it.

A program of its own: a test run may end by `kill -9`, which no fixture survives, and a
server left behind is a defect. It waits on standard input, which closes however the
test run ends.
"""

import contextlib
import json
import shutil
import subprocess
import sys
from typing import Any


def main(home: str) -> None:
    """Read how to stop the server, wait for the next line or the end, stop it, clean up."""
    order = sys.stdin.readline().strip()
    if order:
        sys.stdin.readline()
        stop(**json.loads(order))
    shutil.rmtree(home, ignore_errors=True)


def stop(*, command: list[str], identity: dict[str, Any]) -> None:
    """Stop the server. Nobody is left to tell if that fails, and the folder goes anyway."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(command, timeout=30, capture_output=True, check=True, **identity)


if __name__ == "__main__":
    main(sys.argv[1])
