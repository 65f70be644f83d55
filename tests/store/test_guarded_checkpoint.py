"""SQLite's lost commits: that ours are not among them, and that this test would see them.

SQLite 3.7.0 to 3.51.2 can lose committed transactions when a checkpoint overlaps a reset of the
WAL (docs/decisions/0005). The control is the same crowd with the guard left out.
"""

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl_store import connect
from tests.conformance.story import a_job
from tests.store.race import Verdict, guarded, plain, run_round

GUARDED_S = 12.0
GUARDED_DEADLINE_S = 240.0
# Measured in a round: 2,000 on a quiet machine, 4 beside four busy processes on two cores.
ENOUGH_RESETS = 20
ROUND_S = 6.0
# Measured: the control loses a commit within 4 s of writing in 11 of 12 rounds.
CONTROL_DEADLINE_S = 90.0
FULL = 2


@pytest.fixture
def fast_folder() -> Iterator[Path]:
    """Memory, where there is one: the race wants commits, and nothing here is about a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.mark.not_on("win32", "darwin")
def test_our_checkpoints_among_busy_writers_lose_no_commit(fast_folder: Path) -> None:
    """Nothing is tried without resets, and other work on the machine leaves few to a round."""
    resets, rounds, deadline = 0, 0, time.monotonic() + GUARDED_DEADLINE_S
    while resets < ENOUGH_RESETS:
        assert time.monotonic() < deadline, f"{resets} resets in {rounds} rounds"
        rounds += 1
        path = fast_folder / f"{rounds}.db"
        verdict = run_round(path, seconds=GUARDED_S, checkpoint=guarded)
        assert verdict.is_clean, verdict
        assert verdict.commits > 500, verdict
        resets += verdict.resets


@pytest.mark.not_on("win32", "darwin")
def test_plain_checkpoints_among_busy_writers_lose_commits_on_an_affected_sqlite(
    fast_folder: Path,
) -> None:
    """The control. Where SQLite is mended there is nothing to lose, and nothing is asserted."""
    if not is_affected(sqlite3.sqlite_version_info):
        return

    assert not first_loss(fast_folder).is_clean


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
    ],
)
def test_the_control_knows_the_affected_versions(
    version: tuple[int, int, int], affected: bool
) -> None:
    assert is_affected(version) is affected


@pytest.mark.parametrize(("durability", "level"), [("full", FULL), ("normal", 1)])
def test_no_connection_of_a_store_checkpoints_by_itself(
    sqlite_url: str, durability: str, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read back from every connection that the engine opened, when it closes it."""
    seen = watch_connections(monkeypatch)

    with connect(sqlite_url, durability=durability) as store:  # type: ignore[arg-type]
        store.enqueue([a_job()])
        store._database.engine.checkpoint()  # type: ignore[attr-defined]
        store.reader.version()
        store.reader.counts()

    assert len(seen) >= 5  # writer, reader, guard, copier, watch
    assert set(seen) == {(0, level)}


def is_affected(version: tuple[int, ...]) -> bool:
    mended = (3, 44, 6) <= version < (3, 45) or (3, 50, 7) <= version < (3, 51)
    return (3, 7) <= version < (3, 51, 3) and not mended


def first_loss(folder: Path) -> Verdict:
    """Run rounds until one loses a commit, or until the deadline."""
    until = time.monotonic() + CONTROL_DEADLINE_S
    for n in range(1000):
        verdict = run_round(folder / f"{n}.db", seconds=ROUND_S, checkpoint=plain)
        if not verdict.is_clean or time.monotonic() > until:
            return verdict
    raise AssertionError("unreachable: the deadline comes first")


def watch_connections(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Note how each connection of the engine is set when it is closed."""
    seen: list[tuple[int, int]] = []

    class Watched(sqlite3.Connection):
        def close(self) -> None:
            names = ("wal_autocheckpoint", "synchronous")
            checkpoint, synchronous = (self.execute(f"PRAGMA {n}").fetchone()[0] for n in names)
            seen.append((checkpoint, synchronous))
            super().close()

    plain_connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: plain_connect(*a, factory=Watched, **k))
    return seen
