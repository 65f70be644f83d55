"""The log of a run in a task process is kept under its cap while the task writes."""

import os
import threading
from functools import partial
from pathlib import Path

import pytest

from queuectl_worker.executors.pool import logwatch
from queuectl_worker.executors.pool.logwatch import LogWatch
from queuectl_worker.executors.pool.taskhost import Logs
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32", "darwin")
CAP = 256 << 10


@pytest.mark.parametrize("lingers", [0, 20], ids=["parked", "looking"])
def test_each_of_several_runs_is_held_under_the_cap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lingers: int
) -> None:
    monkeypatch.setattr(logwatch, "_LINGERS", lingers)
    logs = Logs(str(tmp_path / "spool"), prefix="test", cap=CAP)
    watch = LogWatch()
    before = watchers()

    for n in range(3):
        path = tmp_path / f"{n}.log"
        log = logs.open(str(path))
        with watch.over(log):
            os.write(log.descriptor, b"x" * 8 * CAP)
            eventually(partial(is_cut, path), within=20, what="a hole in the log")
        log.close()

    assert watchers() == before + 1
    logs.close()


def is_cut(log: Path) -> bool:
    """Tell whether the log is there and has no more than its cap on the disk."""
    return log.exists() and log.stat().st_blocks * 512 <= CAP + 8192


def watchers() -> int:
    return sum(each.name == "queuectl-log" for each in threading.enumerate())
