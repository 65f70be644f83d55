"""Death and disk errors at every storage call: nothing acknowledged is lost, nothing is half done.

Needs strace, and Linux. The acts are in acts.py, what strikes them in faults.py.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from queuectl_store import connect
from scripts.bootstrap import ROOT
from tests.conformance.story import a_job
from tests.store.act import check
from tests.store.acts import ACTS, JOBS

pytestmark = pytest.mark.not_on("win32", "darwin")
FEWEST_POINTS = 8
LANES = min(2, os.cpu_count() or 1)
Found = dict[str, Any]


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Found]]:
    """Gives what was found of an act; those that are tested are struck one a core."""
    if shutil.which("strace") is None:
        pytest.skip("no strace; install the package of that name")
    # Tests elsewhere have parameters of that name too.
    ours = [item for item in request.session.items if item.path == request.path]
    wanted = dict.fromkeys(act for item in ours if (act := act_of(item)))
    # The longest first, beside the others: its own test comes late and finds it done.
    order = sorted(wanted, key=lambda act: act != "first use")
    lanes: SimpleQueue[Lane] = SimpleQueue()
    # Memory, where there is one: death and injected errors need no disk.
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder,
        ThreadPoolExecutor(LANES) as pool,
    ):
        for n in range(LANES):
            lanes.put(Lane(Path(folder) / str(n)))
        work = {act: pool.submit(struck, lanes, act) for act in order}
        yield lambda act: work[act].result()
        pool.shutdown(cancel_futures=True)
        for _ in range(LANES):
            lanes.get().close()


def act_of(item: pytest.Item) -> str | None:
    """Name the act that *item* tests, if it does."""
    return item.callspec.params.get("act") if hasattr(item, "callspec") else None


@pytest.mark.parametrize("act", ACTS)
def test_a_kill_at_any_storage_call_loses_nothing_acknowledged(
    act: str, found: Callable[[str], Found]
) -> None:
    killed = found(act)["kill"]

    assert killed["violations"] == []
    assert killed["points"] >= FEWEST_POINTS


@pytest.mark.parametrize("act", ACTS)
def test_a_call_that_fails_is_told_in_our_terms_and_leaves_nothing_half_done(
    act: str, found: Callable[[str], Found]
) -> None:
    failed = {kind: each for kind, each in found(act).items() if kind != "kill"}

    assert [wrong for each in failed.values() for wrong in each["violations"]] == []
    # Writes, flushes and opens all failed, and at least one of the flushes was told of.
    assert min(each["points"] for each in failed.values()) > 0
    assert ACTS[act].told in failed["EIO at a flush"]["said"]


@pytest.mark.parametrize("act", ["enqueue"])
def test_a_full_disk_refuses_jobs_and_a_failing_one_is_tried_again(
    act: str, found: Callable[[str], Found]
) -> None:
    assert "StoreFull" in found(act)["ENOSPC at a write"]["said"]
    # A write that failed left no commit behind: the key finds nothing, and it is made again.
    assert set(found(act)["EIO at a write"]["said"]) == {"stored", "works", "anew", "again"}


def test_the_checker_sees_a_lost_acknowledgement_and_half_a_transaction(sqlite_url: str) -> None:
    with connect(sqlite_url) as store:
        assert check(ACTS["enqueue"], store, ["stored"], goes_on=False)[0].startswith("lost")
        assert check(ACTS["enqueue"], store, ["works"], goes_on=False)[0].startswith("lost")

    with connect(sqlite_url) as store:
        store.enqueue([a_job() for _ in range(JOBS - 2)])
        assert check(ACTS["enqueue"], store, [], goes_on=False)[0].startswith("half")


class Lane:
    """The program of faults.py, which forks, apart from this process and its threads."""

    def __init__(self, folder: Path) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "tests.store.faults", str(folder)]
        self._program = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)

    def strike(self, act: str) -> Found:
        """Strike *act* everywhere."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(f"{act}\n")
        self._program.stdin.flush()
        line = self._program.stdout.readline()
        assert line, "the program ended; what it printed says why"
        found: Found = json.loads(line)
        return found

    def close(self) -> None:
        """Let it end."""
        self._program.communicate(timeout=60)


def struck(lanes: "SimpleQueue[Lane]", act: str) -> Found:
    """Strike *act* in a lane that is free."""
    lane = lanes.get()
    try:
        return lane.strike(act)
    finally:
        lanes.put(lane)
