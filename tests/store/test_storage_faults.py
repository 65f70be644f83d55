"""Death and disk errors at every storage call: nothing acknowledged is lost, nothing is half done.

Needs strace, and Linux.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from queuectl_store import connect
from scripts.bootstrap import ROOT
from tests.conformance.story import a_job
from tests.store.acts import ACTS, JOBS, check

pytestmark = pytest.mark.not_on("win32", "darwin")
FEWEST_POINTS = 8


@pytest.fixture
def strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("no strace; install the package of that name")


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize(
    "act",
    ["enqueue", "enqueue_unique", "claim_and_finish", "stage", "rescue", "fire", "retry_dead"],
)
def test_a_kill_at_any_storage_call_loses_nothing_acknowledged(act: str, tmp_path: Path) -> None:
    found = faults(act, tmp_path)

    assert found["violations"] == []
    assert found["points"] >= FEWEST_POINTS


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize(
    ("act", "commit", "said"),
    [
        # Recognised by their keys and tokens, so the store tries again by itself.
        ("enqueue", 1, ["stored"]),
        ("claim_and_finish", 2, ["claimed", "finished"]),
        # A claim that was not heard of comes up at the next renewal.
        ("claim_and_finish", 1, []),
        ("stage", 1, ["OutcomeUnknown"]),
        # Fired again, it finds the slots that were stored.
        ("fire", 1, ["fired"]),
        ("rescue", 1, ["OutcomeUnknown"]),
    ],
)
def test_a_disk_that_fails_at_a_commit_gives_no_false_acknowledgement(
    act: str, commit: int, said: list[str], tmp_path: Path
) -> None:
    found = faults(act, tmp_path, f"fdatasync:error=EIO:when={commit}")

    assert found == {"said": said, "code": 0, "violations": []}


@pytest.mark.usefixtures("strace")
def test_a_disk_that_fails_for_good_is_told_of(tmp_path: Path) -> None:
    found = faults("enqueue", tmp_path, "fdatasync:error=EIO:when=1+")

    assert found == {"said": ["OutcomeUnknown"], "code": 0, "violations": []}


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("write", [1, 2, 3])
def test_a_full_disk_refuses_a_job_and_the_store_works_once_there_is_room(
    write: int, tmp_path: Path
) -> None:
    found = faults("enqueue_twice", tmp_path, f"pwrite64:error=ENOSPC:when={write}")

    assert found == {"said": ["StoreFull", "second"], "code": 0, "violations": []}


def test_the_checker_sees_a_lost_acknowledgement_and_half_a_transaction(sqlite_url: str) -> None:
    with connect(sqlite_url) as store:
        assert check(ACTS["enqueue"], store, ["stored"])[0].startswith("lost")

    with connect(sqlite_url) as store:
        store.enqueue([a_job() for _ in range(JOBS - 2)])
        assert check(ACTS["enqueue"], store, [])[0].startswith("half a transaction")


def faults(act: str, folder: Path, *fault: str) -> dict[str, Any]:
    """Run the program of faults.py, which forks, apart from this process and its threads."""
    command = [sys.executable, "-m", "tests.store.faults", act, str(folder), *fault]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
