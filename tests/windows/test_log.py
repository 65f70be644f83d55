"""The output file of a run on Windows: at its place, under its cap, gone when it is empty."""

import os
from pathlib import Path

from queuectl_worker.windows.log import RunLog
from tests.windows.stand_in import Disk

CAP, STEP = 1 << 20, 1 << 16


def test_it_lies_at_its_place_while_the_run_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "day" / "1-1.log"
    log = RunLog(path, cap=CAP, disk=Disk())

    os.write(log.descriptor, b"text")

    assert path.read_bytes() == b"text"
    log.close()
    assert log.size == 4


def test_the_middle_of_a_long_one_is_given_back_in_whole_steps_and_only_once(
    tmp_path: Path,
) -> None:
    disk = Disk()
    log = RunLog(tmp_path / "1.log", cap=CAP, disk=disk)
    os.write(log.descriptor, b"x" * (2 * CAP + 5))

    log.watch()
    log.watch()
    os.write(log.descriptor, b"x" * STEP)

    log.close()
    assert log.size == 2 * CAP + 5 + STEP
    assert disk.dropped == [(CAP // 2, CAP + CAP // 2), (CAP + CAP // 2, CAP + CAP // 2 + STEP)]
    assert log.problem is None


def test_a_disk_without_sparse_files_is_told_of_once(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "1.log", cap=CAP, disk=Disk(refuses=True))
    os.write(log.descriptor, b"x" * 2 * CAP)

    log.close()
    assert log.size == 2 * CAP
    assert log.problem is not None
    assert "over its cap" in log.problem
