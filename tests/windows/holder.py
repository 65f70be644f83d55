"""Runs one command under a guardian until it is killed: `holder.py FOLDER ARGV...`."""

import os
import sys
import threading
from pathlib import Path

from queuectl_worker.guardian import Launch
from queuectl_worker.windows import WindowsGuardian


def launch_of(folder: Path, argv: list[str], env: int, **more: object) -> Launch:
    """Describe a run of *argv* in *folder*, whose output is `1.log` there."""
    given = {
        "key": 1,
        "argv": tuple(map(os.fsencode, argv)),
        "cwd": os.fsencode(folder),
        "env_ref": env,
        "env": {b"JOB": b"7"},
        "log": os.fsencode(folder / "1.log"),
        "timeout_ms": None,
        "kill_grace_ms": 0,
    }
    return Launch(**{**given, **more})  # type: ignore[arg-type]  # as the fields are


def real_guardian() -> tuple[WindowsGuardian, int]:
    """Make a guardian on Windows itself; return it and our own environment in it."""
    from queuectl_worker.windows.kernel32 import Kernel32

    system = Kernel32()
    guardian = WindowsGuardian(slots=2, log_cap=1 << 20, calls=system, disk=system)
    variables = {os.fsencode(name): os.fsencode(value) for name, value in os.environ.items()}
    return guardian, guardian.define_env(variables)


if __name__ == "__main__":
    held, ours = real_guardian()
    held.launch([launch_of(Path(sys.argv[1]), sys.argv[2:], ours)])
    threading.Event().wait()
