"""Who uses no schedule does not wait for what schedules need."""

import subprocess
import sys

PROGRAM = """
import sys
from queuectl_store import NewJob, Shell, connect
with connect(sys.argv[1]) as store:
    store.enqueue([NewJob(work=Shell(script="true"))])
    store.stage(), store.fire(), store.due_in_ms()
print([name for name in ("cronsim", "tzdata") if name in sys.modules])
"""


def test_a_store_without_schedules_imports_neither_cron_nor_its_zones(sqlite_url: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, sqlite_url], capture_output=True, text=True, check=True
    )

    assert ended.stdout == "[]\n"
