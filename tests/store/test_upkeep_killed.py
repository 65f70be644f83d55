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
CALLS = ("pwrite64", "fdatasync", "fsync", "link", "unlink")
PROGRAM = """
import sys
from queuectl_store import connect
from tests.store import upkeep_acts
with connect(sys.argv[2]) as store:
    print("opened", flush=True)
    getattr(upkeep_acts, sys.argv[1])(store, lambda word: print(word, flush=True))
"""
# A few early ones and then ever fewer: the file of acts is for the harness that tries them all.
POINTS = (1, 2, 3, 5, 8, 13, 21, 34, 55)


@pytest.fixture
def strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("no strace; install the package of that name")


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    path = tmp_path / "prepared.db"
    with connect(str(path)) as store:
        upkeep_acts.prepare_ended(store)
    return path


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("act", ["prune", "backup"])
def test_a_kill_at_a_storage_call_leaves_no_half(
    act: str, call: str, prepared: Path, tmp_path: Path
) -> None:
    for n in POINTS:
        db = tmp_path / f"{n}" / "queue.db"
        db.parent.mkdir()
        shutil.copy(prepared, db)
        said, was_killed = killed(act, db, call, n)
        with connect(str(db)) as store:
            assert upkeep_acts.wrong_after_prune(store) == [], n
            if act == "backup":
                assert upkeep_acts.wrong_after_backup(store, said) == [], n
        if not was_killed:
            assert said[-1] == ("pruned" if act == "prune" else "backed")
            break
    else:
        assert call == "pwrite64", "more points than were tried"


def killed(act: str, db: Path, call: str, n: int) -> tuple[list[str], bool]:
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={n}"]
    ended = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", *inject, sys.executable, "-c", PROGRAM, act, db],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    return ended.stdout.split(), ended.returncode != 0
