"""A prune or a backup that is killed between any two of its storage calls leaves no half.

Needs strace, and Linux.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from queuectl_store import connect
from scripts.bootstrap import ROOT
from tests.store import upkeep_acts

pytestmark = pytest.mark.not_on("win32", "darwin")
# The calls by which anything reaches the disk or gets its name.
CALLS = ("pwrite64", "fdatasync", "fsync", "link", "rename", "unlink", "ftruncate")
PROGRAM = """
import sys
from queuectl_store import connect
from tests.store import upkeep_acts
with connect(sys.argv[2]) as store:
    print("opened", flush=True)
    getattr(upkeep_acts, sys.argv[1])(store, lambda word: print(word, flush=True))
"""
MOST = 400


@pytest.fixture
def strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("no strace; install the package of that name")


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("act", ["prune", "backup"])
def test_a_kill_at_any_storage_call_leaves_no_half(act: str, tmp_path: Path) -> None:
    points = 0
    for call in CALLS:
        for n in range(1, MOST):
            folder = tmp_path / f"{call}-{n}"
            folder.mkdir()
            said, was_killed = killed(act, folder / "queue.db", f"{call}:signal=KILL:when={n}")
            with connect(str(folder / "queue.db")) as store:
                assert upkeep_acts.wrong_after_prune(store) == [], (call, n)
                if act == "backup":
                    assert upkeep_acts.wrong_after_backup(store, said) == [], (call, n)
            shutil.rmtree(folder)
            if not was_killed:
                break
            points += 1

    assert points >= 8


def killed(act: str, db: Path, injection: str) -> tuple[list[str], bool]:
    with connect(str(db)) as store:
        upkeep_acts.prepare_ended(store)
    trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={injection}"]
    ended = subprocess.run(
        [*trace, sys.executable, "-c", PROGRAM, act, str(db)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    return ended.stdout.split("\n"), ended.returncode != 0
