"""The tests of this folder, and those of store and tasks, on a Windows Python under Wine.

Wine is a smoke test, not a promise: docs/windows.md tells what it cannot show.
"""

import faulthandler
import shutil
import subprocess
import sys

import pytest

from scripts.bootstrap import ROOT

pytestmark = pytest.mark.not_on("win32", "darwin")


@pytest.mark.parametrize(
    "words",
    [
        ["tests/windows"],
        ["tests/conformance/test_claim_and_finish.py", "tests/conformance/test_bad_input.py"],
        ["tests/library/test_running.py", "tests/library/test_enqueue.py"],
        ["tests/library/test_processes.py", "tests/worker/test_entrance.py"],
        ["tests/schedules/test_schedules.py", "tests/worker/test_producer.py"],
        ["tests/store/test_copying.py"],
    ],
    ids=lambda words: words[0],
)
def test_it_passes_there(words: list[str]) -> None:
    if shutil.which("wine") is None:
        pytest.skip("no Wine; install it (Debian: apt install wine wine64)")

    # What hangs is ended there, by the same timer, and says where.
    faulthandler.cancel_dump_traceback_later()
    ended = subprocess.run(
        [sys.executable, "scripts/wine.py", "-q", "-k", "not postgres", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " passed" in ended.stdout
    assert "failed" not in ended.stdout.splitlines()[-1]
