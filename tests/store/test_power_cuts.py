"""The power is cut at hundreds of moments of the store's life: what was acknowledged is there.

Needs strace, and Linux. `QUEUECTL_TEST_CUTS=20000` cuts that often.
"""

import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from queuectl_store import ManualClock, connect
from tests.store.act import wrong_afterwards
from tests.store.dump import digest
from tests.store.power_cut import Ack, Disk, Flush, Name, Op, Write, trace

pytestmark = pytest.mark.not_on("win32", "darwin")
CUTS = int(os.environ.get("QUEUECTL_TEST_CUTS", "600"))
SEED = 7
AN_HOUR_MS = 3_600_000
GOES_ON_EVERY = 30  # cuts: to see that the queue goes on takes longer than all the rest


@dataclass(slots=True)
class Toll:
    """What the cuts took: calls that had returned, at worst; and damage."""

    cuts_that_lost: int = 0
    most_lost: int = 0
    damaged: list[str] = field(default_factory=list)


@pytest.fixture
def fast_folder() -> Iterator[Path]:
    """Memory, where there is one: the disk is a model."""
    if shutil.which("strace") is None:
        pytest.skip("no strace; install the package of that name")
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def test_full_durability_loses_nothing_that_was_acknowledged(fast_folder: Path) -> None:
    toll = cut_everywhere(fast_folder, "full")

    assert toll.damaged == []
    assert toll.cuts_that_lost == 0, toll


def test_normal_durability_loses_the_tail_and_damages_nothing(fast_folder: Path) -> None:
    """That something is lost shows that these tests see a loss."""
    toll = cut_everywhere(fast_folder, "normal")

    assert toll.damaged == []
    assert toll.cuts_that_lost > CUTS // 20, toll


def test_a_cut_drops_tears_or_keeps_what_was_not_flushed_and_nothing_else() -> None:
    disk, rng = Disk(), random.Random(SEED)
    for op in (Name("a", 1), Write(1, 0, b"1" * 1024), Flush(1), Flush(None)):
        disk.do(op)
    disk.do(Write(1, 0, b"2" * 1024))
    disk.do(Name("b", 2))

    found = {tuple(sorted(disk.cut(rng).items())) for _ in range(200)}

    ones, twos = b"1" * 512, b"2" * 512
    assert {dict(each)["a"] for each in found} == {
        first + second for first in (ones, twos) for second in (ones, twos)
    }
    assert {dict(each).get("b") for each in found} == {None, b""}


def cut_everywhere(folder: Path, durability: str) -> Toll:
    """Trace the workload, cut it at random moments, and look at what each cut leaves."""
    place = folder / "place"
    place.mkdir()
    command = ["-m", "tests.store.cut_workload", str(place / "queue.db"), durability]
    ops = trace(command, place, folder / "trace")
    states = {op.digest: n for n, op in enumerate(op for op in ops if isinstance(op, Ack))}
    assert len(states) > 100, "the workload acknowledged too little"
    toll = Toll()
    for n, (acknowledged, files) in enumerate(cuts(ops)):
        shutil.rmtree(place)
        place.mkdir()
        for name, content in files.items():
            (place / name).write_bytes(content)
        look(place, states, acknowledged, toll, goes_on=n % GOES_ON_EVERY == 0)
    return toll


def cuts(ops: list[Op]) -> Iterator[tuple[int, dict[str, bytes]]]:
    """Give, for each cut, how many calls had returned and the files that are found."""
    rng = random.Random(SEED)
    moments = sorted(rng.randrange(len(ops)) for _ in range(CUTS))
    disk, done, acknowledged = Disk(), 0, 0
    for moment in moments:
        for op in ops[done:moment]:
            disk.do(op)
            acknowledged += isinstance(op, Ack)
        done = moment
        yield acknowledged, disk.cut(rng)


def look(
    place: Path, states: dict[str, int], acknowledged: int, toll: Toll, *, goes_on: bool
) -> None:
    """Open what the cut left, as SQLite and as a store, and add to *toll*."""
    path = place / "queue.db"
    try:
        connection = sqlite3.connect(path)
        health = "; ".join(row[0] for row in connection.execute("PRAGMA integrity_check"))
        reached = states.get(digest(connection), -1) + 1
        is_empty = not connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        connection.close()
    except sqlite3.DatabaseError as error:
        toll.damaged.append(f"after {acknowledged} calls: {error}")
        return
    if health != "ok" or (reached == 0 and not is_empty):
        toll.damaged.append(f"after {acknowledged} calls: {health}, or half a transaction")
    lost = max(0, acknowledged - reached)
    toll.cuts_that_lost += lost > 0
    toll.most_lost = max(toll.most_lost, lost)
    if goes_on:
        clock = ManualClock()
        clock.advance(ms=AN_HOUR_MS)  # so that nothing waits for its time any more
        with connect(str(path), clock=clock) as store:
            toll.damaged += wrong_afterwards(store)
