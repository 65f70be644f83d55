"""The log of a run in a task process is kept under its cap while the task writes."""

import os
import threading
from functools import partial
from pathlib import Path

import pytest

from queuectl_worker.executors.pool import logwatch
from queuectl_worker.executors.pool.logwatch import LogWatch
from queuectl_worker.guardian.spool import SpoolRoom
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win", "darwin")
CAP = 256 << 10


@pytest.mark.parametrize("lingers", [0, 20], ids=["parked", "looking"])
def test_each_of_several_runs_is_held_under_the_cap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lingers: int
) -> None:
    monkeypatch.setattr(logwatch, "_LINGERS", lingers)
    room = SpoolRoom(os.fsencode(tmp_path / "spool"), prefix=b"test", cap=CAP)
    watch = LogWatch(room)
    before = watchers()

    for n in range(3):
        spool, log = room.take(), os.fsencode(tmp_path / f"{n}.log")
        with watch.over(spool, log):
            os.write(spool.fd, b"x" * 8 * CAP)
            eventually(partial(is_cut, log), within=20, what="a hole in the log")
        room.settle(spool, log, may_reuse=False)

    assert watchers() == before + 1
    room.close()


def is_cut(log: bytes) -> bool:
    """Tell whether the log is there and has no more than its cap on the disk."""
    return os.path.exists(log) and os.stat(log).st_blocks * 512 <= CAP + 8192


def watchers() -> int:
    return sum(each.name == "queuectl-log" for each in threading.enumerate())
